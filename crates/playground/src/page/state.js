// What the page knows. Nothing is drawn before the server tells of it, so the page cannot drift from the server's own.

export const state = {
  language: localStorage.language ?? (navigator.language.startsWith("zh") ? "zh" : "en"),
  bot: null,
  person: null, // who writes in private
  chats: new Map(), // id -> Chat, see `takeIn`
  open: null, // the id of the chat in sight
  privacy: true,
  about: "", // what the bot says of itself
  connection: "connecting", // or "open", "reconnecting"
  pressed: new Map(), // callback_query_id -> what to do at its answer
  payload: new URLSearchParams(location.search).get("start")?.match(/^[\w-]{1,64}$/)?.[0] ?? "",
};

/** "General" of a forum, and the whole of any other chat. */
export const GENERAL = 0;

/** The chat in sight. */
export const chat = () => state.chats.get(state.open);

/** Where a message stands in its chat. */
export const topicOf = (message) => (message.is_topic_message ? message.message_thread_id : GENERAL);

/** The messages in sight, in their order. */
export const messagesInSight = () => [...chat().messages.values()].filter((message) => topicOf(message) === chat().topic);

export const isInSight = (chatId, topic) => state.open === chatId && chat().topic === topic;

/** Makes a Chat of what the server tells, and keeps what only this page knows of it. */
export function takeIn(told) {
  const before = state.chats.get(told.id);
  const messages = new Map(told.messages.map((message) => [message.message_id, message]));
  const kept = before ?? {
    topic: GENERAL,
    speaker: told.members[0]?.id ?? state.person.id,
    unread: new Map(), // topic -> how many messages
    typing: new Map(), // topic -> the timer that ends "typing…"
    draft: "",
    editing: null, // the Message in the composer
    replying: null, // { message, quote } that the composer answers
    atBottom: true,
  };
  return { ...kept, ...told, messages };
}

export const isGroup = (one = chat()) => one?.kind !== "private";

/** Who writes and presses in a chat: { id, first_name, language_code, role }. */
export const speaker = (one = chat()) => one.members.find(({ id }) => id === one.speaker) ?? state.person;

export const unreadIn = (one) => [...one.unread.values()].reduce((sum, count) => sum + count, 0);
