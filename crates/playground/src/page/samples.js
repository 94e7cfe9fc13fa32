// The attach button, and the list of sample media (photo, voice message, sticker) that the user can
// send.

import { $, icon } from "./dom.js";
import { closePopup, isPopupOpen, openPopup } from "./popup.js";
import { attempt } from "./server.js";
import { t } from "./strings.js";
import { MEDIA_KINDS } from "./summary.js";

function openSamples() {
  const sample = (kind) => ({ title: t(kind), mark: icon(kind), choose: () => attempt("attach", { kind }) });
  openPopup("attach", MEDIA_KINDS.map(sample));
  $("input").focus(); // the composer passes the arrow keys to the open list
}

export function initSamples() {
  $("attach").onclick = () => (isPopupOpen() ? closePopup() : openSamples());
}
