// On a narrow screen, shows the list of chats as a drawer over the open chat.

import { $ } from "./dom.js";
import { subscribe } from "./state.js";

const NARROW = matchMedia("(max-width: 759px)");

function showDrawer(isShown) {
  const isDrawer = NARROW.matches, wasShown = document.body.classList.contains("drawer");
  document.body.classList.toggle("drawer", isShown && isDrawer);
  $("chats").inert = isDrawer && !isShown;
  $("burger").setAttribute("aria-expanded", isShown && isDrawer);
  const chats = $("chat-list");
  if (isShown && isDrawer) (chats.querySelector("[aria-current]") ?? chats.querySelector("button"))?.focus();
  else if (wasShown) $("burger").focus();
}

export function initDrawer() {
  const hide = () => showDrawer(false);
  $("burger").onclick = () => showDrawer(true);
  $("shut").onclick = $("scrim").onclick = hide;
  $("chats").addEventListener("keydown", (event) => event.key === "Escape" && hide());
  NARROW.addEventListener("change", hide);
  subscribe(hide, "chat");
  hide();
}
