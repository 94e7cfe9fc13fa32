// The draft in a chat's composer: the text, and the message that the user edits or replies to. Also
// sends the draft.

import { toast } from "./notices.js";
import { attempt } from "./server.js";
import { chat, publish, state } from "./state.js";
import { t } from "./strings.js";

const MAX_LENGTH = 4096;

export function setDraft(text, { focus = false } = {}) {
  chat().draft = text;
  publish("draft", { focus });
}

/** Starts an inline query: puts the bot's name and the query into the composer of the open chat. */
export function startInline(query) {
  clearContext();
  setDraft(`@${state.bot.username} ${query}`, { focus: true });
}

export function startEditing(message) {
  Object.assign(chat(), { editing: message, replying: null });
  publish("context", { focus: false });
  setDraft(message.text, { focus: true });
}

/** Makes the draft a reply to a message. The reply quotes the text `quote`, if given. */
export function startReplying(message, quote) {
  const wasEditing = Boolean(chat().editing);
  Object.assign(chat(), { editing: null, replying: { message, quote } });
  if (wasEditing) setDraft("");
  publish("context", { focus: true });
}

/** Ends editing or replying in a chat: the draft then is a new message. */
export function clearContext(where = chat()) {
  const wasEditing = Boolean(where.editing);
  Object.assign(where, { editing: null, replying: null });
  if (where !== chat()) return;
  publish("context", { focus: false });
  if (wasEditing) setDraft("");
}

/** Sends a text as a new message, a reply or an edit, depending on the state of the draft. */
export async function sendDraft(text) {
  const here = chat(), { editing, replying } = here;
  if (text.length > MAX_LENGTH) return toast(t("tooLong"));
  clearContext();
  setDraft("");
  if (editing?.text === text) return;
  const reply = replying ? { reply_to: replying.message.message_id, quote: replying.quote } : {};
  const sent = editing
    ? await attempt("edit", { message_id: editing.message_id, text })
    : await attempt("message", { text, ...reply });
  // If sending failed, puts the text back into the composer, unless the user has typed another
  // text.
  if (!sent && chat() === here && here.draft === "") setDraft(text);
}
