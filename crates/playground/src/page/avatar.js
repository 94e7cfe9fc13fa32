// Renders the round pictures of users and chats.

import { el, icon } from "./dom.js";
import { isGroup, state } from "./state.js";

/** The bot's picture, or the first letter of a name on a colour chosen by the id. */
export function avatar(id, name) {
  if (id === state.bot.id) {
    const picture = icon("avatar");
    picture.setAttribute("class", "avatar");
    return picture;
  }
  return el("span", { class: `avatar letter ${tintOf(id)}`, "aria-hidden": "true" }, [...name][0] ?? "");
}

export const chatAvatar = (one) => (isGroup(one) ? avatar(one.id, one.title) : avatar(state.bot.id, ""));

/** The colour class of a user or chat. */
export const tintOf = (id) => `tint${Math.abs(id) % 7}`;
