// Selects the open chat and topic, the group member who sends messages, and the message that the
// inspector shows.

import { chat, publish, state } from "./state.js";

export function openChat(id, { keepFocus = false, topic } = {}) {
  const isOther = state.open !== id;
  if (isOther) closeInspector();
  state.open = id;
  if (topic !== undefined) chat().topic = topic;
  chat().unread.delete(chat().topic);
  if (isOther) chat().atBottom = true;
  publish("chat", { isOther, keepFocus });
}

export function sendAs(memberId) {
  chat().senderId = memberId;
  publish("sender");
}

export function inspectMessage(message) {
  setInspected({ chatId: message.chat.id, messageId: message.message_id });
}

export function closeInspector() {
  if (state.inspected) setInspected(null);
}

function setInspected(inspected) {
  const before = state.inspected;
  state.inspected = inspected;
  publish("inspected", before);
}
