// Renders one message with its inline keyboard and its buttons to reply, edit and inspect.

import { avatar, tintOf } from "./avatar.js";
import { $, el, icon, iconButton, scrollBehavior } from "./dom.js";
import { startEditing, startInline, startReplying } from "./draft.js";
import { renderEntities } from "./entities.js";
import { renderKeyboard } from "./keyboard.js";
import { inspectMessage } from "./navigation.js";
import { chat, isEditable, isGroup, isMine, state } from "./state.js";
import { t } from "./strings.js";
import { authorOf, mediaKind, summary, timeOf } from "./summary.js";

export const messageNode = (id) => $(`message-${id}`);

export function renderMessage(message) {
  const mine = isMine(message), author = authorOf(message);
  const node = el("div", {
    class: `message ${mine ? "mine" : "theirs"}${message.sticker ? " bare" : ""}`, id: `message-${message.message_id}`,
    tabindex: -1, role: "group", "aria-label": `${author}, ${timeOf(message)}`, "data-author": message.from?.id,
    onkeydown: (event) => event.target === node && onKey(event, message),
  }, renderBubble(message, mine, author), renderKeyboard(message));
  if (isGroup() && !mine) node.append(el("div", { class: "face" }, avatar(message.from?.id ?? 0, author)));
  return node;
}

function renderBubble(message, mine, author) {
  const bubble = el("div", { class: "bubble" }), text = message.text ?? message.caption;
  const isShown = isGroup() && !mine, tint = tintOf(message.from?.id ?? 0);
  if (isShown) bubble.append(el("div", { class: `author ${tint}` }, author, role(message)));
  else bubble.append(el("span", { class: "unseen" }, `${author}: `));
  if (message.via_bot) bubble.append(renderVia(message.via_bot));
  const original = message.reply_to_message, isFirstOfTopic = original?.forum_topic_created !== undefined;
  if (original && !isFirstOfTopic) bubble.append(renderReplied(original, message.quote));
  if (message.text === undefined) bubble.append(renderMedia(message));
  const body = el("div", { class: "text" });
  if (text !== undefined) body.append(renderEntities(text, message.entities ?? message.caption_entities));
  body.append(renderMeta(message, mine));
  bubble.append(body, renderTools(message));
  return bubble;
}

/**
 * Returns an element with the author's role (bot or administrator). Returns null for an ordinary
 * member.
 */
function role(message) {
  const isBots = message.from?.id === state.bot.id;
  const name = isBots ? "bot" : chat().members.find(({ id }) => id === message.from?.id)?.role;
  return name === undefined || name === "member" ? null : el("small", {}, t(name));
}

function renderTools(message) {
  const tools = [
    iconButton("reply", "reply", () => reply(message)),
    ...(isEditable(message) ? [iconButton("pencil", "edit", () => startEditing(message))] : []),
    iconButton("inside", "inspect", () => inspectMessage(message)),
  ];
  return el("div", { class: "tools" }, ...tools);
}

/** Handles a key press on a focused message: Enter inspects the message, R replies, E edits. */
function onKey(event, message) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") inspectMessage(message);
  else if (event.key === "r") reply(message);
  else if (event.key === "e" && isEditable(message)) startEditing(message);
  else return;
  event.preventDefault();
}

/**
 * Starts a reply to a message. If the user has selected a part of the message's text, the reply
 * quotes that part.
 */
function reply(message) {
  const selection = getSelection(), body = messageNode(message.message_id)?.querySelector(".text");
  const isInside = body?.contains(selection.anchorNode) && body.contains(selection.focusNode);
  const quote = !selection.isCollapsed && isInside ? selection.toString().trim() : "";
  startReplying(message, message.text?.includes(quote) && quote ? quote : undefined);
}

function renderVia(bot) {
  const name = el("button", { type: "button", class: "command", onclick: () => startInline("") }, `@${bot.username}`);
  return el("div", { class: "via" }, `${t("via")} `, name);
}

function renderReplied(original, quote) {
  const attributes = {
    type: "button", class: `replied${quote ? " quoted" : ""}`, onclick: () => scrollToMessage(original.message_id),
  };
  const words = el("span", {}, quote?.text ?? summary(original));
  return el("button", attributes, el("b", {}, authorOf(original)), words);
}

function scrollToMessage(id) {
  const node = messageNode(id);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: scrollBehavior() });
  node.animate([{ filter: "brightness(.8)" }, { filter: "brightness(.8)", offset: 0.5 }, {}], 1400);
}

function renderMeta(message, mine) {
  const sent = new Date(message.date * 1000);
  const edited = message.edit_date ? `${t("edited")} ` : "";
  const attributes = { datetime: sent.toISOString(), title: sent.toLocaleString(t("locale")) };
  const time = el("time", attributes, edited + timeOf(message));
  return el("span", { class: "meta" }, time, ...(mine ? [icon("check"), icon("ticks")] : []));
}

/**
 * Returns a placeholder for a photo, sticker, voice message or other attachment, because the
 * playground stores no files.
 */
function renderMedia(message) {
  const kind = mediaKind(message);
  const attributes = { class: `media ${kind}`, role: "img", "aria-label": t(kind) };
  if (kind === "sticker") return el("div", attributes, message.sticker.emoji ?? "🙂");
  if (kind === "photo") return el("div", attributes, icon(kind));
  if (kind !== "voice") return el("div", attributes, t(kind));
  const duration = `0:${String(message.voice.duration).padStart(2, "0")}`;
  return el("div", attributes, el("i", {}, icon("play")), el("span", { class: "wave" }), duration);
}
