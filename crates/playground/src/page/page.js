// Starts the playground's page, a small Telegram client. Each module renders one part of the page.

import { initChats } from "./page/chats.js";
import { initComposer } from "./page/composer.js";
import { $, icon } from "./page/dom.js";
import { initDrawer } from "./page/drawer.js";
import { connect } from "./page/events.js";
import { initHead } from "./page/head.js";
import { initInline } from "./page/inline.js";
import { initInspector } from "./page/inspector.js";
import { initLog } from "./page/log.js";
import { initPopup } from "./page/popup.js";
import { initSamples } from "./page/samples.js";
import { initSettings } from "./page/settings.js";
import { initSpeakers } from "./page/speakers.js";
import { publish } from "./page/state.js";
import { initTopics } from "./page/topics.js";
import { initWelcome } from "./page/welcome.js";

const ICONS = {
  attach: "clip", menu: "slash", mention: "at", cancel: "close", jump: "down", burger: "menu-lines", shut: "close",
  "close-inspector": "close",
};

// Functions that set up the parts of the page. Each state change notifies the parts in this order.
// The composer is last, because it takes the keyboard focus.
const PARTS = [
  initSettings, initInspector, initDrawer, initChats, initTopics, initHead, initSpeakers, initWelcome, initLog,
  initPopup, initSamples, initInline, initComposer,
];

for (const [id, name] of Object.entries(ICONS)) $(id).prepend(icon(name));
for (const init of PARTS) init();
publish("language");
connect();
