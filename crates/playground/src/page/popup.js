// The list above the composer: commands, samples, inline results.

import { sendWritten, setInput } from "./composer.js";
import { $, el, icon } from "./dom.js";
import { forgetInline, inline } from "./inline.js";
import { SAMPLES } from "./message.js";
import { attempt } from "./server.js";
import { chat, isGroup, speaker } from "./state.js";
import { t } from "./words.js";

const [input, popup, composer] = ["input", "popup", "composer"].map($);
export const shown = { items: [], active: 0 };

/** Items are { title, hint, mark, choose, complete }; `note` stands there when there are none. */
export function openPopup(name, items, active, note) {
  Object.assign(shown, { items, active });
  popup.setAttribute("aria-label", t(name));
  popup.replaceChildren(...items.map(drawItem));
  if (note) popup.append(el("p", { class: "note" }, note));
  popup.hidden = false;
  input.setAttribute("aria-expanded", "true");
  markActive();
}

export function closePopup() {
  popup.hidden = true;
  popup.classList.remove("loading");
  shown.items = [];
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function drawItem(item, index) {
  const mark = el("span", { class: "mark", "aria-hidden": "true" }, item.mark);
  const words = el("span", { class: "words" }, el("b", {}, item.title), item.hint && el("small", {}, item.hint));
  const choose = () => (closePopup(), item.choose());
  return el("div", { class: `item ${item.kind ?? ""}`, role: "option", id: `item-${index}`, onclick: choose }, item.mark ? mark : null, words);
}

function markActive() {
  for (const [index, node] of [...popup.querySelectorAll(".item")].entries()) {
    node.setAttribute("aria-selected", index === shown.active);
    if (index === shown.active) node.scrollIntoView({ block: "nearest" });
  }
  if (shown.items.length > 0) input.setAttribute("aria-activedescendant", `item-${shown.active}`);
}

/** Keys that belong to the open list rather than to the text. */
export function popupKey(event) {
  if (popup.hidden) return false;
  const { items, active } = shown;
  const unsettled = items.length === 0 || inline.query !== inline.answered;
  if (event.key === "Escape") inline.query === null ? closePopup() : setInput("");
  else if (unsettled) return event.key === "Enter"; // nothing to choose yet for this text, and nothing to send
  else if (event.key === "ArrowDown") shown.active = (active + 1) % items.length;
  else if (event.key === "ArrowUp") shown.active = (active - 1 + items.length) % items.length;
  else if (event.key === "Tab" && items[active].complete) setInput(items[active].complete);
  else if (event.key === "Enter" && !event.shiftKey) popup.querySelector(`#item-${active}`).click();
  else return false;
  markActive();
  return true;
}

export function openCommands(typedSoFar) {
  const here = chat(), isAdministrator = isGroup() && speaker().role === "administrator";
  const commands = isAdministrator ? here.administrator_commands : here.commands;
  const found = commands.filter(({ command }) => command.startsWith(typedSoFar.toLowerCase()));
  if (found.length === 0) return closePopup();
  const send = (command) => () => sendWritten(`/${command}`);
  const items = found.map(({ command, description }) => ({ title: `/${command}`, hint: description, kind: "wide", choose: send(command), complete: `/${command} ` }));
  openPopup("commands", items, 0);
}

function openSamples() {
  const sample = (kind) => ({ title: t(kind), mark: icon(kind), choose: () => attempt("attach", { kind }) });
  openPopup("attach", SAMPLES.map(sample), 0);
  input.focus(); // the arrows go through the list from there
}

export function wirePopup() {
  popup.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the text
  document.addEventListener("pointerdown", (event) => composer.contains(event.target) || (forgetInline(), closePopup()));
  $("attach").onclick = () => (popup.hidden ? openSamples() : closePopup());
}
