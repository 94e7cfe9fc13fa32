// Text with entities. Their offsets count UTF-16 units, which are JavaScript's string indices.

import { el, iconButton, label, outsideLink } from "./dom.js";
import { sendText } from "./composer.js";
import { fillInline } from "./inline.js";
import { noteScroll } from "./log.js";
import { state } from "./state.js";
import { t } from "./words.js";

const BLOCKS = ["blockquote", "expandable_blockquote", "pre"];

export function formatted(text, entities = []) {
  const isInline = ({ type }) => Number(!BLOCKS.includes(type));
  const outerFirst = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length || isInline(a) - isInline(b));
  const fragment = new DocumentFragment();
  fill(fragment, text, outerFirst, 0, text.length);
  return fragment;
}

/** Appends text[from..to] to the parent. Entities that start inside an earlier one become its children. */
function fill(parent, text, entities, from, to) {
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
    fill(node.querySelector(".slot") ?? node, text, inside, start, end);
    // The line break that ends a block is the block's own end; shown as well it would leave an empty line.
    at = BLOCKS.includes(entity.type) && text[end] === "\n" ? end + 1 : end;
  }
  parent.append(text.slice(at, to));
}

const PLAIN_TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote" };

function entityNode(entity, text) {
  switch (entity.type) {
    case "text_link": return outsideLink(entity.url);
    case "url": return outsideLink(/^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`);
    case "mention": return isBotName(text) ? commandButton(() => fillInline("")) : outsideLink(`https://t.me/${text.slice(1)}`);
    case "bot_command": return commandButton(() => sendText(text));
    case "pre": return el("pre", { "data-language": entity.language || undefined }, el("code", { class: "slot" }));
    case "spoiler": return spoiler();
    case "expandable_blockquote": return expandable();
    default: return el(PLAIN_TAGS[entity.type] ?? "span");
  }
}

export const isBotName = (mention) => mention.toLowerCase() === `@${state.bot.username}`.toLowerCase();
const commandButton = (onclick) => el("button", { type: "button", class: "command", onclick });


function spoiler() {
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    event.preventDefault(); // the press that reveals a link does not follow it too
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
    noteScroll();
  });
  button.setAttribute("aria-expanded", "false");
  const body = el("div", { class: "slot" });
  const quote = el("blockquote", { class: "expandable" }, body, button);
  // The whole quote is the target for a pointer; links in it and selected text keep their own meaning.
  quote.addEventListener("click", (event) => event.target.closest("a, button, .spoiler") || String(getSelection()) || button.click());
  quoteSizes.observe(body);
  return quote;
}

/** Only a quote that is longer than its three lines needs the arrow. */
const quoteSizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const quote = target.parentElement;
    if (!quote.classList.contains("open")) quote.classList.toggle("short", target.scrollHeight <= target.clientHeight + 2);
  }
});

