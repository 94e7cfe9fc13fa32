// The attach button and its list of media samples.

import { $, icon } from "./dom.js";
import { closePopup, isPopupOpen, openPopup } from "./popup.js";
import { attempt } from "./server.js";
import { t } from "./strings.js";
import { MEDIA_KINDS } from "./summary.js";

function openSamples() {
  const sample = (kind) => ({ title: t(kind), mark: icon(kind), choose: () => attempt("attach", { kind }) });
  openPopup("attach", MEDIA_KINDS.map(sample));
  $("input").focus(); // the composer passes the arrow keys to the list
}

export function initSamples() {
  $("attach").onclick = () => (isPopupOpen() ? closePopup() : openSamples());
}
