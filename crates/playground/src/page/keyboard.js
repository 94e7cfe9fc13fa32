// The keyboards under messages.

import { alertDialog, copy, el, icon, outsideLink, toast } from "./dom.js";
import { fillInline } from "./inline.js";
import { attempt } from "./server.js";
import { isGroup, speaker, state } from "./state.js";
import { t } from "./words.js";

const PRESS_LASTS = 20000;

export function drawKeyboard(message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length === 0) return null;
  const drawRow = (row, y) => el("div", { class: "row" }, ...row.map((button, x) => drawKey(message, button, `${y}.${x}`)));
  return el("div", { class: "keyboard" }, ...rows.map(drawRow));
}

function drawKey(message, button, place) {
  const mark = button.url ? "link" : button.copy_text ? "copy" : inlineQueryOf(button) !== undefined ? "at" : null;
  const content = [button.text, ...(mark ? [icon(mark)] : [])];
  const key = button.url ? outsideLink(button.url, ...content) : el("button", { type: "button", onclick: () => act(message, button, key) }, ...content);
  key.className = "key";
  key.dataset.place = place;
  return key;
}

const inlineQueryOf = (button) => button.switch_inline_query_current_chat ?? button.switch_inline_query;

function act(message, button, key) {
  if (button.callback_data !== undefined) return press(message, button.callback_data, key);
  if (button.copy_text) return copy(button.copy_text.text);
  if (inlineQueryOf(button) !== undefined) return fillInline(inlineQueryOf(button));
  toast(t("unsupported"));
}

async function press(message, data, key) {
  if (key.classList.contains("busy")) return;
  key.classList.add("busy");
  const whom = isGroup() ? t("onlyFor")(speaker().first_name) : undefined;
  const sent = await attempt("press", { message_id: message.message_id, data });
  const answer = sent && (await callbackAnswer(sent.callback_query_id));
  key.classList.remove("busy");
  if (!sent) return;
  if (!answer) return toast(t("noAnswer"));
  if (answer.url || (answer.show_alert && answer.text)) alertDialog(answer.text ?? "", answer.url, whom);
  else if (answer.text) toast(answer.text, whom);
}

/** The answer to a callback query, or nothing when it takes too long. */
async function callbackAnswer(id) {
  const early = state.pressed.get(id);
  const answer = early ?? (await new Promise((settle) => {
    state.pressed.set(id, settle);
    setTimeout(settle, PRESS_LASTS);
  }));
  state.pressed.delete(id);
  return answer;
}

