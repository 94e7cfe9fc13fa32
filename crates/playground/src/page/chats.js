// Renders the list of chats.

import { chatAvatar } from "./avatar.js";
import { $, addArrowKeys, el, unreadBadge } from "./dom.js";
import { openChat } from "./navigation.js";
import { isGroup, state, subscribe, unreadIn } from "./state.js";
import { t } from "./strings.js";
import { serviceText, summary, timeOf } from "./summary.js";

const list = $("chat-list");

function renderChats() {
  const chats = [...state.chats.values()];
  const focused = document.activeElement?.closest("#chat-list button")?.value;
  list.replaceChildren(...chats.map(chatRow));
  if (focused) list.querySelector(`[value="${focused}"]`)?.focus();
  const elsewhere = chats.filter((one) => one.id !== state.open);
  $("elsewhere").textContent = elsewhere.reduce((sum, one) => sum + unreadIn(one), 0) || "";
}

function chatRow(one) {
  const last = [...one.messages.values()].at(-1);
  const preview = last ? previewOf(one, last) : t(isGroup(one) ? "chats" : "bot");
  const words = el("span", { class: "words" }, el("b", {}, one.title), el("small", {}, preview));
  const side = el("span", { class: "side" }, el("time", {}, last ? timeOf(last) : ""), unreadBadge(unreadIn(one)));
  const isOpen = one.id === state.open;
  const row = { type: "button", value: one.id, "aria-current": isOpen && "true", onclick: () => openChat(one.id) };
  return el("li", {}, el("button", row, chatAvatar(one), words, side));
}

function previewOf(one, message) {
  const service = serviceText(message);
  if (service) return service;
  const isBots = message.from?.id === state.bot.id;
  const author = isGroup(one) ? `${message.from?.first_name}: ` : isBots ? "" : `${t("you")}: `;
  return author + summary(message);
}

export function initChats() {
  addArrowKeys(list, "button");
  subscribe(renderChats, "chat", "language", "message-added", "message-edited", "message-deleted");
}
