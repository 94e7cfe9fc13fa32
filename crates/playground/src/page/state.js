// The state of the page. A function that changes the state calls `publish` with the name of the
// change and a detail. The listeners that have subscribed to this name then update their part of
// the page.
//
// Change            Detail                    What changed
// language          none                      the language of the page
// privacy           none                      the privacy mode
// status            none                      the connection, or the typing indicator of a topic
// chat              { isOther, keepFocus }    the open chat or topic
// sender            none                      the group member who sends
// draft             { focus }                 the text in the composer
// context           { focus }                 the message that the user edits or replies to
// inspected         the previous value        the message in the inspector
// message-added     { chatId, message }       one message, its topic, and the unread counts
// message-edited    { chatId, message }       one message
// message-deleted   { chatId }                one message

export const state = {
  language: localStorage.language ?? (navigator.language.startsWith("zh") ? "zh" : "en"),
  bot: null,
  person: null, // the user of the private chat
  chats: new Map(), // chat id -> Chat, which `mergeChat` builds
  open: null, // the id of the open chat
  inspected: null, // { chatId, messageId } of the message in the inspector
  privacy: true,
  about: "", // the bot's description
  connection: "connecting", // state of the event stream: "connecting", "open" or "reconnecting"
  callbacks: new Map(), // callback query id -> the answer, or the function that waits for the answer
  startPayload: new URLSearchParams(location.search).get("start")?.match(/^[\w-]{1,64}$/)?.[0] ?? "",
};

const changes = new EventTarget();

/**
 * Calls the listener after each change with one of the names. Listeners run in order of
 * subscription.
 */
export function subscribe(listener, ...names) {
  for (const name of names) changes.addEventListener(name, ({ detail }) => listener(detail));
}

export const publish = (name, detail) => changes.dispatchEvent(new CustomEvent(name, { detail }));

/** Id of the topic "General" of a forum. Other chats have only this topic. */
export const GENERAL = 0;

/** Returns the open chat. Returns undefined until the server has sent the chats. */
export const chat = () => state.chats.get(state.open);

export const isGroup = (one = chat()) => one !== undefined && one.kind !== "private";

export const topicOf = (message) => (message.is_topic_message ? message.message_thread_id : GENERAL);

export const isVisible = (chatId, topic) => state.open === chatId && chat().topic === topic;

/** Returns the messages of the open topic, oldest first. */
export const visibleMessages = () =>
  [...(chat()?.messages.values() ?? [])].filter((message) => topicOf(message) === chat().topic);

/**
 * Returns the user in whose name the page sends messages to a chat: { id, first_name,
 * language_code, role }.
 */
export const sender = (one = chat()) => one.members.find(({ id }) => id === one.senderId) ?? state.person;

export const isMine = (message) => message.from?.id === sender().id;

export const isEditable = (message) => isMine(message) && message.text !== undefined && !message.via_bot;

export const isBotMention = (text) => text.toLowerCase() === `@${state.bot.username}`.toLowerCase();

export const unreadIn = (one) => [...one.unread.values()].reduce((sum, count) => sum + count, 0);

/**
 * Builds a Chat from the server's data. Keeps the fields that only the page knows, such as the
 * draft.
 */
export function mergeChat(data) {
  const kept = state.chats.get(data.id) ?? {
    topic: GENERAL,
    senderId: data.members[0]?.id ?? state.person.id,
    unread: new Map(), // topic -> number of unread messages
    typing: new Map(), // topic -> the timer that hides the typing indicator
    draft: "",
    editing: null, // the message that the user edits
    replying: null, // { message, quote }: the message that the user replies to, and the quoted text
    atBottom: true,
  };
  return { ...kept, ...data, messages: new Map(data.messages.map((message) => [message.message_id, message])) };
}
