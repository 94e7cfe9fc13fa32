// Sends requests to the playground's server. The server reports every change of a chat as an event,
// see events.js.

import { toast } from "./notices.js";
import { chat, isGroup, state } from "./state.js";
import { t } from "./strings.js";

/** Returns the request fields that tell who acts, and in which chat and topic. */
function place() {
  const here = chat();
  if (!isGroup(here)) return { language: state.language };
  return { language: state.language, chat_id: here.id, as_id: here.senderId, thread: here.topic || undefined };
}

export async function post(path, body, signal) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, signal };
  request.body = JSON.stringify({ ...place(), ...body });
  const response = await fetch(`/page/${path}`, request).catch((error) => {
    throw signal?.aborted ? error : new Error(t("offline"));
  });
  return parse(response);
}

export const fetchInspection = async ({ chatId, messageId }) =>
  parse(await fetch(`/page/inspect?chat_id=${chatId}&message_id=${messageId}`));

async function parse(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? t("failed"));
  return answer;
}

/** Sends a POST request. If the request fails, shows a toast and returns null. */
export const attempt = (path, body) => post(path, body).catch((error) => (toast(error.message), null));

export const sendText = (text) => attempt("message", { text });
