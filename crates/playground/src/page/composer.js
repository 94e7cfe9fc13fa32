// Where one writes: the text, what it answers or edits, and what is sent.

import { $, el, icon, label, toast } from "./dom.js";
import { forgetInline, inlineQuery, searchSoon } from "./inline.js";
import { drawEmptiness, messageNode } from "./log.js";
import { authorOf, isEditable, summary } from "./message.js";
import { closePopup, openCommands, popupKey } from "./popup.js";
import { attempt } from "./server.js";
import { chat, isGroup, messagesInSight, state } from "./state.js";
import { t } from "./words.js";

const LONGEST_TEXT = 4096;
const [input, composer] = ["input", "composer"].map($);

export const sendText = (text) => attempt("message", { text });

function submit() {
  if (inlineQuery(input.value) !== null) return setInput("");
  const text = input.value.trim();
  if (text !== "") sendWritten(text);
}

/** Sends a text as what the composer is set to: a new message, an answer, an edit. */
export async function sendWritten(text) {
  const here = chat(), { editing, replying } = here;
  if (text.length > LONGEST_TEXT) return toast(t("tooLong"));
  stopContext();
  setInput("");
  if (editing?.text === text) return;
  const answered = replying ? { reply_to: replying.message.message_id, quote: replying.quote } : {};
  const done = editing ? await attempt("edit", { message_id: editing.message_id, text }) : await attempt("message", { text, ...answered });
  // What could not be sent goes back to its writer, unless something new is being written.
  if (!done && chat() === here && input.value === "") setInput(text);
}

export async function start() {
  const text = state.payload ? `/start ${state.payload}` : "/start";
  if (!(await sendText(text)) || !state.payload) return;
  state.payload = "";
  history.replaceState(null, "", location.pathname); // a reload must not start again
  drawEmptiness();
}

export function setInput(text) {
  input.value = text;
  typed();
}

/** After every change of the text: its height, the look of the send button, and whichever list belongs above it. */
export function typed() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
  const query = inlineQuery(input.value);
  setMode(query !== null ? "leaveInline" : chat()?.editing ? "save" : "send");
  composer.classList.toggle("empty", input.value.trim() === "");
  if (query !== null) return searchSoon(query);
  forgetInline();
  if (/^\/\w*$/.test(input.value) && !chat().editing) openCommands(input.value.slice(1));
  else closePopup();
}

function setMode(mode) {
  $("go").replaceChildren(icon({ send: "send", save: "check", leaveInline: "close" }[mode]));
  label($("go"), mode);
}

// ---- What the text is for: a new message, an answer, an edit ---------------------------------------------------------

export function startEditing(message) {
  Object.assign(chat(), { editing: message, replying: null });
  drawContext();
  setInput(message.text);
  input.focus();
}

/** Answers a message, or the part of it that is marked. */
export function startReplying(message) {
  const marked = getSelection(), body = messageNode(message.message_id)?.querySelector(".text");
  const part = !marked.isCollapsed && body?.contains(marked.anchorNode) && body.contains(marked.focusNode) ? marked.toString().trim() : "";
  const isEditing = Boolean(chat().editing);
  Object.assign(chat(), { editing: null, replying: { message, quote: message.text?.includes(part) && part ? part : undefined } });
  drawContext();
  if (isEditing) setInput("");
  input.focus();
}

export function stopContext(where = chat()) {
  const wasEditing = Boolean(where.editing);
  Object.assign(where, { editing: null, replying: null });
  if (where !== chat()) return;
  drawContext();
  if (wasEditing) setInput("");
}

function drawContext() {
  const { editing, replying } = chat();
  $("context").hidden = !editing && !replying;
  if (!editing && !replying) return;
  $("context-icon").replaceChildren(icon(editing ? "pencil" : "reply"));
  $("context-kind").textContent = editing ? t("editing") : t("replying")(authorOf(replying.message));
  $("original").textContent = editing ? editing.text : (replying.quote ?? summary(replying.message));
}

function editLast() {
  const last = messagesInSight().findLast(isEditable);
  if (last) startEditing(last);
}

// ---- Going from chat to chat -----------------------------------------------------------------------------------------

/** Keeps what is half written for when its chat is opened again. */
export function leaveComposer() {
  chat().draft = input.value;
}

export function openComposer({ focus = false, fill = false }) {
  if (fill) input.value = chat().draft;
  input.placeholder = t("input");
  $("attach").hidden = isGroup();
  drawContext();
  if (!composer.hidden) typed();
  if (focus) focusInput();
}

/** On a touch screen focus would raise the keyboard over half of the chat. */
const focusInput = () => !matchMedia("(pointer: coarse)").matches && !composer.hidden && input.focus();

export const isComposerHidden = () => composer.hidden;

export function showComposer() {
  composer.hidden = false;
  typed(); // its height can only be measured now
  focusInput();
}

// ---- Wiring ------------------------------------------------------------------------------------------------------------

function inputKey(event) {
  if (event.key === "Enter" && !event.shiftKey) submit();
  else if (event.key === "ArrowUp" && input.value === "" && !chat().editing) editLast();
  else if (event.key === "Escape" && (chat().editing || chat().replying)) stopContext();
  else return;
  event.preventDefault();
}

/** Runs a handler only outside of an input method's composition: its Enter and arrows choose words. (229 is Safari's Enter that ends one.) */
const unlessComposing = (handler) => (event) => event.isComposing || event.keyCode === 229 || handler(event);

export function wireComposer() {
  composer.addEventListener("submit", (event) => (event.preventDefault(), submit(), input.focus()));
  composer.addEventListener("keydown", unlessComposing((event) => {
    if (popupKey(event)) event.preventDefault();
    else if (event.target === input) inputKey(event);
  }));
  input.addEventListener("input", (event) => event.isComposing || typed());
  input.addEventListener("compositionend", typed);
  input.addEventListener("focus", typed);
  $("menu").onclick = () => (setInput("/"), input.focus());
  $("cancel").onclick = () => (stopContext(), input.focus());
  $("start").onclick = start;
}
