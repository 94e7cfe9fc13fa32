// Renders the empty private chat: the bot's description and the Start button.

import { $ } from "./dom.js";
import { sendText } from "./server.js";
import { chat, isGroup, state, subscribe } from "./state.js";
import { t } from "./strings.js";

function renderWelcome() {
  const isPrivate = chat() !== undefined && !isGroup();
  const isEmpty = isPrivate && chat().messages.size === 0;
  $("welcome").hidden = !isEmpty;
  $("log").hidden = isEmpty;
  $("start").hidden = !isEmpty && !(isPrivate && state.startPayload !== "");
}

function renderAbout() {
  $("about").textContent = state.about || t("welcomeText");
}

async function start() {
  const text = state.startPayload ? `/start ${state.startPayload}` : "/start";
  if (!(await sendText(text)) || !state.startPayload) return;
  state.startPayload = "";
  history.replaceState(null, "", location.pathname); // a reload of the page must not send the start payload again
  renderWelcome();
}

export function initWelcome() {
  $("start").onclick = start;
  subscribe(renderWelcome, "chat", "message-added", "message-deleted");
  subscribe(renderAbout, "language");
}
