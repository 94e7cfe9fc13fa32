// Inline search: "@bot text" in the composer of any chat.

import { sendText, setInput, stopContext } from "./composer.js";
import { $ } from "./dom.js";
import { isBotName } from "./entities.js";
import { openChat } from "./chats.js";
import { openPopup, shown } from "./popup.js";
import { attempt, post } from "./server.js";
import { chat, state } from "./state.js";
import { t } from "./words.js";

const DEBOUNCE = 150;
const [input, popup] = ["input", "popup"].map($);

// `answered` is the query that the results in sight belong to.
export const inline = { query: null, answered: null, results: [], next: "", button: null, timer: 0, search: null };

/** What follows "@bot " in the text, or null. */
export function inlineQuery(text) {
  const [name] = text.split(/\s/, 1);
  return state.bot && !chat().editing && text.length > name.length && isBotName(name) ? text.slice(name.length).trim() : null;
}

export function fillInline(query) {
  stopContext();
  setInput(`@${state.bot.username} ${query}`);
  input.focus();
}

export function forgetInline() {
  clearTimeout(inline.timer);
  inline.search?.abort();
  Object.assign(inline, { query: null, answered: null, results: [], next: "", button: null, search: null });
}

export function searchSoon(query) {
  if (query === inline.query && !popup.hidden) return;
  clearTimeout(inline.timer);
  inline.search?.abort();
  inline.query = query;
  if (popup.hidden) openPopup("inline", [], 0, t("searching"));
  popup.classList.add("loading"); // the results of the text before stay in sight meanwhile
  inline.timer = setTimeout(() => search(query, ""), DEBOUNCE);
}

async function search(query, offset) {
  const turn = new AbortController();
  inline.search = turn;
  popup.classList.add("loading");
  const answer = await post("inline", { query, offset }, turn.signal).catch((error) => ({ results: [], error: error.message }));
  if (inline.search !== turn || turn.signal.aborted) return; // a newer text has its own search
  Object.assign(inline, { search: null, answered: query, next: answer.next_offset ?? "" });
  popup.classList.remove("loading");
  inline.results = offset ? [...inline.results, ...answer.results] : answer.results;
  if (!offset) inline.button = answer.button ?? null;
  drawResults(offset ? shown.active : Number(Boolean(inline.button)), answer.error);
}

function drawResults(active, failure) {
  const { button, results, query } = inline;
  const items = results.map((result) => ({
    title: result.title ?? result.id, hint: result.description, kind: "result", mark: [...(result.title ?? "•")][0], choose: () => choose(query, result),
  }));
  if (button) items.unshift({ title: button.text, kind: "top", choose: () => goPrivate(button) });
  const scrolled = popup.scrollTop;
  openPopup("inline", items, Math.max(0, Math.min(active, items.length - 1)), failure ?? (results.length === 0 ? t("noResults") : undefined));
  if (results.length > 0 && active > 1) popup.scrollTop = scrolled;
}

/** The button above the results leads to the private chat. */
function goPrivate(button) {
  setInput("");
  openChat(state.person.id);
  sendText(`/start ${button.start_parameter ?? ""}`.trim());
}

function choose(query, result) {
  setInput("");
  attempt("choose", { query, result_id: result.id });
}

function searchFurther() {
  const nearEnd = popup.scrollHeight - popup.scrollTop - popup.clientHeight < 120;
  if (inline.query !== null && inline.next && !inline.search && nearEnd) search(inline.query, inline.next);
}

export function wireInline() {
  popup.addEventListener("scroll", searchFurther, { passive: true });
  $("mention").onclick = () => fillInline("");
}
