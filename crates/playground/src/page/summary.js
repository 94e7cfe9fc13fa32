// Functions that describe a message in short texts: the author's name, the time, and the content.

import { isGroup, isMine } from "./state.js";
import { t } from "./strings.js";

export const MEDIA_KINDS = ["photo", "voice", "sticker"];

export const mediaKind = (message) => MEDIA_KINDS.find((kind) => message[kind]) ?? "other";

export const summary = (message) => message.text ?? message.caption ?? t(mediaKind(message));

/** Returns the author's name. For the user's own message in the private chat, returns "You". */
export const authorOf = (message) =>
  isMine(message) && !isGroup() ? t("you") : (message.sender_chat?.title ?? message.from?.first_name ?? "");

export function timeOf(message) {
  const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Date(message.date * 1000).toLocaleTimeString(t("locale"), format);
}

/**
 * Returns the text of a service message, such as "Mira added Footnote". Returns null for any other
 * message.
 */
export function serviceText(message) {
  const who = message.from?.first_name ?? "";
  const { new_chat_members: added, left_chat_member: removed, forum_topic_created: topic } = message;
  if (added?.length === 1 && added[0].id === message.from?.id) return t("joined")(who);
  if (added) return t("added")(who, added.map((user) => user.first_name).join(", "));
  if (removed) return removed.id === message.from?.id ? t("left")(who) : t("removed")(who, removed.first_name);
  if (topic) return t("opened")(who, topic.name);
  return message.migrate_to_chat_id || message.migrate_from_chat_id ? t("moved") : null;
}
