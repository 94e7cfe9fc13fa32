// Receives the events that the playground's server sends, and updates the page's state.

import { clearContext } from "./draft.js";
import { openChat } from "./navigation.js";
import { GENERAL, isGroup, isVisible, mergeChat, publish, state, topicOf } from "./state.js";

const RETRY_DELAY_MS = 2000;
const TYPING_TIMEOUT_MS = 6000;

let source = null;

export function connect() {
  source?.close();
  const events = new EventSource(`/page/events?language=${state.language}`);
  source = events;
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    HANDLERS[event.kind]?.(event);
  };
  events.onerror = () => {
    setConnection(state.bot ? "reconnecting" : "connecting");
    // After a lost connection, the browser reconnects by itself. If the server's response was not
    // an event stream, the browser gives up (`CLOSED`), and the page must reconnect.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => source === events && connect(), RETRY_DELAY_MS);
  };
}

const HANDLERS = {
  hello({ bot, person, privacy, about, chats }) {
    const isFirst = state.bot === null;
    Object.assign(state, { bot, person, privacy, about });
    state.chats = new Map(chats.map((data) => [data.id, mergeChat(data)]));
    if (isFirst) for (const chat of state.chats.values()) countBotMessages(chat);
    setConnection("open");
    publish("privacy");
    openChat(state.chats.has(state.open) ? state.open : person.id, { keepFocus: !isFirst });
  },
  message({ chat_id: chatId, message }) {
    const chat = state.chats.get(chatId);
    if (!chat) return;
    if (chat.messages.has(message.message_id)) return HANDLERS.edited({ chat_id: chatId, message });
    const topic = topicOf(message);
    if (message.from?.id === state.bot.id) setTyping(chat, topic, false);
    if (message.forum_topic_created) chat.topics.push({ id: topic, name: message.forum_topic_created.name });
    chat.messages.set(message.message_id, message);
    if (!isVisible(chatId, topic)) addUnread(chat, topic);
    publish("message-added", { chatId, message });
  },
  edited({ chat_id: chatId, message }) {
    const chat = state.chats.get(chatId);
    if (!chat) return;
    chat.messages.set(message.message_id, message);
    publish("message-edited", { chatId, message });
  },
  deleted({ chat_id: chatId, message_id: messageId }) {
    const chat = state.chats.get(chatId);
    if (!chat) return;
    chat.messages.delete(messageId);
    const context = chat.editing ?? chat.replying?.message;
    if (context?.message_id === messageId) clearContext(chat);
    publish("message-deleted", { chatId });
  },
  typing({ chat_id: chatId, thread }) {
    if (state.chats.has(chatId)) setTyping(state.chats.get(chatId), thread ?? GENERAL, true);
  },
  callback_answer(answer) {
    // This answer to a callback query may arrive before the response to the page's request, which
    // contains the query id. In that case, stores the answer for `callbackAnswer` in keyboard.js.
    const resolve = state.callbacks.get(answer.callback_query_id);
    if (resolve) resolve(answer);
    else state.callbacks.set(answer.callback_query_id, answer);
  },
};

/**
 * Counts the bot's messages in a group as unread. Called only when the page has just been opened.
 */
function countBotMessages(chat) {
  const fromBot = [...chat.messages.values()].filter((message) => message.from?.id === state.bot.id);
  if (isGroup(chat)) for (const message of fromBot) addUnread(chat, topicOf(message));
}

const addUnread = (chat, topic) => chat.unread.set(topic, (chat.unread.get(topic) ?? 0) + 1);

function setConnection(connection) {
  state.connection = connection;
  publish("status");
}

function setTyping(chat, topic, isTyping) {
  clearTimeout(chat.typing.get(topic));
  if (isTyping) chat.typing.set(topic, setTimeout(() => setTyping(chat, topic, false), TYPING_TIMEOUT_MS));
  else chat.typing.delete(topic);
  publish("status");
}
