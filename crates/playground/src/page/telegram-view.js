// Renders the inspector's Telegram view: the updates about a message and the bot's calls.

import { el } from "./dom.js";
import { state } from "./state.js";
import { t } from "./strings.js";

/**
 * Returns the content of the Telegram view: DOM nodes, and strings that the inspector shows as
 * remarks.
 */
export function telegramView({ updates, withheld, calls, message }) {
  const isBots = message.from?.id === state.bot.id;
  const updateSections = updates.map((update) => {
    const kind = Object.keys(update).find((key) => key !== "update_id");
    return el("section", {}, el("h3", {}, t("update")(kind, update.update_id)), json(update));
  });
  if (withheld) updateSections.unshift(t("withheld")[withheld]);
  else if (updates.length === 0 && !isBots) updateSections.push(t("nothingTold"));
  const callSections = calls.map(({ method, params, answer }) => el("section", {},
    el("h3", {}, `${t("call")} `, el("code", {}, method)), json(params),
    el("details", {}, el("summary", {}, t("answered")), json(answer))));
  if (calls.length === 0 && isBots) callSections.push(t("nothingCalled"));
  return isBots ? [...callSections, ...updateSections] : [...updateSections, ...callSections];
}

const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;

/**
 * Returns a node that shows a value as JSON, with different colours for keys, strings and other
 * values.
 */
function json(value) {
  const text = JSON.stringify(value, null, 2), code = el("code", {});
  let from = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [all, string, colon] = match;
    const kind = colon ? "key-name" : string ? "string" : "number";
    code.append(text.slice(from, match.index), el("span", { class: kind }, string ?? all), colon ?? "");
    from = match.index + all.length;
  }
  code.append(text.slice(from));
  return el("pre", { class: "json", tabindex: 0, role: "region", "aria-label": "JSON" }, code);
}
