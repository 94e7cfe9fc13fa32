// A look inside a message: what Telegram and the bot said to each other about it, and what the matcher made of its question.

import { $, arrows, el } from "./dom.js";
import { messageNode } from "./log.js";
import { inspect } from "./server.js";
import { state } from "./state.js";
import { t } from "./words.js";

const SOON = 120;
const at = { chatId: null, messageId: null, view: "telegram", seen: null, timer: 0 };
const panel = $("inspector");

export async function openInspector(message) {
  Object.assign(at, { chatId: message.chat.id, messageId: message.message_id });
  panel.hidden = false;
  document.body.classList.add("inspecting");
  markSelected();
  await load();
  panel.querySelector("[aria-selected=true]")?.focus();
}

export function closeInspector() {
  if (panel.hidden) return;
  const node = at.messageId && messageNode(at.messageId), hadFocus = panel.contains(document.activeElement);
  panel.hidden = true;
  document.body.classList.remove("inspecting");
  Object.assign(at, { chatId: null, messageId: null, seen: null });
  markSelected();
  if (hadFocus) (node ?? $("input")).focus();
}

/** The message in the panel has changed, or something was done with it. */
export function refreshInspector(chatId, messageId) {
  if (chatId !== at.chatId || messageId !== at.messageId) return;
  clearTimeout(at.timer);
  at.timer = setTimeout(load, SOON); // the call is written down after its message is told
}

async function load() {
  const { chatId, messageId } = at;
  const seen = await inspect(chatId, messageId).catch((error) => ({ error: error.message }));
  if (at.chatId !== chatId || at.messageId !== messageId) return;
  at.seen = seen;
  draw();
}

export function markSelected() {
  for (const node of document.querySelectorAll(".message.selected")) node.classList.remove("selected");
  if (at.chatId === state.open && at.messageId) messageNode(at.messageId)?.classList.add("selected");
}

export function draw() {
  if (!at.seen) return;
  for (const tab of $("views").children) {
    tab.setAttribute("aria-selected", tab.value === at.view);
    tab.tabIndex = tab.value === at.view ? 0 : -1;
  }
  $("view").setAttribute("aria-labelledby", `view-${at.view}`);
  const parts = at.seen.error ? [note(at.seen.error)] : at.view === "telegram" ? telegramView(at.seen) : matcherView(at.seen);
  $("view").replaceChildren(...parts);
}

const note = (text) => el("p", { class: "remark" }, text);

// ---- What Telegram sent ------------------------------------------------------------------------------------------

function telegramView({ updates, withheld, calls, message }) {
  const isBots = message.from?.id === state.bot.id;
  const told = updates.map((update) => {
    const kind = Object.keys(update).find((key) => key !== "update_id");
    return el("section", {}, el("h3", {}, t("update")(kind, update.update_id)), json(update));
  });
  if (withheld) told.unshift(note(t("withheld")[withheld]));
  else if (told.length === 0 && !isBots) told.push(note(t("nothingTold")));
  const called = calls.map(({ method, params, answer }) => el("section", {},
    el("h3", {}, `${t("call")} `, el("code", {}, method)), json(params),
    el("details", {}, el("summary", {}, t("answered")), json(answer))));
  if (called.length === 0 && isBots) called.push(note(t("nothingCalled")));
  return isBots ? [...called, ...told] : [...told, ...called];
}

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;

/** JSON with its keys, texts and numbers told apart. */
function json(value) {
  const text = JSON.stringify(value, null, 2), code = el("code", {});
  let from = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [all, string, colon] = match;
    code.append(text.slice(from, match.index), el("span", { class: colon ? "key-name" : string ? "string" : "number" }, string ?? all), colon ?? "");
    from = match.index + all.length;
  }
  code.append(text.slice(from));
  return el("pre", { class: "json", tabindex: 0, role: "region", "aria-label": "JSON" }, code);
}

// ---- What the matcher saw ----------------------------------------------------------------------------------------

function matcherView({ matcher, withheld }) {
  if (!matcher) return [note(t("notMatched"))];
  if (matcher.command) return [note(t("isCommand")(matcher.command))];
  const { answer, normal, ours, leans_on: leansOn, why } = matcher;
  const facts = [["normal", normal], ["inLanguage", answer.language], ["decision", t("decisions")[answer.decision] ?? answer.decision],
    ["confidence", percent(answer.confidence)], ["ours", percent(ours)], ...(leansOn ? [["leansOn", leansOn]] : []),
    ...(answer.highlight ? [["sentence", answer.highlight]] : [])];
  const list = el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, t(name)), el("dd", { class: name }, value)]));
  return [withheld ? note(t("wouldSee")) : null, el("p", { class: "asked" }, answer.question), list, sections(answer.sections), ...why.map(words)].filter(Boolean);
}

const percent = (share) => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

function sections(ranked) {
  const rows = ranked.slice(0, 8).map(({ id, score, confidence }) => el("tr", {},
    el("th", { scope: "row" }, id), el("td", { class: "score" }, score.toFixed(2)),
    el("td", {}, el("meter", { min: 0, max: 1, value: confidence, "aria-label": t("confidence") }), ` ${percent(confidence)}`)));
  return table("sections", ["section", "score", "confidence"], rows);
}

function words({ id, words: parts, unknown, nearest, base }) {
  const rows = parts.map(({ asked, matched, path, adds }) => el("tr", {},
    el("th", { scope: "row" }, asked), el("td", {}, matched), el("td", {}, t("paths")[path] ?? path), el("td", { class: adds < 0 ? "against" : "for" }, signed(adds))));
  const rest = el("dl", {}, el("dt", {}, t("nearest")), el("dd", {}, nearest), el("dt", {}, t("base")), el("dd", {}, signed(base)),
    ...(unknown.length > 0 ? [el("dt", {}, t("unknown")), el("dd", {}, unknown.join(" "))] : []));
  return el("section", {}, table(null, ["word", "readAs", "path", "adds"], rows, t("words")(id)), rest);
}

const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

function table(title, columns, rows, caption = t(title)) {
  const head = el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, t(name))));
  return el("table", {}, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...rows));
}

// ---- Wiring ------------------------------------------------------------------------------------------------------

export function wireInspector() {
  for (const tab of $("views").children) tab.onclick = () => ((at.view = tab.value), draw());
  arrows($("views"), "button", { choose: true });
  $("close-inspector").onclick = closeInspector;
  document.addEventListener("keydown", (event) => {
    const isFree = !document.querySelector("dialog[open]") && $("popup").hidden && !document.body.classList.contains("drawer");
    if (event.key === "Escape" && isFree && !event.defaultPrevented) closeInspector();
  });
}
