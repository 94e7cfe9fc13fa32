// Renders the header of the open chat: picture, name and status.

import { chatAvatar } from "./avatar.js";
import { $ } from "./dom.js";
import { chat, isGroup, state, subscribe } from "./state.js";
import { t } from "./strings.js";

function renderHead() {
  const here = chat();
  const isTyping = here?.typing.has(here.topic);
  const status = state.connection !== "open" ? state.connection : isTyping ? "typing" : "bot";
  const isMemberCount = status === "bot" && isGroup(here);
  $("status").className = status;
  $("status").textContent = isMemberCount ? t("members")(here.members.length) : t(status);
  $("name").textContent = here?.title ?? state.bot?.first_name ?? "Footnote";
  if (here) $("picture").replaceChildren(chatAvatar(here));
  document.title = `${$("name").textContent} · ${t("title")}`;
}

export function initHead() {
  subscribe(renderHead, "chat", "status", "language");
}
