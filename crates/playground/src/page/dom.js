// Small tools for elements.

import { t } from "./words.js";

export const $ = (id) => document.getElementById(id);

/** An element; `on…` attributes become listeners. Children are nodes or strings, and strings stay text: there is no innerHTML here. */
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

/** Names a control that shows an icon only, for screen readers and for a resting pointer. */
export function label(node, key) {
  node.setAttribute("aria-label", t(key));
  node.title = t(key);
}

export function iconButton(name, key, onclick) {
  const button = el("button", { type: "button", class: `icon ${name}`, onclick }, icon(name));
  label(button, key);
  return button;
}

export function toast(text, whom) {
  const box = $("toast");
  box.replaceChildren(...(whom ? [el("small", {}, whom)] : []), text);
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 2000 + text.length * 40);
}

export function alertDialog(text, url, whom) {
  const link = url && outsideLink(url, t("openLink"));
  $("alert").querySelector("p").replaceChildren(...(whom ? [el("small", {}, whom)] : []), text, ...(link ? [text && " ", link] : []));
  if (!$("alert").open) $("alert").showModal();
}

export async function copy(text) {
  await navigator.clipboard.writeText(text).then(() => toast(t("copied")), () => toast(t("failed")));
}

export function outsideLink(url, ...children) {
  const safe = URL.canParse(url) && ["http:", "https:", "tg:"].includes(new URL(url).protocol);
  return safe ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", {}, ...children);
}

export const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

/** Arrow keys go from one of a row of controls to the next; in a group of choices they choose it as well. */
export function arrows(container, selector, { choose = false } = {}) {
  container.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const items = [...container.querySelectorAll(selector)];
    const at = items.indexOf(event.target.closest(selector));
    if (at < 0 || !(step || ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    const to = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : (at + step + items.length) % items.length;
    if (choose) items[to].click();
    // A click may have drawn them anew.
    [...container.querySelectorAll(selector)][to]?.focus();
  });
}
