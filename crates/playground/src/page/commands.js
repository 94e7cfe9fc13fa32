// Shows, above the composer, the bot's commands that start with the typed text.

import { sendDraft } from "./draft.js";
import { closePopup, openPopup } from "./popup.js";
import { chat, isGroup, sender } from "./state.js";

export function openCommands(prefix) {
  const isAdministrator = isGroup() && sender().role === "administrator";
  const commands = isAdministrator ? chat().administrator_commands : chat().commands;
  const found = commands.filter(({ command }) => command.startsWith(prefix.toLowerCase()));
  if (found.length === 0) return closePopup();
  openPopup("commands", found.map(({ command, description }) => ({
    title: `/${command}`, hint: description, kind: "wide", complete: `/${command} `,
    choose: () => sendDraft(`/${command}`),
  })));
}
