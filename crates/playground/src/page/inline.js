// Inline queries: the user types "@bot query" into the composer of any chat.

import { $ } from "./dom.js";
import { setDraft, startInline } from "./draft.js";
import { openChat } from "./navigation.js";
import { activeItem, isPopupOpen, openPopup } from "./popup.js";
import { attempt, post, sendText } from "./server.js";
import { chat, isBotMention, state } from "./state.js";
import { t } from "./strings.js";

const DEBOUNCE_MS = 150;
const NEXT_PAGE_PX = 120;
const popup = $("popup");

const NOTHING = { query: null, answered: null, results: [], next: "", button: null, request: null };
// State of the inline query. `answered` is the query whose results are visible. `request` is the
// `AbortController` of the request that is in progress.
const inline = { ...NOTHING, timer: 0 };

/**
 * Returns the query in the text "@bot query". Returns null if the text does not start with the
 * bot's name and a space.
 */
export function inlineQuery(text) {
  const [name] = text.split(/\s/, 1);
  const isInline = state.bot && !chat().editing && text.length > name.length && isBotMention(name);
  return isInline ? text.slice(name.length).trim() : null;
}

/** Returns whether the visible results belong to an earlier query than the typed one. */
export const isOutdated = () => inline.query !== inline.answered;

export function resetInline() {
  cancelSearch();
  Object.assign(inline, NOTHING);
}

function cancelSearch() {
  clearTimeout(inline.timer);
  inline.request?.abort();
}

export function searchDebounced(query) {
  if (query === inline.query && isPopupOpen()) return;
  cancelSearch();
  inline.query = query;
  if (!isPopupOpen()) openResults([], { note: t("searching") });
  popup.classList.add("loading"); // the earlier results stay visible until the new results arrive
  inline.timer = setTimeout(() => search(query, ""), DEBOUNCE_MS);
}

async function search(query, offset) {
  const request = new AbortController();
  inline.request = request;
  popup.classList.add("loading");
  const failed = (error) => ({ results: [], error: error.message });
  const answer = await post("inline", { query, offset }, request.signal).catch(failed);
  if (inline.request !== request || request.signal.aborted) return; // the query was replaced or cancelled
  popup.classList.remove("loading");
  const results = offset ? [...inline.results, ...answer.results] : answer.results;
  Object.assign(inline, { request: null, answered: query, next: answer.next_offset ?? "", results });
  if (!offset) inline.button = answer.button ?? null;
  renderResults(offset ? activeItem() : Number(Boolean(inline.button)), answer.error);
}

const openResults = (items, options) => openPopup("inline", items, { ...options, onEscape: () => setDraft("") });

function renderResults(active, error) {
  const { button, results, query } = inline;
  const items = results.map((result) => ({
    title: result.title ?? result.id, hint: result.description, kind: "result", mark: [...(result.title ?? "•")][0],
    choose: () => choose(query, result),
  }));
  if (button) items.unshift({ title: button.text, kind: "top", choose: () => openPrivateChat(button) });
  const scrollTop = popup.scrollTop;
  const note = error ?? (results.length === 0 ? t("noResults") : undefined);
  openResults(items, { active: Math.max(0, Math.min(active, items.length - 1)), note });
  if (results.length > 0 && active > 1) popup.scrollTop = scrollTop;
}

/**
 * Handles the button above the inline results: opens the private chat with the bot and sends
 * `/start` with the button's parameter.
 */
function openPrivateChat(button) {
  setDraft("");
  openChat(state.person.id);
  sendText(`/start ${button.start_parameter ?? ""}`.trim());
}

function choose(query, result) {
  setDraft("");
  attempt("choose", { query, result_id: result.id });
}

function loadNextPage() {
  const isNearEnd = popup.scrollHeight - popup.scrollTop - popup.clientHeight < NEXT_PAGE_PX;
  if (inline.query !== null && inline.next && !inline.request && isNearEnd) search(inline.query, inline.next);
}

export function initInline() {
  popup.addEventListener("scroll", loadNextPage, { passive: true });
  $("mention").onclick = () => startInline("");
}
