// The switches: privacy mode, the language of the page, light or dark.

import { drawChats, drawHead, drawSpeakers } from "./chats.js";
import { openComposer, typed } from "./composer.js";
import { $, icon, label } from "./dom.js";
import { draw as drawInspector } from "./inspector.js";
import { drawAll } from "./log.js";
import { attempt, connect } from "./server.js";
import { chat, state } from "./state.js";
import { t } from "./words.js";

export function drawPrivacy() {
  $("privacy").setAttribute("aria-checked", state.privacy);
  $("privacy-note").textContent = t(state.privacy ? "privacyOn" : "privacyOff");
}

async function switchPrivacy() {
  const answer = await attempt("privacy", { on: !state.privacy });
  if (!answer) return;
  state.privacy = answer.on;
  drawPrivacy();
}

function setLanguage(language) {
  state.language = localStorage.language = language;
  connect(); // the hello that follows brings the commands in this language
  drawInterface();
}

function drawTheme() {
  const chosen = localStorage.theme, system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const other = (chosen ?? system) === "dark" ? "light" : "dark";
  if (chosen) document.documentElement.dataset.theme = chosen;
  $("theme").replaceChildren(icon(other === "light" ? "sun" : "moon"));
  $("theme").onclick = () => {
    localStorage.theme = other;
    drawTheme();
  };
}

export function drawInterface() {
  document.documentElement.lang = t("locale");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) label(node, node.dataset.label);
  // Where a title would only repeat what is in sight.
  for (const node of document.querySelectorAll("[data-name]")) node.setAttribute("aria-label", t(node.dataset.name));
  for (const button of document.querySelectorAll(".languages button")) button.setAttribute("aria-pressed", button.value === state.language);
  $("about").textContent = state.about || t("welcomeText");
  drawPrivacy();
  drawTheme();
  drawHead();
  if (!chat()) return;
  drawChats();
  drawSpeakers();
  drawAll();
  drawInspector();
  openComposer({});
}

export function wireSettings() {
  $("privacy").onclick = switchPrivacy;
  for (const button of document.querySelectorAll(".languages button")) button.onclick = () => setLanguage(button.value);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTheme);
}
