// The settings: privacy mode, the page's language, and the light or dark theme.

import { $, icon, label } from "./dom.js";
import { connect } from "./events.js";
import { attempt } from "./server.js";
import { publish, state, subscribe } from "./state.js";
import { t } from "./strings.js";

const SYSTEM_DARK = matchMedia("(prefers-color-scheme: dark)");
const languageButtons = document.querySelectorAll(".languages button");

function renderPrivacy() {
  $("privacy").setAttribute("aria-checked", state.privacy);
  $("privacy-note").textContent = t(state.privacy ? "privacyOn" : "privacyOff");
}

async function togglePrivacy() {
  const answer = await attempt("privacy", { on: !state.privacy });
  if (!answer) return;
  state.privacy = answer.on;
  publish("privacy");
}

function setLanguage(language) {
  state.language = localStorage.language = language;
  connect(); // the server sends the bot's commands again, in the new language
  publish("language");
}

/**
 * Fills in the texts, tooltips and accessible names of the elements in page.html, in the selected
 * language.
 */
function renderLanguage() {
  document.documentElement.lang = t("locale");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) label(node, node.dataset.label);
  // These elements get no tooltip, because a tooltip would repeat the visible text of the element.
  for (const node of document.querySelectorAll("[data-name]")) node.setAttribute("aria-label", t(node.dataset.name));
  for (const button of languageButtons) button.setAttribute("aria-pressed", button.value === state.language);
}

const theme = () => localStorage.theme ?? (SYSTEM_DARK.matches ? "dark" : "light");

function renderTheme() {
  if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
  $("theme").replaceChildren(icon(theme() === "dark" ? "sun" : "moon"));
}

function toggleTheme() {
  localStorage.theme = theme() === "dark" ? "light" : "dark";
  renderTheme();
}

export function initSettings() {
  $("privacy").onclick = togglePrivacy;
  $("theme").onclick = toggleTheme;
  for (const button of languageButtons) button.onclick = () => setLanguage(button.value);
  SYSTEM_DARK.addEventListener("change", renderTheme);
  subscribe(renderPrivacy, "privacy", "language");
  subscribe(renderLanguage, "language");
  renderTheme();
}
