// What the server tells, and what of the page changes with it.

import { drawChats, drawHead, openChat } from "./chats.js";
import { stopContext } from "./composer.js";
import { refreshInspector } from "./inspector.js";
import { appendMessage, drawAll, redrawMessage } from "./log.js";
import { drawPrivacy } from "./settings.js";
import { GENERAL, isGroup, isInSight, state, takeIn, topicOf } from "./state.js";

const TYPING_LASTS = 6000;

export const EVENTS = {
  hello({ bot, person, privacy, about, chats }) {
    const isFirst = state.bot === null;
    Object.assign(state, { bot, person, privacy, about });
    state.chats = new Map(chats.map((told) => [told.id, takeIn(told)]));
    if (isFirst) for (const chat of state.chats.values()) countGreetings(chat);
    setConnection("open");
    drawPrivacy();
    openChat(state.chats.has(state.open) ? state.open : person.id, { keepFocus: !isFirst });
  },
  message({ chat_id, message }) {
    const chat = state.chats.get(chat_id);
    if (!chat) return;
    if (chat.messages.has(message.message_id)) return EVENTS.edited({ chat_id, message });
    const topic = topicOf(message);
    if (message.from?.id === state.bot.id) setTyping(chat, topic, false);
    if (message.forum_topic_created) chat.topics.push({ id: topic, name: message.forum_topic_created.name });
    chat.messages.set(message.message_id, message);
    if (isInSight(chat_id, topic)) appendMessage(message);
    else chat.unread.set(topic, (chat.unread.get(topic) ?? 0) + 1);
    drawChats();
  },
  edited({ chat_id, message }) {
    const chat = state.chats.get(chat_id);
    if (!chat) return;
    chat.messages.set(message.message_id, message);
    if (isInSight(chat_id, topicOf(message))) redrawMessage(message);
    refreshInspector(chat_id, message.message_id);
    drawChats();
  },
  deleted({ chat_id, message_id }) {
    const chat = state.chats.get(chat_id);
    chat?.messages.delete(message_id);
    if ([chat?.editing, chat?.replying?.message].some((message) => message?.message_id === message_id)) stopContext(chat);
    if (state.open === chat_id) drawAll();
    drawChats();
  },
  typing: ({ chat_id, thread }) => state.chats.has(chat_id) && setTyping(state.chats.get(chat_id), thread ?? GENERAL, true),
  callback_answer(answer) {
    // The answer may overtake the response that tells us the query's id, so it is kept until `press` asks for it.
    const settle = state.pressed.get(answer.callback_query_id);
    if (settle) settle(answer);
    else state.pressed.set(answer.callback_query_id, answer);
  },
};

/** What the bot said in a group before anybody looked is unread. */
function countGreetings(chat) {
  const fromBot = [...chat.messages.values()].filter((message) => message.from?.id === state.bot.id);
  if (isGroup(chat)) for (const message of fromBot) chat.unread.set(topicOf(message), (chat.unread.get(topicOf(message)) ?? 0) + 1);
}

export function setConnection(connection) {
  state.connection = connection;
  drawHead();
}

function setTyping(chat, topic, on) {
  clearTimeout(chat.typing.get(topic));
  if (on) chat.typing.set(topic, setTimeout(() => setTyping(chat, topic, false), TYPING_LASTS));
  else chat.typing.delete(topic);
  drawHead();
}
