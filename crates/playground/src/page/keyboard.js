// Renders the inline keyboard of a message and handles button presses.

import { el, externalLink, icon } from "./dom.js";
import { startInline } from "./draft.js";
import { alertDialog, copyToClipboard, toast } from "./notices.js";
import { attempt } from "./server.js";
import { isGroup, sender, state } from "./state.js";
import { t } from "./strings.js";

const CALLBACK_TIMEOUT_MS = 20000;

export function renderKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  const renderRow = (row, y) => el("div", { class: "row" }, ...row.map((button, x) => renderKey(message, button, `${y}.${x}`)));
  return el("div", { class: "keyboard" }, ...rows.map(renderRow));
}

function renderKey(message, button, place) {
  const mark = button.url ? "link" : button.copy_text ? "copy" : inlineQueryOf(button) !== undefined ? "at" : null;
  const content = [button.text, ...(mark ? [icon(mark)] : [])];
  const onclick = () => act(message, button, key);
  const key = button.url
    ? externalLink(button.url, ...content)
    : el("button", { type: "button", onclick }, ...content);
  key.className = "key";
  key.dataset.place = place;
  return key;
}

const inlineQueryOf = (button) => button.switch_inline_query_current_chat ?? button.switch_inline_query;

function act(message, button, key) {
  if (button.callback_data !== undefined) return press(message, button.callback_data, key);
  if (button.copy_text) return copyToClipboard(button.copy_text.text);
  if (inlineQueryOf(button) !== undefined) return startInline(inlineQueryOf(button));
  toast(t("unsupported"));
}

async function press(message, data, key) {
  if (key.classList.contains("busy")) return;
  key.classList.add("busy");
  const audience = isGroup() ? t("onlyFor")(sender().first_name) : undefined;
  const sent = await attempt("press", { message_id: message.message_id, data });
  const answer = sent && (await callbackAnswer(sent.callback_query_id));
  key.classList.remove("busy");
  if (!sent) return;
  if (!answer) return toast(t("noAnswer"));
  if (answer.url || (answer.show_alert && answer.text)) alertDialog(answer.text ?? "", answer.url, audience);
  else if (answer.text) toast(answer.text, audience);
}

/** Waits for the bot's answer to a callback query. Returns undefined after a timeout. */
async function callbackAnswer(id) {
  const early = state.callbacks.get(id);
  const answer = early ?? (await new Promise((resolve) => {
    state.callbacks.set(id, resolve);
    setTimeout(resolve, CALLBACK_TIMEOUT_MS);
  }));
  state.callbacks.delete(id);
  return answer;
}
