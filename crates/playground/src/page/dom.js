// Creates DOM elements and adds keyboard navigation to controls.

import { t } from "./strings.js";

export const $ = (id) => document.getElementById(id);

/**
 * Creates a DOM element. Attributes that start with `on` become event listeners. Children are nodes
 * or strings. A string becomes a text node and is never parsed as HTML.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

/** Gives a control that shows only an icon an accessible name and a tooltip. */
export function label(node, key) {
  node.setAttribute("aria-label", t(key));
  node.title = t(key);
}

export function iconButton(name, key, onclick) {
  const button = el("button", { type: "button", class: `icon ${name}`, onclick }, icon(name));
  label(button, key);
  return button;
}

/** Returns an element with the number of unread messages, or null if the number is 0. */
export function unreadBadge(count) {
  return count ? el("span", { class: "badge", "aria-label": t("unreadCount")(count) }, String(count)) : null;
}

/**
 * Returns a link that opens in a new tab. Returns plain text if the URL has another scheme than
 * http, https or tg.
 */
export function externalLink(url, ...children) {
  const isSafe = URL.canParse(url) && ["http:", "https:", "tg:"].includes(new URL(url).protocol);
  if (!isSafe) return el("span", {}, ...children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

export const scrollBehavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

/**
 * Lets the arrow keys, Home and End move the focus between the controls of a container. If `choose`
 * is true, also clicks the control that gets the focus.
 */
export function addArrowKeys(container, selector, { choose = false } = {}) {
  container.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const items = [...container.querySelectorAll(selector)];
    const from = items.indexOf(event.target.closest(selector));
    if (from < 0 || !(step || ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    const ends = { Home: 0, End: items.length - 1 };
    const to = ends[event.key] ?? (from + step + items.length) % items.length;
    if (choose) items[to].click();
    // Searches the DOM for the controls again, because the click may have replaced them.
    [...container.querySelectorAll(selector)][to]?.focus();
  });
}
