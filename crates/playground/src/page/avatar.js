// Renders the round pictures of users and chats.

import { el, icon } from "./dom.js";
import { isGroup, state } from "./state.js";

/**
 * Returns the round picture of a user or chat: the bot's picture, or the first letter of the name
 * on a colour that depends on the id.
 */
export function avatar(id, name) {
  if (id === state.bot.id) {
    const picture = icon("avatar");
    picture.setAttribute("class", "avatar");
    return picture;
  }
  return el("span", { class: `avatar letter ${tintOf(id)}`, "aria-hidden": "true" }, [...name][0] ?? "");
}

export const chatAvatar = (one) => (isGroup(one) ? avatar(one.id, one.title) : avatar(state.bot.id, ""));

/** Returns the CSS class for the colour of a user or chat. */
export const tintOf = (id) => `tint${Math.abs(id) % 7}`;
