// One message.

import { avatarOf } from "./chats.js";
import { startEditing, startReplying } from "./composer.js";
import { el, icon, iconButton } from "./dom.js";
import { formatted } from "./entities.js";
import { fillInline } from "./inline.js";
import { openInspector } from "./inspector.js";
import { drawKeyboard } from "./keyboard.js";
import { messageNode, show } from "./log.js";
import { chat, isGroup, speaker, state } from "./state.js";
import { t } from "./words.js";

export const SAMPLES = ["photo", "voice", "sticker"];

/** Written by whoever speaks in the chat in sight. */
export const isMine = (message) => message.from?.id === speaker().id;

export const isEditable = (message) => isMine(message) && message.text !== undefined && !message.via_bot;

/** Who wrote it, for others to read. */
export const authorOf = (message) => (isMine(message) && !isGroup() ? t("you") : (message.sender_chat?.title ?? message.from?.first_name ?? ""));

export function drawMessage(message) {
  const mine = isMine(message), text = message.text ?? message.caption, author = authorOf(message);
  const bubble = el("div", { class: "bubble" });
  if (isGroup() && !mine) bubble.append(el("div", { class: `author tint${Math.abs(message.from?.id ?? 0) % 7}` }, author, badgeOf(message)));
  else bubble.append(el("span", { class: "unseen" }, `${author}: `));
  if (message.via_bot) bubble.append(drawVia(message.via_bot));
  const isFirstOfTopic = message.reply_to_message?.forum_topic_created !== undefined;
  if (message.reply_to_message && !isFirstOfTopic) bubble.append(drawReplied(message.reply_to_message, message.quote));
  if (message.text === undefined) bubble.append(drawMedia(message));
  const body = el("div", { class: "text" });
  if (text !== undefined) body.append(formatted(text, message.entities ?? message.caption_entities));
  body.append(drawMeta(message, mine));
  bubble.append(body, drawTools(message));
  const node = el("div", {
    class: `message ${mine ? "mine" : "theirs"}${message.sticker ? " bare" : ""}`, id: `message-${message.message_id}`, tabindex: -1, role: "group",
    "aria-label": `${author}, ${clockOf(message)}`, "data-author": message.from?.id, onkeydown: (event) => event.target === node && messageKey(event, message),
  }, bubble, drawKeyboard(message));
  if (isGroup() && !mine) node.append(el("div", { class: "face" }, avatarOf(message.from?.id ?? 0, author)));
  return node;
}

function badgeOf(message) {
  const role = message.from?.id === state.bot.id ? "bot" : chat().members.find(({ id }) => id === message.from?.id)?.role;
  return role === undefined || role === "member" ? null : el("small", {}, t(role));
}

function drawTools(message) {
  const tools = [iconButton("reply", "reply", () => startReplying(message)), iconButton("inside", "inspect", () => openInspector(message))];
  if (isEditable(message)) tools.splice(1, 0, iconButton("pencil", "edit", () => startEditing(message)));
  return el("div", { class: "tools" }, ...tools);
}

/** Keys on a message itself: Enter looks inside, R answers, E edits. */
function messageKey(event, message) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") openInspector(message);
  else if (event.key === "r") startReplying(message);
  else if (event.key === "e" && isEditable(message)) startEditing(message);
  else return;
  event.preventDefault();
}

function drawVia(bot) {
  const name = el("button", { type: "button", class: "command", onclick: () => fillInline("") }, `@${bot.username}`);
  return el("div", { class: "via" }, `${t("via")} `, name);
}

function drawReplied(original, quote) {
  const jump = () => messageNode(original.message_id) && show(messageNode(original.message_id));
  const words = el("span", {}, quote?.text ?? summary(original));
  return el("button", { type: "button", class: `replied${quote ? " quoted" : ""}`, onclick: jump }, el("b", {}, authorOf(original)), words);
}

const clockOf = (message) => new Date(message.date * 1000).toLocaleTimeString(t("locale"), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function drawMeta(message, mine) {
  const at = new Date(message.date * 1000);
  const edited = message.edit_date ? `${t("edited")} ` : "";
  const time = el("time", { datetime: at.toISOString(), title: at.toLocaleString(t("locale")) }, edited + clockOf(message));
  return el("span", { class: "meta" }, time, ...(mine ? [icon("check"), icon("ticks")] : []));
}

const mediaKind = (message) => SAMPLES.find((kind) => message[kind]) ?? "other";
export const summary = (message) => message.text ?? message.caption ?? t(mediaKind(message));

/** What a message of the service says; nothing for the others. */
export function serviceLine(message) {
  const who = message.from?.first_name ?? "", names = (users) => users.map((user) => user.first_name).join(", ");
  const { new_chat_members: come, left_chat_member: gone, forum_topic_created: topic } = message;
  if (come) return come.length === 1 && come[0].id === message.from?.id ? t("joined")(who) : t("added")(who, names(come));
  if (gone) return gone.id === message.from?.id ? t("left")(who) : t("removed")(who, gone.first_name);
  if (topic) return t("opened")(who, topic.name);
  return message.migrate_to_chat_id || message.migrate_from_chat_id ? t("moved") : null;
}

/** A picture of the kind of media: the playground holds no files. */
function drawMedia(message) {
  const kind = mediaKind(message);
  const named = { class: `media ${kind}`, role: "img", "aria-label": t(kind) };
  if (kind === "sticker") return el("div", named, message.sticker.emoji ?? "🙂");
  if (kind === "photo") return el("div", named, icon(kind));
  if (kind === "voice") return el("div", named, el("i", {}, icon("play")), el("span", { class: "wave" }), `0:${String(message.voice.duration).padStart(2, "0")}`);
  return el("div", named, t(kind));
}
