// Renders the inspector's matcher view: how the matcher understood the question of a message.

import { el } from "./dom.js";
import { t } from "./strings.js";

const MAX_SECTIONS = 8;

/**
 * Returns the content of the matcher view: DOM nodes, and strings that the inspector shows as
 * remarks.
 */
export function matcherView({ matcher, withheld }) {
  if (!matcher) return [t("notMatched")];
  if (matcher.command) return [t("isCommand")(matcher.command)];
  const { answer, normal, ours, leans_on: leansOn, why } = matcher;
  const facts = [["normal", normal], ["inLanguage", answer.language], ["decision", t("decisions")[answer.decision] ?? answer.decision],
    ["confidence", percent(answer.confidence)], ["ours", percent(ours)], ...(leansOn ? [["leansOn", leansOn]] : []),
    ...(answer.highlight ? [["sentence", answer.highlight]] : [])];
  const list = el("dl", {}, ...facts.flatMap(([name, value]) => [el("dt", {}, t(name)), el("dd", { class: name }, value)]));
  const question = el("p", { class: "asked" }, answer.question);
  const remark = withheld ? [t("wouldSee")] : [];
  return [...remark, question, list, sectionTable(answer.sections), ...why.map(wordTable)];
}

const percent = (ratio) => `${(ratio * 100).toFixed(ratio > 0 && ratio < 0.1 ? 1 : 0)} %`;

function sectionTable(ranked) {
  const rows = ranked.slice(0, MAX_SECTIONS).map(({ id, score, confidence }) => el("tr", {},
    el("th", { scope: "row" }, id), el("td", { class: "score" }, score.toFixed(2)),
    el("td", {}, el("meter", { min: 0, max: 1, value: confidence, "aria-label": t("confidence") }), ` ${percent(confidence)}`)));
  return table(t("sections"), ["section", "score", "confidence"], rows);
}

function wordTable({ id, words: parts, unknown, nearest, base }) {
  const rows = parts.map(({ asked, matched, path, adds }) => el("tr", {},
    el("th", { scope: "row" }, asked), el("td", {}, matched), el("td", {}, t("paths")[path] ?? path),
    el("td", { class: adds < 0 ? "against" : "for" }, signed(adds))));
  const rest = el("dl", {}, el("dt", {}, t("nearest")), el("dd", {}, nearest), el("dt", {}, t("base")), el("dd", {}, signed(base)),
    ...(unknown.length > 0 ? [el("dt", {}, t("unknown")), el("dd", {}, unknown.join(" "))] : []));
  return el("section", {}, table(t("words")(id), ["word", "readAs", "path", "adds"], rows), rest);
}

const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

function table(caption, columns, rows) {
  const head = el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, t(name))));
  return el("table", {}, el("caption", {}, caption), el("thead", {}, head), el("tbody", {}, ...rows));
}
