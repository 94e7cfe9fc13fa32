// Renders the text of a message with its entities (formatting, links and so on). Telegram counts
// entity offsets in UTF-16 code units. JavaScript strings use the same unit.

import { el, externalLink, iconButton, label } from "./dom.js";
import { startInline } from "./draft.js";
import { sendText } from "./server.js";
import { isBotMention } from "./state.js";
import { t } from "./strings.js";

const BLOCKS = ["blockquote", "expandable_blockquote", "pre"];

export function renderEntities(text, entities = []) {
  const isInline = ({ type }) => Number(!BLOCKS.includes(type));
  const outerFirst = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length || isInline(a) - isInline(b));
  const fragment = new DocumentFragment();
  appendEntities(fragment, text, outerFirst, 0, text.length);
  return fragment;
}

/**
 * Appends the text from offset `from` to offset `to`, with its entities, to the node `parent`. An
 * entity that starts inside an earlier entity becomes a child of the earlier entity's node.
 */
function appendEntities(parent, text, entities, from, to) {
  const rest = [...entities];
  let at = from;
  while (rest.length > 0) {
    const entity = rest.shift();
    const start = Math.max(entity.offset, at), end = Math.min(entity.offset + entity.length, to);
    if (start >= end) continue;
    const after = rest.findIndex(({ offset }) => offset >= end);
    const inside = rest.splice(0, after < 0 ? rest.length : after);
    const node = entityNode(entity, text.slice(start, end));
    parent.append(text.slice(at, start), node);
    appendEntities(node.querySelector(".slot") ?? node, text, inside, start, end);
    // A block element already ends the line. Skips the line break after the block, which would add
    // an empty line.
    at = BLOCKS.includes(entity.type) && text[end] === "\n" ? end + 1 : end;
  }
  parent.append(text.slice(at, to));
}

const PLAIN_TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote" };

function entityNode(entity, text) {
  switch (entity.type) {
    case "text_link": return externalLink(entity.url);
    case "url": return externalLink(/^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`);
    case "mention": return isBotMention(text) ? commandButton(() => startInline("")) : externalLink(`https://t.me/${text.slice(1)}`);
    case "bot_command": return commandButton(() => sendText(text));
    case "pre": return el("pre", { "data-language": entity.language || undefined }, el("code", { class: "slot" }));
    case "spoiler": return spoiler();
    case "expandable_blockquote": return expandable();
    default: return el(PLAIN_TAGS[entity.type] ?? "span");
  }
}

const commandButton = (onclick) => el("button", { type: "button", class: "command", onclick });

function spoiler() {
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    event.preventDefault(); // the click reveals the spoiler and must not follow a link inside the spoiler
    node.replaceWith(...node.childNodes);
  };
  const node = el("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": t("spoiler"), onclick: reveal, onkeydown: reveal });
  return node;
}

function expandable() {
  const button = iconButton("down", "expand", () => {
    const open = quote.classList.toggle("open");
    button.setAttribute("aria-expanded", open);
    label(button, open ? "collapse" : "expand");
  });
  button.setAttribute("aria-expanded", "false");
  const body = el("div", { class: "slot" });
  const quote = el("blockquote", { class: "expandable" }, body, button);
  // A click anywhere in the quote expands or collapses the quote, except a click on a link, button
  // or spoiler, or while text is selected.
  quote.addEventListener("click", (event) => event.target.closest("a, button, .spoiler") || String(getSelection()) || button.click());
  quoteSizes.observe(body);
  return quote;
}

/**
 * Watches the size of expandable quotes. If a quote fits into three lines, hides its expand button
 * with the CSS class `short`.
 */
const quoteSizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const quote = target.parentElement;
    if (!quote.classList.contains("open")) quote.classList.toggle("short", target.scrollHeight <= target.clientHeight + 2);
  }
});
