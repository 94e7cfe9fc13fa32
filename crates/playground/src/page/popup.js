// The list above the composer. The list shows commands, media to attach, or inline results.

import { $, el } from "./dom.js";
import { setDraft } from "./draft.js";
import { t } from "./strings.js";

const [input, popup] = ["input", "popup"].map($);
const list = { items: [], active: 0, onEscape: closePopup };

export const isPopupOpen = () => !popup.hidden;

export const activeItem = () => list.active;

/**
 * Shows a list of items, with an optional note below the items. An item is { title, hint, mark,
 * kind, choose, complete }:
 *
 * - `mark` is an icon or letter before the title, and `kind` is a CSS class.
 * - `choose` is the function that is called when the user chooses the item.
 * - `complete` is the text that the Tab key puts into the composer.
 */
export function openPopup(name, items, { active = 0, note, onEscape = closePopup } = {}) {
  Object.assign(list, { items, active, onEscape });
  popup.setAttribute("aria-label", t(name));
  popup.replaceChildren(...items.map(renderItem));
  if (note) popup.append(el("p", { class: "note" }, note));
  popup.hidden = false;
  input.setAttribute("aria-expanded", "true");
  markActive();
}

export function closePopup() {
  popup.hidden = true;
  popup.classList.remove("loading");
  list.items = [];
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function renderItem(item, index) {
  const mark = item.mark ? el("span", { class: "mark", "aria-hidden": "true" }, item.mark) : null;
  const words = el("span", { class: "words" }, el("b", {}, item.title), item.hint && el("small", {}, item.hint));
  const onclick = () => (closePopup(), item.choose());
  return el("div", { class: `item ${item.kind ?? ""}`, role: "option", id: `item-${index}`, onclick }, mark, words);
}

function markActive() {
  for (const [index, node] of [...popup.querySelectorAll(".item")].entries()) {
    node.setAttribute("aria-selected", index === list.active);
    if (index === list.active) node.scrollIntoView({ block: "nearest" });
  }
  if (list.items.length > 0) input.setAttribute("aria-activedescendant", `item-${list.active}`);
}

/**
 * Handles a key press while the list is open. Returns false if the composer must handle the key.
 */
export function onPopupKey(event, isOutdated) {
  if (popup.hidden) return false;
  const { items, active } = list;
  if (event.key === "Escape") list.onEscape();
  else if (items.length === 0 || isOutdated) return event.key === "Enter"; // ignores Enter until results arrive
  else if (event.key === "ArrowDown") list.active = (active + 1) % items.length;
  else if (event.key === "ArrowUp") list.active = (active - 1 + items.length) % items.length;
  else if (event.key === "Tab" && items[active].complete) setDraft(items[active].complete);
  else if (event.key === "Enter" && !event.shiftKey) popup.querySelector(`#item-${active}`).click();
  else return false;
  markActive();
  return true;
}

export function initPopup() {
  // A click on the list must not take the focus from the composer.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
}
