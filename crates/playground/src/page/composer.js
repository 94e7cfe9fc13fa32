// The composer: the text field, the send button, and the message that the user edits or replies to.

import { openCommands } from "./commands.js";
import { $, icon, label } from "./dom.js";
import { clearContext, sendDraft, setDraft, startEditing } from "./draft.js";
import { inlineQuery, isOutdated, resetInline, searchDebounced } from "./inline.js";
import { closePopup, onPopupKey } from "./popup.js";
import { chat, isEditable, isGroup, subscribe, visibleMessages } from "./state.js";
import { t } from "./strings.js";
import { authorOf, summary } from "./summary.js";

const [input, composer] = ["input", "composer"].map($);

// ---- Rendering ----

function renderComposer() {
  if (!chat()) return;
  composer.hidden = false;
  input.placeholder = t("input");
  $("attach").hidden = isGroup();
  renderContext();
  renderText();
}

/**
 * Adapts the composer to the typed text: its height, its send button, and the list of commands or
 * inline results above it.
 */
function renderText() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
  const query = inlineQuery(input.value);
  renderSendButton(query !== null ? "leaveInline" : chat()?.editing ? "save" : "send");
  composer.classList.toggle("empty", input.value.trim() === "");
  if (query !== null) return searchDebounced(query);
  resetInline();
  if (/^\/\w*$/.test(input.value) && !chat().editing) openCommands(input.value.slice(1));
  else closePopup();
}

function renderSendButton(action) {
  $("go").replaceChildren(icon({ send: "send", save: "check", leaveInline: "close" }[action]));
  label($("go"), action);
}

function renderContext() {
  const { editing, replying } = chat();
  $("context").hidden = !editing && !replying;
  if (!editing && !replying) return;
  $("context-icon").replaceChildren(icon(editing ? "pencil" : "reply"));
  $("context-kind").textContent = editing ? t("editing") : t("replying")(authorOf(replying.message));
  $("original").textContent = editing ? editing.text : (replying.quote ?? summary(replying.message));
}

// ---- Handlers of state changes ----

function onChat({ isOther, keepFocus }) {
  if (isOther) input.value = chat().draft;
  renderComposer();
  // Does not focus the text field on a touch screen, because the on-screen keyboard would then open
  // and cover half of the chat.
  if (!keepFocus && !matchMedia("(pointer: coarse)").matches) input.focus();
}

function onDraft({ focus }) {
  input.value = chat().draft;
  renderText();
  if (focus) input.focus();
}

function onContext({ focus }) {
  renderContext();
  if (focus) input.focus();
}

// ---- User actions ----

function submit() {
  if (inlineQuery(input.value) !== null) return setDraft("");
  const text = input.value.trim();
  if (text !== "") sendDraft(text);
}

function editLast() {
  const last = visibleMessages().findLast(isEditable);
  if (last) startEditing(last);
}

function onInputKey(event) {
  if (event.key === "Enter" && !event.shiftKey) submit();
  else if (event.key === "ArrowUp" && input.value === "" && !chat().editing) editLast();
  else if (event.key === "Escape" && (chat().editing || chat().replying)) clearContext();
  else return;
  event.preventDefault();
}

function onKey(event) {
  // While the user composes text with an input method, Enter and the arrow keys select words.
  // Safari reports the Enter key that ends a composition with the key code 229.
  if (event.isComposing || event.keyCode === 229) return;
  if (onPopupKey(event, isOutdated())) event.preventDefault();
  else if (event.target === input) onInputKey(event);
}

function onInput(event) {
  chat().draft = input.value;
  if (!event.isComposing) renderText();
}

export function initComposer() {
  composer.addEventListener("submit", (event) => (event.preventDefault(), submit(), input.focus()));
  composer.addEventListener("keydown", onKey);
  input.addEventListener("input", onInput);
  input.addEventListener("compositionend", renderText);
  input.addEventListener("focus", renderText);
  $("menu").onclick = () => setDraft("/", { focus: true });
  $("cancel").onclick = () => (clearContext(), input.focus());
  document.addEventListener("pointerdown", (event) => composer.contains(event.target) || (resetInline(), closePopup()));
  subscribe(onChat, "chat");
  subscribe(renderComposer, "sender", "language");
  subscribe(onDraft, "draft");
  subscribe(onContext, "context");
}
