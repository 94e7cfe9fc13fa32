// Renders the buttons that select the group member in whose name the page sends messages.

import { avatar } from "./avatar.js";
import { $, addArrowKeys, el } from "./dom.js";
import { sendAs } from "./navigation.js";
import { chat, isGroup, subscribe } from "./state.js";
import { t } from "./strings.js";

const choices = $("speakers");

function renderSpeakers() {
  choices.hidden = !isGroup();
  if (choices.hidden) return;
  const hadFocus = choices.contains(document.activeElement);
  const caption = el("span", { class: "caption", "aria-hidden": "true" }, t("speakAs"));
  choices.replaceChildren(caption, ...chat().members.map(memberChoice));
  if (hadFocus) choices.querySelector("[aria-checked=true]").focus();
}

function memberChoice(member) {
  const isChosen = member.id === chat().senderId;
  const attributes = {
    type: "button", role: "radio", "aria-checked": String(isChosen), tabindex: isChosen ? 0 : -1,
    onclick: () => sendAs(member.id),
  };
  const language = t("speaks")[member.language_code.slice(0, 2)] ?? member.language_code;
  const named = { class: "star", title: t("administrator"), "aria-label": t("administrator") };
  const star = member.role === "administrator" ? el("span", named, "★") : null;
  const { id, first_name: name } = member;
  return el("button", attributes, avatar(id, name), name, star, el("small", {}, language));
}

export function initSpeakers() {
  addArrowKeys(choices, "button", { choose: true });
  subscribe(renderSpeakers, "chat", "sender", "language");
}
