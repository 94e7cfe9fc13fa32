// Renders the topics of a forum as tabs.

import { $, addArrowKeys, el, icon, unreadBadge } from "./dom.js";
import { openChat } from "./navigation.js";
import { GENERAL, chat, state, subscribe } from "./state.js";
import { t } from "./strings.js";

const tabs = $("topics");

function renderTopics() {
  const here = chat();
  tabs.hidden = here?.kind !== "forum";
  if (tabs.hidden) return;
  const hadFocus = tabs.contains(document.activeElement);
  tabs.replaceChildren(...[{ id: GENERAL, name: t("general") }, ...here.topics].map((topic) => topicTab(here, topic)));
  if (hadFocus) tabs.querySelector("[aria-selected=true]").focus();
}

function topicTab(here, { id, name }) {
  const isOpen = id === here.topic;
  const attributes = {
    type: "button", role: "tab", "aria-selected": String(isOpen), "aria-controls": "log", tabindex: isOpen ? 0 : -1,
    onclick: () => openChat(state.open, { keepFocus: true, topic: id }),
  };
  return el("button", attributes, icon("hash"), name, unreadBadge(isOpen ? 0 : here.unread.get(id)));
}

export function initTopics() {
  addArrowKeys(tabs, "button", { choose: true });
  subscribe(renderTopics, "chat", "language", "message-added", "message-edited", "message-deleted");
}
