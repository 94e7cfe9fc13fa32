// The playground's page: one private chat with the bot, drawn from the server's events.
// Nothing is drawn before the server tells of it, so the list cannot drift from the server's own.

const STRINGS = {
  en: {
    locale: "en-GB", title: "playground", language: "Language", theme: "Light or dark", log: "Messages", jump: "Jump to the newest message",
    local: "Local playground. Nothing leaves this machine.",
    bot: "bot", typing: "typing", connecting: "connecting…", reconnecting: "reconnecting…",
    welcomeTitle: "What can this bot do?",
    welcomeText: "It answers questions about an article.",
    start: "START", input: "Message", attach: "Send a sample", commands: "Commands", inline: "Inline search",
    send: "Send", save: "Save the edit", leaveInline: "Leave inline search", edit: "Edit", editing: "Edit message", cancel: "Cancel", ok: "OK",
    photo: "Photo", voice: "Voice message", sticker: "Sticker", other: "Unsupported message",
    edited: "edited", via: "via", you: "You", spoiler: "Hidden text, press to show", expand: "Show more", collapse: "Show less",
    copied: "Copied to the clipboard", openLink: "Open the link", unsupported: "This kind of button does not work here",
    noAnswer: "The bot has not answered", noResults: "No results", searching: "Searching…", tooLong: "A message holds at most 4096 characters",
    offline: "The playground’s server cannot be reached", failed: "That did not work",
  },
  zh: {
    locale: "zh-CN", title: "演练场", language: "语言", theme: "浅色或深色", log: "消息", jump: "跳到最新消息",
    local: "本地演练场，所有内容都只留在这台电脑上。",
    bot: "机器人", typing: "正在输入", connecting: "连接中…", reconnecting: "重新连接中…",
    welcomeTitle: "这个机器人能做什么？",
    welcomeText: "它回答关于一篇文章的问题。",
    start: "开始", input: "输入消息", attach: "发送样例", commands: "命令", inline: "内联搜索",
    send: "发送", save: "保存修改", leaveInline: "退出内联搜索", edit: "编辑", editing: "编辑消息", cancel: "取消", ok: "好",
    photo: "图片", voice: "语音消息", sticker: "贴纸", other: "暂不支持的消息",
    edited: "已编辑", via: "来自", you: "你", spoiler: "隐藏的文字，点按显示", expand: "展开", collapse: "收起",
    copied: "已复制到剪贴板", openLink: "打开链接", unsupported: "这里用不了这种按钮",
    noAnswer: "机器人没有回应", noResults: "没有结果", searching: "搜索中…", tooLong: "一条消息最多 4096 个字符",
    offline: "连不上演练场的服务器", failed: "没有成功",
  },
};
const SAMPLES = ["photo", "voice", "sticker"];
const DEBOUNCE = 150, TYPING_LASTS = 6000, PRESS_LASTS = 20000, RETRY_AFTER = 2000, NEAR_BOTTOM = 60, LONGEST_TEXT = 4096;

const state = {
  language: localStorage.language ?? (navigator.language.startsWith("zh") ? "zh" : "en"),
  bot: null,
  messages: new Map(), // message_id -> Message, in the order of the chat
  commands: [],
  about: "", // what the bot says of itself
  connection: "connecting", // or "open", "reconnecting"
  typing: 0, // the timer that ends "typing…"
  editing: null, // the Message in the composer
  pressed: new Map(), // callback_query_id -> what to do at its answer
  atBottom: true,
  unread: 0,
  payload: new URLSearchParams(location.search).get("start")?.match(/^[\w-]{1,64}$/)?.[0] ?? "",
};

// ---- Small tools -----------------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
const t = (key) => STRINGS[state.language][key];
const [log, input, popup, composer] = ["log", "input", "popup", "composer"].map($);

/** An element; `on…` attributes become listeners. Children are nodes or strings, and strings stay text: there is no innerHTML here. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  svg.firstChild.setAttribute("href", `#${name}`);
  return svg;
}

/** Names a control that shows an icon only, for screen readers and for a resting pointer. */
function label(node, key) {
  node.setAttribute("aria-label", t(key));
  node.title = t(key);
}

function iconButton(name, key, onclick) {
  const button = el("button", { type: "button", class: `icon ${name}`, onclick }, icon(name));
  label(button, key);
  return button;
}

function toast(text) {
  const box = $("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 2000 + text.length * 40);
}

function alertDialog(text, url) {
  const link = url && outsideLink(url, t("openLink"));
  $("alert").querySelector("p").replaceChildren(text, ...(link ? [text && " ", link] : []));
  if (!$("alert").open) $("alert").showModal();
}

async function copy(text) {
  await navigator.clipboard.writeText(text).then(() => toast(t("copied")), () => toast(t("failed")));
}

// ---- The server ------------------------------------------------------------------------------------------------

async function post(path, body, signal) {
  const request = { method: "POST", headers: { "content-type": "application/json" }, signal };
  request.body = JSON.stringify({ ...body, language: state.language });
  const response = await fetch(`/page/${path}`, request).catch((error) => {
    throw signal?.aborted ? error : new Error(t("offline"));
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? t("failed"));
  return answer;
}

/** Posts, and shows a failure to the person. `null` then. */
const attempt = (path, body) => post(path, body).catch((error) => (toast(error.message), null));

function connect() {
  connect.events?.close();
  const events = new EventSource(`/page/events?language=${state.language}`);
  connect.events = events;
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    EVENTS[event.kind]?.(event);
  };
  events.onerror = () => {
    setConnection(state.bot ? "reconnecting" : "connecting");
    // The browser retries a lost connection by itself, but gives up at an answer that is not an event stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => connect.events === events && connect(), RETRY_AFTER);
  };
}

const EVENTS = {
  hello({ bot, messages, commands, about }) {
    Object.assign(state, { bot, about, commands: commands ?? [] });
    $("about").textContent = about || t("welcomeText");
    state.messages = new Map(messages.map((message) => [message.message_id, message]));
    setConnection("open");
    drawAll();
  },
  message({ message }) {
    if (state.messages.has(message.message_id)) return EVENTS.edited({ message });
    if (!isMine(message)) setTyping(false);
    state.messages.set(message.message_id, message);
    appendMessage(message);
  },
  edited({ message }) {
    state.messages.set(message.message_id, message);
    redrawMessage(message);
  },
  deleted({ message_id }) {
    state.messages.delete(message_id);
    if (state.editing?.message_id === message_id) stopEditing();
    drawAll();
  },
  typing: () => setTyping(true),
  callback_answer(answer) {
    // The answer may overtake the response that tells us the query's id, so it is kept until `press` asks for it.
    const settle = state.pressed.get(answer.callback_query_id);
    if (settle) settle(answer);
    else state.pressed.set(answer.callback_query_id, answer);
  },
};

function setConnection(connection) {
  state.connection = connection;
  drawStatus();
}

function setTyping(on) {
  clearTimeout(state.typing);
  state.typing = on ? setTimeout(() => setTyping(false), TYPING_LASTS) : 0;
  drawStatus();
}

function drawStatus() {
  const status = state.connection !== "open" ? state.connection : state.typing ? "typing" : "bot";
  $("status").className = status;
  $("status").textContent = t(status);
  $("name").textContent = state.bot?.first_name ?? "Footnote";
  document.title = `${$("name").textContent} · ${t("title")}`;
}

// ---- The list of messages --------------------------------------------------------------------------------------

const isMine = (message) => message.from?.id !== state.bot.id;
const messageNode = (id) => $(`message-${id}`);

function drawAll() {
  const scrolled = log.scrollTop;
  log.setAttribute("aria-busy", "true"); // a list drawn anew is no news to a screen reader
  log.replaceChildren();
  let previous;
  for (const message of state.messages.values()) {
    log.append(...withDay(message, previous));
    previous = message;
  }
  log.removeAttribute("aria-busy");
  log.scrollTop = scrolled;
  drawEmptiness();
  followBottom();
}

function appendMessage(message) {
  const previous = [...state.messages.values()].at(-2);
  const nodes = withDay(message, previous);
  nodes.at(-1).classList.add("new");
  log.append(...nodes);
  drawEmptiness();
  if (isMine(message)) state.atBottom = true;
  else if (!state.atBottom) state.unread += 1;
  followBottom();
}

function redrawMessage(message) {
  const old = messageNode(message.message_id);
  if (!old) return;
  const focused = old.contains(document.activeElement) && document.activeElement.dataset.place;
  const node = drawMessage(message);
  old.replaceWith(node);
  // Whoever pages through an answer by keyboard stays on the buttons although they are new ones.
  if (focused) (node.querySelector(`[data-place="${focused}"]`) ?? node.querySelector("[data-place]"))?.focus();
  followBottom();
}

function withDay(message, previous) {
  const day = dayName(message.date);
  const separator = previous && dayName(previous.date) === day ? [] : [el("div", { class: "day" }, el("span", {}, day))];
  return [...separator, drawMessage(message)];
}

const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);

function dayName(seconds) {
  const days = Math.round((midnight(seconds * 1000) - midnight(Date.now())) / 86_400_000);
  if (days >= -1) return new Intl.RelativeTimeFormat(t("locale"), { numeric: "auto" }).format(days, "day");
  return new Date(seconds * 1000).toLocaleDateString(t("locale"), { dateStyle: "long" });
}

function drawEmptiness() {
  const empty = Boolean(state.bot) && state.messages.size === 0;
  const starting = empty || (Boolean(state.bot) && state.payload !== "");
  $("welcome").hidden = !empty;
  log.hidden = empty;
  $("start").hidden = !starting;
  const wasHidden = composer.hidden;
  composer.hidden = !state.bot;
  if (wasHidden && !composer.hidden) typed(); // its height can only be measured now
  // On a touch screen focus would raise the keyboard over half of the chat.
  if (wasHidden && !composer.hidden && matchMedia("(hover: hover)").matches) input.focus();
}

// ---- Scrolling: the list follows new messages only while its reader is at the bottom -----------------------------

function followBottom() {
  if (state.atBottom) log.scrollTop = log.scrollHeight;
  noteScroll();
}

function noteScroll() {
  state.atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_BOTTOM;
  if (state.atBottom) state.unread = 0;
  $("jump").hidden = state.atBottom || log.hidden;
  $("unread").textContent = state.unread || "";
}

const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

function show(node) {
  node.scrollIntoView({ block: "center", behavior: behavior() });
  node.animate([{ filter: "brightness(.8)" }, { filter: "brightness(.8)", offset: 0.5 }, {}], 1400);
}

// ---- One message -----------------------------------------------------------------------------------------------

function drawMessage(message) {
  const mine = isMine(message), text = message.text ?? message.caption;
  const bubble = el("div", { class: "bubble" }, el("span", { class: "unseen" }, `${mine ? t("you") : state.bot.first_name}: `));
  if (message.via_bot) bubble.append(drawVia(message.via_bot));
  if (message.reply_to_message) bubble.append(drawReplied(message.reply_to_message));
  if (message.text === undefined) bubble.append(drawMedia(message));
  const body = el("div", { class: "text" });
  if (text !== undefined) body.append(formatted(text, message.entities ?? message.caption_entities));
  body.append(drawMeta(message, mine));
  bubble.append(body);
  const kind = `message ${mine ? "mine" : "theirs"}${message.sticker ? " bare" : ""}`;
  const node = el("div", { class: kind, id: `message-${message.message_id}` }, bubble, drawKeyboard(message));
  if (isEditable(message)) bubble.append(iconButton("pencil", "edit", () => startEditing(message)));
  return node;
}

function drawVia(bot) {
  const name = el("button", { type: "button", class: "command", onclick: () => fillInline("") }, `@${bot.username}`);
  return el("div", { class: "via" }, `${t("via")} `, name);
}

function drawReplied(original) {
  const jump = () => messageNode(original.message_id) && show(messageNode(original.message_id));
  const author = isMine(original) ? t("you") : state.bot.first_name;
  return el("button", { type: "button", class: "replied", onclick: jump }, el("b", {}, author), el("span", {}, summary(original)));
}

function drawMeta(message, mine) {
  const at = new Date(message.date * 1000);
  const clock = at.toLocaleTimeString(t("locale"), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const edited = message.edit_date ? `${t("edited")} ` : "";
  const time = el("time", { datetime: at.toISOString(), title: at.toLocaleString(t("locale")) }, edited + clock);
  return el("span", { class: "meta" }, time, ...(mine ? [icon("check"), icon("ticks")] : []));
}

const mediaKind = (message) => SAMPLES.find((kind) => message[kind]) ?? "other";
const summary = (message) => message.text ?? message.caption ?? t(mediaKind(message));

/** A picture of the kind of media: the playground holds no files. */
function drawMedia(message) {
  const kind = mediaKind(message);
  const named = { class: `media ${kind}`, role: "img", "aria-label": t(kind) };
  if (kind === "sticker") return el("div", named, message.sticker.emoji ?? "🙂");
  if (kind === "photo") return el("div", named, icon(kind));
  if (kind === "voice") return el("div", named, el("i", {}, icon("play")), el("span", { class: "wave" }), `0:${String(message.voice.duration).padStart(2, "0")}`);
  return el("div", named, t(kind));
}

// ---- Entities: offsets count UTF-16 units, which are JavaScript's string indices ----------------------------------

const BLOCKS = ["blockquote", "expandable_blockquote", "pre"];

function formatted(text, entities = []) {
  const isInline = ({ type }) => Number(!BLOCKS.includes(type));
  const outerFirst = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length || isInline(a) - isInline(b));
  const fragment = new DocumentFragment();
  fill(fragment, text, outerFirst, 0, text.length);
  return fragment;
}

/** Appends text[from..to] to the parent. Entities that start inside an earlier one become its children. */
function fill(parent, text, entities, from, to) {
  const rest = [...entities];
  let at = from;
  while (rest.length > 0) {
    const entity = rest.shift();
    const start = Math.max(entity.offset, at), end = Math.min(entity.offset + entity.length, to);
    if (start >= end) continue;
    const after = rest.findIndex(({ offset }) => offset >= end);
    const inside = rest.splice(0, after < 0 ? rest.length : after);
    const node = entityNode(entity, text.slice(start, end));
    parent.append(text.slice(at, start), node);
    fill(node.querySelector(".slot") ?? node, text, inside, start, end);
    // The line break that ends a block is the block's own end; shown as well it would leave an empty line.
    at = BLOCKS.includes(entity.type) && text[end] === "\n" ? end + 1 : end;
  }
  parent.append(text.slice(at, to));
}

const PLAIN_TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", blockquote: "blockquote" };

function entityNode(entity, text) {
  switch (entity.type) {
    case "text_link": return outsideLink(entity.url);
    case "url": return outsideLink(/^[a-z][a-z\d+.-]*:/i.test(text) ? text : `https://${text}`);
    case "mention": return isBotName(text) ? commandButton(() => fillInline("")) : outsideLink(`https://t.me/${text.slice(1)}`);
    case "bot_command": return commandButton(() => sendText(text));
    case "pre": return el("pre", { "data-language": entity.language || undefined }, el("code", { class: "slot" }));
    case "spoiler": return spoiler();
    case "expandable_blockquote": return expandable();
    default: return el(PLAIN_TAGS[entity.type] ?? "span");
  }
}

const isBotName = (mention) => mention.toLowerCase() === `@${state.bot.username}`.toLowerCase();
const commandButton = (onclick) => el("button", { type: "button", class: "command", onclick });

function outsideLink(url, ...children) {
  const safe = URL.canParse(url) && ["http:", "https:", "tg:"].includes(new URL(url).protocol);
  return safe ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children) : el("span", {}, ...children);
}

function spoiler() {
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter") return;
    event.preventDefault(); // the press that reveals a link does not follow it too
    node.replaceWith(...node.childNodes);
  };
  const node = el("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": t("spoiler"), onclick: reveal, onkeydown: reveal });
  return node;
}

function expandable() {
  const button = iconButton("down", "expand", () => {
    const open = quote.classList.toggle("open");
    button.setAttribute("aria-expanded", open);
    label(button, open ? "collapse" : "expand");
    noteScroll();
  });
  button.setAttribute("aria-expanded", "false");
  const body = el("div", { class: "slot" });
  const quote = el("blockquote", { class: "expandable" }, body, button);
  // The whole quote is the target for a pointer; links in it and selected text keep their own meaning.
  quote.addEventListener("click", (event) => event.target.closest("a, button, .spoiler") || String(getSelection()) || button.click());
  quoteSizes.observe(body);
  return quote;
}

/** Only a quote that is longer than its three lines needs the arrow. */
const quoteSizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const quote = target.parentElement;
    if (!quote.classList.contains("open")) quote.classList.toggle("short", target.scrollHeight <= target.clientHeight + 2);
  }
});

// ---- Keyboards under messages ------------------------------------------------------------------------------------

function drawKeyboard(message) {
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
  const sent = await attempt("press", { message_id: message.message_id, data });
  const answer = sent && (await callbackAnswer(sent.callback_query_id));
  key.classList.remove("busy");
  if (!sent) return;
  if (!answer) return toast(t("noAnswer"));
  if (answer.url || (answer.show_alert && answer.text)) alertDialog(answer.text ?? "", answer.url);
  else if (answer.text) toast(answer.text);
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

// ---- The composer ------------------------------------------------------------------------------------------------

const sendText = (text) => attempt("message", { text });

async function submit() {
  if (inlineQuery(input.value) !== null) return setInput("");
  const text = input.value.trim(), edited = state.editing;
  if (text === "") return;
  if (text.length > LONGEST_TEXT) return toast(t("tooLong"));
  stopEditing();
  setInput("");
  if (edited?.text === text) return;
  const done = edited ? await attempt("edit", { message_id: edited.message_id, text }) : await sendText(text);
  // What could not be sent goes back to its writer, unless something new is being written.
  if (!done && input.value === "") setInput(text);
}

async function start() {
  const text = state.payload ? `/start ${state.payload}` : "/start";
  if (!(await sendText(text)) || !state.payload) return;
  state.payload = "";
  history.replaceState(null, "", location.pathname); // a reload must not start again
  drawEmptiness();
}

function setInput(text) {
  input.value = text;
  typed();
}

/** After every change of the text: its height, the look of the send button, and whichever list belongs above it. */
function typed() {
  input.style.height = "auto";
  input.style.height = `${input.scrollHeight}px`;
  const query = inlineQuery(input.value);
  setMode(query !== null ? "leaveInline" : state.editing ? "save" : "send");
  composer.classList.toggle("empty", input.value.trim() === "");
  if (query !== null) return searchSoon(query);
  forgetInline();
  if (/^\/\w*$/.test(input.value) && !state.editing) openCommands(input.value.slice(1));
  else closePopup();
}

function setMode(mode) {
  $("go").replaceChildren(icon({ send: "send", save: "check", leaveInline: "close" }[mode]));
  label($("go"), mode);
}

const isEditable = (message) => isMine(message) && message.text !== undefined && !message.via_bot;

function startEditing(message) {
  state.editing = message;
  $("editing").hidden = false;
  $("original").textContent = message.text;
  setInput(message.text);
  input.focus();
}

function stopEditing() {
  if (!state.editing) return;
  state.editing = null;
  $("editing").hidden = true;
  setInput("");
}

function editLast() {
  const last = [...state.messages.values()].findLast(isEditable);
  if (last) startEditing(last);
}

function inputKey(event) {
  if (event.key === "Enter" && !event.shiftKey) submit();
  else if (event.key === "ArrowUp" && input.value === "" && !state.editing) editLast();
  else if (event.key === "Escape" && state.editing) stopEditing();
  else return;
  event.preventDefault();
}

// ---- The list above the composer: commands, samples, inline results -------------------------------------------------

const shown = { items: [], active: 0 };

/** Items are { title, hint, mark, choose, complete }; `note` stands there when there are none. */
function openPopup(name, items, active, note) {
  Object.assign(shown, { items, active });
  popup.setAttribute("aria-label", t(name));
  popup.replaceChildren(...items.map(drawItem));
  if (note) popup.append(el("p", { class: "note" }, note));
  popup.hidden = false;
  markActive();
}

function closePopup() {
  popup.hidden = true;
  popup.classList.remove("loading");
  shown.items = [];
  input.removeAttribute("aria-activedescendant");
}

function drawItem(item, index) {
  const mark = el("span", { class: "mark" }, item.mark);
  const words = el("span", { class: "words" }, el("b", {}, item.title), item.hint && el("small", {}, item.hint));
  const choose = () => (closePopup(), item.choose());
  return el("div", { class: `item ${item.kind ?? ""}`, role: "option", id: `item-${index}`, onclick: choose }, item.mark ? mark : null, words);
}

function markActive() {
  for (const [index, node] of [...popup.querySelectorAll(".item")].entries()) {
    node.setAttribute("aria-selected", index === shown.active);
    if (index === shown.active) node.scrollIntoView({ block: "nearest" });
  }
  if (shown.items.length > 0) input.setAttribute("aria-activedescendant", `item-${shown.active}`);
}

/** Keys that belong to the open list rather than to the text. */
function popupKey(event) {
  if (popup.hidden) return false;
  const { items, active } = shown;
  const unsettled = items.length === 0 || inline.query !== inline.answered;
  if (event.key === "Escape") inline.query === null ? closePopup() : setInput("");
  else if (unsettled) return event.key === "Enter"; // nothing to choose yet for this text, and nothing to send
  else if (event.key === "ArrowDown") shown.active = (active + 1) % items.length;
  else if (event.key === "ArrowUp") shown.active = (active - 1 + items.length) % items.length;
  else if (event.key === "Tab" && items[active].complete) setInput(items[active].complete);
  else if (event.key === "Enter" && !event.shiftKey) popup.querySelector(`#item-${active}`).click();
  else return false;
  markActive();
  return true;
}

function openCommands(typedSoFar) {
  const found = state.commands.filter(({ command }) => command.startsWith(typedSoFar.toLowerCase()));
  if (found.length === 0) return closePopup();
  const send = (command) => () => (setInput(""), sendText(`/${command}`));
  const items = found.map(({ command, description }) => ({ title: `/${command}`, hint: description, kind: "wide", choose: send(command), complete: `/${command} ` }));
  openPopup("commands", items, 0);
}

function openSamples() {
  const sample = (kind) => ({ title: t(kind), mark: icon(kind), choose: () => attempt("attach", { kind }) });
  openPopup("attach", SAMPLES.map(sample), 0);
}

// ---- Inline search: "@bot text" in the composer -----------------------------------------------------------------------

// `answered` is the query that the results in sight belong to.
const inline = { query: null, answered: null, results: [], next: "", button: null, timer: 0, search: null };

/** What follows "@bot " in the text, or null. */
function inlineQuery(text) {
  const [name] = text.split(/\s/, 1);
  return state.bot && !state.editing && text.length > name.length && isBotName(name) ? text.slice(name.length).trim() : null;
}

function fillInline(query) {
  stopEditing();
  setInput(`@${state.bot.username} ${query}`);
  input.focus();
}

function forgetInline() {
  clearTimeout(inline.timer);
  inline.search?.abort();
  Object.assign(inline, { query: null, answered: null, results: [], next: "", button: null, search: null });
}

function searchSoon(query) {
  if (query === inline.query && !popup.hidden) return;
  clearTimeout(inline.timer);
  inline.search?.abort();
  inline.query = query;
  if (popup.hidden) openPopup("inline", [], 0, t("searching"));
  popup.classList.add("loading"); // the results of the text before stay in sight meanwhile
  inline.timer = setTimeout(() => search(query, ""), DEBOUNCE);
}

async function search(query, offset) {
  const turn = new AbortController();
  inline.search = turn;
  popup.classList.add("loading");
  const answer = await post("inline", { query, offset }, turn.signal).catch((error) => ({ results: [], error: error.message }));
  if (inline.search !== turn || turn.signal.aborted) return; // a newer text has its own search
  Object.assign(inline, { search: null, answered: query, next: answer.next_offset ?? "" });
  popup.classList.remove("loading");
  inline.results = offset ? [...inline.results, ...answer.results] : answer.results;
  if (!offset) inline.button = answer.button ?? null;
  drawResults(offset ? shown.active : Number(Boolean(inline.button)), answer.error);
}

function drawResults(active, failure) {
  const { button, results, query } = inline;
  const items = results.map((result) => ({
    title: result.title ?? result.id, hint: result.description, kind: "result", mark: [...(result.title ?? "•")][0], choose: () => choose(query, result),
  }));
  if (button) items.unshift({ title: button.text, kind: "top", choose: () => (setInput(""), sendText(`/start ${button.start_parameter ?? ""}`.trim())) });
  const scrolled = popup.scrollTop;
  openPopup("inline", items, Math.min(active, items.length - 1), failure ?? (results.length === 0 ? t("noResults") : undefined));
  if (results.length > 0 && active > 1) popup.scrollTop = scrolled;
}

function choose(query, result) {
  setInput("");
  attempt("choose", { query, result_id: result.id });
}

function searchFurther() {
  const nearEnd = popup.scrollHeight - popup.scrollTop - popup.clientHeight < 120;
  if (inline.query !== null && inline.next && !inline.search && nearEnd) search(inline.query, inline.next);
}

// ---- Language and theme -------------------------------------------------------------------------------------------

function setLanguage(language) {
  state.language = localStorage.language = language;
  connect(); // the hello that follows brings the commands in this language
  drawInterface();
  if (state.bot) drawAll();
}

function drawTheme() {
  const chosen = localStorage.theme, system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const other = (chosen ?? system) === "dark" ? "light" : "dark";
  if (chosen) document.documentElement.dataset.theme = chosen;
  $("theme").replaceChildren(icon(other === "light" ? "sun" : "moon"));
  $("theme").onclick = () => {
    localStorage.theme = other;
    drawTheme();
  };
}

function drawInterface() {
  document.documentElement.lang = t("locale");
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) label(node, node.dataset.label);
  for (const [node, key] of [[log, "log"], [input, "input"], [document.querySelector(".languages"), "language"]]) node.setAttribute("aria-label", t(key));
  for (const button of document.querySelectorAll(".languages button")) button.setAttribute("aria-pressed", button.value === state.language);
  input.placeholder = t("input");
  $("about").textContent = state.about || t("welcomeText");
  drawStatus();
  drawTheme();
  typed();
}

// ---- Wiring -------------------------------------------------------------------------------------------------------

/** Runs a handler only outside of an input method's composition: its Enter and arrows choose words. (229 is Safari's Enter that ends one.) */
const unlessComposing = (handler) => (event) => event.isComposing || event.keyCode === 229 || handler(event);

function wire() {
  for (const [id, name] of Object.entries({ attach: "clip", menu: "slash", mention: "at", cancel: "close", jump: "down" })) $(id).prepend(icon(name));
  composer.addEventListener("submit", (event) => (event.preventDefault(), submit(), input.focus()));
  composer.addEventListener("keydown", unlessComposing((event) => {
    if (popupKey(event)) event.preventDefault();
    else if (event.target === input) inputKey(event);
  }));
  input.addEventListener("input", (event) => event.isComposing || typed());
  input.addEventListener("compositionend", typed);
  input.addEventListener("focus", typed);
  popup.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the text
  popup.addEventListener("scroll", searchFurther, { passive: true });
  document.addEventListener("pointerdown", (event) => composer.contains(event.target) || (forgetInline(), closePopup()));
  $("attach").onclick = () => (popup.hidden ? openSamples() : closePopup());
  $("menu").onclick = () => (setInput("/"), input.focus());
  $("mention").onclick = () => fillInline("");
  $("cancel").onclick = stopEditing;
  $("start").onclick = start;
  $("jump").onclick = () => log.scrollTo({ top: log.scrollHeight, behavior: behavior() });
  log.addEventListener("scroll", noteScroll, { passive: true });
  new ResizeObserver(followBottom).observe(log); // the composer grew, or a phone's keyboard opened
  for (const button of document.querySelectorAll(".languages button")) button.onclick = () => setLanguage(button.value);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawTheme);
}

wire();
drawInterface();
connect();
