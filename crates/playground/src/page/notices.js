// Shows toasts and the alert dialog.

import { $, el, externalLink } from "./dom.js";
import { t } from "./strings.js";

let toastTimer = 0;

/** The audience tells which member of a group sees the notice. */
export function toast(text, audience) {
  const box = $("toast");
  box.replaceChildren(...(audience ? [el("small", {}, audience)] : []), text);
  box.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove("shown"), 2000 + text.length * 40);
}

export function alertDialog(text, url, audience) {
  const heading = audience ? [el("small", {}, audience)] : [];
  const link = url ? [text && " ", externalLink(url, t("openLink"))] : [];
  $("alert").querySelector("p").replaceChildren(...heading, text, ...link);
  if (!$("alert").open) $("alert").showModal();
}

export async function copyToClipboard(text) {
  await navigator.clipboard.writeText(text).then(() => toast(t("copied")), () => toast(t("failed")));
}
