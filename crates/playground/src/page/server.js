// Talking to the server: what a person does goes there as a request, everything that happens comes back as an event.

import { EVENTS, setConnection } from "./events.js";
import { toast } from "./dom.js";
import { chat, isGroup, state } from "./state.js";
import { t } from "./words.js";

const RETRY_AFTER = 2000;

/** Who does something, and where. */
function place() {
  const here = chat();
  if (!here || !isGroup(here)) return { language: state.language };
  return { language: state.language, chat_id: here.id, as_id: here.speaker, thread: here.topic || undefined };
}

export async function post(path, body, signal) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, signal };
  request.body = JSON.stringify({ ...place(), ...body });
  const response = await fetch(`/page/${path}`, request).catch((error) => {
    throw signal?.aborted ? error : new Error(t("offline"));
  });
  return read(response);
}

export const inspect = async (chatId, messageId) => read(await fetch(`/page/inspect?chat_id=${chatId}&message_id=${messageId}`));

async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? t("failed"));
  return answer;
}

/** Posts, and shows a failure to the person. `null` then. */
export const attempt = (path, body) => post(path, body).catch((error) => (toast(error.message), null));

export function connect() {
  connect.events?.close();
  const events = new EventSource(`/page/events?language=${state.language}`);
  connect.events = events;
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    EVENTS[event.kind]?.(event);
  };
  events.onerror = () => {
    setConnection(state.bot ? "reconnecting" : "connecting");
    // The browser retries a lost connection by itself, but gives up at an answer that is not an event stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => connect.events === events && connect(), RETRY_AFTER);
  };
}
