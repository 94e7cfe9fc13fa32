// The list of chats, the topics of a forum, and who speaks in a group.

import { $, arrows, el, icon } from "./dom.js";
import { leaveComposer, openComposer } from "./composer.js";
import { closeInspector } from "./inspector.js";
import { drawAll } from "./log.js";
import { serviceLine, summary } from "./message.js";
import { GENERAL, chat, isGroup, isInSight, state, unreadIn } from "./state.js";
import { t } from "./words.js";

export const NARROW = matchMedia("(max-width: 759px)");

// ---- The list --------------------------------------------------------------------------------------------------

export function drawChats() {
  const focused = document.activeElement?.closest("#chat-list button")?.value;
  $("chat-list").replaceChildren(...[...state.chats.values()].map(drawChat));
  if (focused) $("chat-list").querySelector(`[value="${focused}"]`)?.focus();
  const unread = [...state.chats.values()].filter((one) => one.id !== state.open).reduce((sum, one) => sum + unreadIn(one), 0);
  $("elsewhere").textContent = unread || "";
  drawTopics();
}

function drawChat(one) {
  const last = [...one.messages.values()].at(-1), unread = unreadIn(one);
  const badge = unread > 0 ? el("span", { class: "badge", "aria-label": t("unreadCount")(unread) }, String(unread)) : null;
  const words = el("span", { class: "words" }, el("b", {}, one.title), el("small", {}, last ? lastWords(one, last) : t(isGroup(one) ? "chats" : "bot")));
  const side = el("span", { class: "side" }, el("time", {}, last ? clock(last.date) : ""), badge);
  const row = { type: "button", value: one.id, "aria-current": one.id === state.open && "true", onclick: () => openChat(one.id) };
  return el("li", {}, el("button", row, chatAvatar(one), words, side));
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(t("locale"), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function lastWords(one, message) {
  const line = serviceLine(message);
  if (line) return line;
  const author = isGroup(one) ? `${message.from?.first_name}: ` : message.from?.id === state.bot.id ? "" : `${t("you")}: `;
  return author + summary(message);
}

/** A round picture: the bot's own, or the first letter of a name in a colour of its own. */
export function avatarOf(id, name) {
  if (id === state.bot.id) {
    const picture = icon("avatar");
    picture.setAttribute("class", "avatar");
    return picture;
  }
  return el("span", { class: `avatar letter tint${Math.abs(id) % 7}`, "aria-hidden": "true" }, [...name][0] ?? "");
}

const chatAvatar = (one) => (isGroup(one) ? avatarOf(one.id, one.title) : avatarOf(state.bot.id, ""));

export function openChat(id, { keepFocus = false, topic } = {}) {
  const isOther = state.open !== id;
  if (isOther && chat()) leaveComposer();
  if (isOther) closeInspector();
  state.open = id;
  if (topic !== undefined) chat().topic = topic;
  chat().unread.delete(chat().topic);
  if (isOther) chat().atBottom = true;
  showDrawer(false);
  drawChats();
  drawHead();
  drawSpeakers();
  drawAll();
  openComposer({ focus: !keepFocus, fill: isOther });
}

// ---- The head of the chat ----------------------------------------------------------------------------------------

export function drawHead() {
  const here = chat();
  const isTyping = here?.typing.has(here.topic);
  const status = state.connection !== "open" ? state.connection : isTyping ? "typing" : "bot";
  $("status").className = status;
  $("status").textContent = status === "bot" && here && isGroup(here) ? t("members")(here.members.length) : t(status);
  $("name").textContent = here?.title ?? state.bot?.first_name ?? "Footnote";
  if (here) $("picture").replaceChildren(chatAvatar(here));
  document.title = `${$("name").textContent} · ${t("title")}`;
}

function drawTopics() {
  const here = chat();
  const isForum = here?.kind === "forum";
  $("topics").hidden = !isForum;
  if (!isForum) return;
  const focused = $("topics").contains(document.activeElement);
  const all = [{ id: GENERAL, name: t("general") }, ...here.topics];
  $("topics").replaceChildren(...all.map(({ id, name }) => {
    const isOpen = isInSight(here.id, id), unread = isOpen ? 0 : here.unread.get(id);
    const badge = unread ? el("span", { class: "badge", "aria-label": t("unreadCount")(unread) }, String(unread)) : null;
    const tab = { type: "button", role: "tab", "aria-selected": String(isOpen), "aria-controls": "log", tabindex: isOpen ? 0 : -1, onclick: () => openTopic(id) };
    return el("button", tab, icon("hash"), name, badge);
  }));
  if (focused) $("topics").querySelector("[aria-selected=true]").focus();
}

const openTopic = (topic) => openChat(state.open, { keepFocus: true, topic });

// ---- Who speaks --------------------------------------------------------------------------------------------------

export function drawSpeakers() {
  const here = chat();
  $("speakers").hidden = !isGroup(here);
  if (!isGroup(here)) return;
  const focused = $("speakers").contains(document.activeElement);
  $("speakers").replaceChildren(el("span", { class: "caption", "aria-hidden": "true" }, t("speakAs")), ...here.members.map((member) => {
    const isChosen = member.id === here.speaker;
    const choice = { type: "button", role: "radio", "aria-checked": String(isChosen), tabindex: isChosen ? 0 : -1, onclick: () => speakAs(member.id) };
    const language = t("speaks")[member.language_code.slice(0, 2)] ?? member.language_code;
    const star = member.role === "administrator" ? el("span", { class: "star", title: t("administrator"), "aria-label": t("administrator") }, "★") : null;
    return el("button", choice, avatarOf(member.id, member.first_name), member.first_name, star, el("small", {}, language));
  }));
  if (focused) $("speakers").querySelector("[aria-checked=true]").focus();
}

function speakAs(id) {
  chat().speaker = id;
  drawSpeakers();
  drawAll(); // whose messages stand on the right
  openComposer({});
}

// ---- The drawer, where there is no room for the list beside the chat -----------------------------------------------

export function showDrawer(on) {
  const isDrawer = NARROW.matches, wasOpen = document.body.classList.contains("drawer");
  document.body.classList.toggle("drawer", on && isDrawer);
  $("chats").inert = isDrawer && !on;
  $("burger").setAttribute("aria-expanded", on && isDrawer);
  if (on && isDrawer) ($("chat-list").querySelector("[aria-current]") ?? $("chat-list").querySelector("button"))?.focus();
  else if (wasOpen) $("burger").focus();
}

export function wireChats() {
  arrows($("chat-list"), "button");
  arrows($("topics"), "button", { choose: true });
  arrows($("speakers"), "button", { choose: true });
  $("burger").onclick = () => showDrawer(true);
  $("shut").onclick = $("scrim").onclick = () => showDrawer(false);
  $("chats").addEventListener("keydown", (event) => event.key === "Escape" && showDrawer(false));
  NARROW.addEventListener("change", () => showDrawer(false));
  showDrawer(false);
}
