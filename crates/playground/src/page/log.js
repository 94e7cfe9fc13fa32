// Renders the messages of the open topic.

import { $, el, scrollBehavior } from "./dom.js";
import { messageNode, renderMessage } from "./message.js";
import { chat, isMine, isVisible, state, subscribe, topicOf, visibleMessages } from "./state.js";
import { t } from "./strings.js";
import { serviceText } from "./summary.js";

const BOTTOM_TOLERANCE_PX = 60;
const log = $("log");
let newBelow = 0; // number of messages that arrived while the user was scrolled up

function renderLog() {
  const scrollTop = log.scrollTop;
  log.setAttribute("aria-busy", "true"); // so that a screen reader does not announce old messages
  log.replaceChildren();
  let previous;
  for (const message of visibleMessages()) {
    log.append(...withDay(message, previous));
    previous = message;
  }
  log.removeAttribute("aria-busy");
  log.scrollTop = scrollTop;
  groupMessages();
  markInspected();
  followBottom();
}

function appendMessage(message) {
  const nodes = withDay(message, visibleMessages().at(-2));
  nodes.at(-1).classList.add("new");
  log.append(...nodes);
  groupMessages();
  if (isMine(message)) chat().atBottom = true;
  else if (!chat().atBottom) newBelow += 1;
  followBottom();
}

function replaceMessage(message) {
  const old = messageNode(message.message_id);
  if (!old) return;
  const hadFocus = old.contains(document.activeElement), place = document.activeElement.dataset.place;
  const node = renderMessage(message);
  old.replaceWith(node);
  groupMessages();
  markInspected();
  // If a button of the old message had the focus, focuses the same button of the new message.
  const buttonAt = node.querySelector(`[data-place="${place}"]`) ?? node.querySelector("[data-place]");
  if (hadFocus) (buttonAt ?? node).focus();
  followBottom();
}

/**
 * Marks the first and the last message of each sequence of messages by one author, for the CSS.
 * Makes only the newest message reachable with the Tab key.
 */
function groupMessages() {
  const nodes = [...log.children];
  nodes.forEach((node, index) => {
    const { author } = node.dataset;
    const isSameAuthor = (other) => author !== undefined && other?.dataset.author === author;
    node.classList.toggle("first", !isSameAuthor(nodes[index - 1]));
    node.classList.toggle("last", !isSameAuthor(nodes[index + 1]));
    if (node.matches(".message")) node.tabIndex = -1;
  });
  const newest = nodes.findLast((node) => node.matches(".message"));
  if (newest) newest.tabIndex = 0;
}

function markInspected() {
  for (const node of log.querySelectorAll(".message.selected")) node.classList.remove("selected");
  if (state.inspected?.chatId === state.open) messageNode(state.inspected?.messageId)?.classList.add("selected");
}

/**
 * Returns the nodes for a message. If the message is the first of its day, the first node is a
 * separator with the date.
 */
function withDay(message, previous) {
  const day = dayName(message.date), isNewDay = !previous || dayName(previous.date) !== day;
  const separator = isNewDay ? [el("div", { class: "day" }, el("span", {}, day))] : [];
  const text = serviceText(message);
  return [...separator, text ? serviceNode(message, text) : renderMessage(message)];
}

const serviceNode = (message, text) =>
  el("div", { class: "day service", id: `message-${message.message_id}` }, el("span", {}, text));

const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

function dayName(seconds) {
  const days = Math.round((midnight(seconds * 1000) - midnight(Date.now())) / 86_400_000);
  if (days >= -1) return new Intl.RelativeTimeFormat(t("locale"), { numeric: "auto" }).format(days, "day");
  return new Date(seconds * 1000).toLocaleDateString(t("locale"), { dateStyle: "long" });
}

// ---- Scrolling: the page scrolls to new messages only while the user is at the bottom ----

function followBottom() {
  if (!chat()) return;
  if (chat().atBottom) log.scrollTop = log.scrollHeight;
  updateJump();
}

function updateJump() {
  if (!chat()) return;
  chat().atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < BOTTOM_TOLERANCE_PX;
  if (chat().atBottom) newBelow = 0;
  $("jump").hidden = chat().atBottom || log.hidden;
  $("unread").textContent = newBelow || "";
}

/** Handles a key press on a message: the up and down arrow keys move the focus between messages. */
function onKey(event) {
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

export function initLog() {
  log.addEventListener("scroll", updateJump, { passive: true });
  log.addEventListener("click", (event) => event.target.closest(".expandable") && updateJump());
  log.addEventListener("keydown", onKey);
  $("jump").onclick = () => log.scrollTo({ top: log.scrollHeight, behavior: scrollBehavior() });
  new ResizeObserver(followBottom).observe(log); // the composer or a phone's keyboard resizes the log
  const ifVisible = (render) => ({ chatId, message }) => isVisible(chatId, topicOf(message)) && render(message);
  subscribe(renderLog, "chat", "sender", "language");
  subscribe(ifVisible(appendMessage), "message-added");
  subscribe(ifVisible(replaceMessage), "message-edited");
  subscribe(({ chatId }) => chatId === state.open && renderLog(), "message-deleted");
  subscribe(markInspected, "inspected");
}
