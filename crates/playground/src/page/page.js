// The playground's page: a small Telegram, drawn from the server's events. Each concern has a file of its own in this folder.

import { wireChats } from "./page/chats.js";
import { wireComposer } from "./page/composer.js";
import { $, icon } from "./page/dom.js";
import { wireInline } from "./page/inline.js";
import { wireInspector } from "./page/inspector.js";
import { wireLog } from "./page/log.js";
import { wirePopup } from "./page/popup.js";
import { connect } from "./page/server.js";
import { drawInterface, wireSettings } from "./page/settings.js";

const ICONS = { attach: "clip", menu: "slash", mention: "at", cancel: "close", jump: "down", burger: "menu-lines", shut: "close", "close-inspector": "close" };

for (const [id, name] of Object.entries(ICONS)) $(id).prepend(icon(name));
for (const wire of [wireChats, wireComposer, wireInline, wireInspector, wireLog, wirePopup, wireSettings]) wire();
drawInterface();
connect();
