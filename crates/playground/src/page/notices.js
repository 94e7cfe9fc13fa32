// Shows short notices (toasts) and the alert dialog.

import { $, el, externalLink } from "./dom.js";
import { t } from "./strings.js";

let toastTimer = 0;

/**
 * Shows a text for a few seconds. The optional line `audience` above the text names the only group
 * member who sees the text.
 */
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
