// The inspector: a panel that shows the Telegram view or the matcher view of one message.

import { $, addArrowKeys, el } from "./dom.js";
import { matcherView } from "./matcher-view.js";
import { messageNode } from "./message.js";
import { closeInspector } from "./navigation.js";
import { fetchInspection } from "./server.js";
import { state, subscribe } from "./state.js";
import { telegramView } from "./telegram-view.js";

const RELOAD_DELAY_MS = 120;
const VIEWS = { telegram: telegramView, matcher: matcherView };
const panel = $("inspector");
let openView = "telegram";
let inspection = null; // the server's response about the inspected message
let reloadTimer = 0;

async function show() {
  panel.hidden = false;
  document.body.classList.add("inspecting");
  await load();
  panel.querySelector("[aria-selected=true]")?.focus();
}

function hide(before) {
  const hadFocus = panel.contains(document.activeElement);
  panel.hidden = true;
  document.body.classList.remove("inspecting");
  inspection = null;
  if (hadFocus) (messageNode(before.messageId) ?? $("input")).focus();
}

async function load() {
  const target = state.inspected;
  if (!target) return;
  const answer = await fetchInspection(target).catch((error) => ({ error: error.message }));
  if (state.inspected !== target) return;
  inspection = answer;
  render();
}

function onEdited({ chatId, message }) {
  if (state.inspected?.chatId !== chatId || state.inspected.messageId !== message.message_id) return;
  clearTimeout(reloadTimer);
  // Waits before reloading the inspector's data, because the server logs the bot's call a moment
  // after it reports the edit.
  reloadTimer = setTimeout(load, RELOAD_DELAY_MS);
}

function render() {
  if (!inspection) return;
  for (const tab of $("views").children) {
    tab.setAttribute("aria-selected", tab.value === openView);
    tab.tabIndex = tab.value === openView ? 0 : -1;
  }
  $("view").setAttribute("aria-labelledby", `view-${openView}`);
  const parts = inspection.error ? [inspection.error] : VIEWS[openView](inspection);
  $("view").replaceChildren(...parts.map((part) => (typeof part === "string" ? remark(part) : part)));
}

const remark = (text) => el("p", { class: "remark" }, text);

export function initInspector() {
  for (const tab of $("views").children) tab.onclick = () => ((openView = tab.value), render());
  addArrowKeys($("views"), "button", { choose: true });
  $("close-inspector").onclick = closeInspector;
  document.addEventListener("keydown", (event) => {
    const isCovered = document.querySelector("dialog[open]") || document.body.classList.contains("drawer");
    const isFree = !isCovered && $("popup").hidden && !event.defaultPrevented;
    if (event.key === "Escape" && isFree) closeInspector();
  });
  subscribe((before) => (state.inspected ? show() : hide(before)), "inspected");
  subscribe(onEdited, "message-edited");
  subscribe(render, "language");
}
