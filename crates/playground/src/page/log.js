// The list of messages of the chat in sight.

import { $, behavior, el } from "./dom.js";
import { isComposerHidden, showComposer } from "./composer.js";
import { drawMessage, isMine, serviceLine } from "./message.js";
import { markSelected } from "./inspector.js";
import { chat, isGroup, messagesInSight, state } from "./state.js";
import { t } from "./words.js";

const NEAR_BOTTOM = 60;
const log = $("log");
let newBelow = 0; // how many messages came while their reader was further up

export const messageNode = (id) => $(`message-${id}`);

export function drawAll() {
  const scrolled = log.scrollTop;
  log.setAttribute("aria-busy", "true"); // a list drawn anew is no news to a screen reader
  log.replaceChildren();
  let previous;
  for (const message of messagesInSight()) {
    log.append(...withDay(message, previous));
    previous = message;
  }
  log.removeAttribute("aria-busy");
  log.scrollTop = scrolled;
  arrange();
  drawEmptiness();
  markSelected();
  followBottom();
}

export function appendMessage(message) {
  const nodes = withDay(message, messagesInSight().at(-2));
  nodes.at(-1).classList.add("new");
  log.append(...nodes);
  arrange();
  drawEmptiness();
  if (isMine(message)) chat().atBottom = true;
  else if (!chat().atBottom) newBelow += 1;
  followBottom();
}

export function redrawMessage(message) {
  const old = messageNode(message.message_id);
  if (!old) return;
  const had = old.contains(document.activeElement), place = document.activeElement.dataset.place;
  const node = drawMessage(message);
  old.replaceWith(node);
  arrange();
  markSelected();
  // Whoever pages through an answer by keyboard stays on the buttons although they are new ones.
  if (had) (node.querySelector(`[data-place="${place}"]`) ?? node.querySelector("[data-place]") ?? node).focus();
  followBottom();
}

/** Marks the first and the last bubble of several by one author; the newest message is the one that Tab comes to. */
function arrange() {
  const nodes = [...log.children];
  nodes.forEach((node, index) => {
    const same = (other) => other !== undefined && other.dataset.author === node.dataset.author && node.dataset.author !== undefined;
    node.classList.toggle("first", !same(nodes[index - 1]));
    node.classList.toggle("last", !same(nodes[index + 1]));
    if (node.matches(".message")) node.tabIndex = -1;
  });
  const messages = nodes.filter((node) => node.matches(".message"));
  if (messages.length > 0) messages.at(-1).tabIndex = 0;
}

function withDay(message, previous) {
  const day = dayName(message.date);
  const separator = previous && dayName(previous.date) === day ? [] : [el("div", { class: "day" }, el("span", {}, day))];
  const line = serviceLine(message);
  const node = line ? el("div", { class: "day service", id: `message-${message.message_id}` }, el("span", {}, line)) : drawMessage(message);
  return [...separator, node];
}

const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

function dayName(seconds) {
  const days = Math.round((midnight(seconds * 1000) - midnight(Date.now())) / 86_400_000);
  if (days >= -1) return new Intl.RelativeTimeFormat(t("locale"), { numeric: "auto" }).format(days, "day");
  return new Date(seconds * 1000).toLocaleDateString(t("locale"), { dateStyle: "long" });
}

export function drawEmptiness() {
  const isEmpty = Boolean(state.bot) && !isGroup() && chat().messages.size === 0;
  const isStarting = isEmpty || (Boolean(state.bot) && !isGroup() && state.payload !== "");
  $("welcome").hidden = !isEmpty;
  log.hidden = isEmpty;
  $("start").hidden = !isStarting;
  if (isComposerHidden() && state.bot) showComposer();
}

// ---- Scrolling: the list follows new messages only while its reader is at the bottom -----------------------------

export function followBottom() {
  if (!chat()) return;
  if (chat().atBottom) log.scrollTop = log.scrollHeight;
  noteScroll();
}

export function noteScroll() {
  if (!chat()) return;
  chat().atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
  if (chat().atBottom) newBelow = 0;
  $("jump").hidden = chat().atBottom || log.hidden;
  $("unread").textContent = newBelow || "";
}

export function show(node) {
  node.scrollIntoView({ block: "center", behavior: behavior() });
  node.animate([{ filter: "brightness(.8)" }, { filter: "brightness(.8)", offset: 0.5 }, {}], 1400);
}

/** Up and down go from message to message. */
function arrowKeys(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const node = event.target.closest?.(".message");
  if (!step || event.target !== node) return;
  const messages = [...log.querySelectorAll(".message")];
  const next = messages[messages.indexOf(node) + step];
  event.preventDefault();
  if (!next) return;
  for (const other of messages) other.tabIndex = other === next ? 0 : -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

export function wireLog() {
  log.addEventListener("scroll", noteScroll, { passive: true });
  log.addEventListener("keydown", arrowKeys);
  $("jump").onclick = () => log.scrollTo({ top: log.scrollHeight, behavior: behavior() });
  new ResizeObserver(followBottom).observe(log); // the composer grew, or a phone's keyboard opened
}
