/** One message as a row of the timeline. */
import { fragment, h } from "../base/dom.js";
import { format } from "../base/time.js";
import { drawBlocks } from "../blocks/blocks.js";
import { containerKey, messageScope } from "../blocks/scope.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { messageWords } from "../text/plain.js";
import { avatar } from "./avatar.js";
import {
  attachment,
  broadcastMark,
  ephemeralMark,
  file,
  threadSummary,
} from "./message_parts.js";

/** @typedef {import("../data/session.js").Session} Session */

/** Who a message is from, as shown. */
export function author(message, session) {
  const user = session.workspace.users.get(message.user);
  const name = message.username || (user ? session.workspace.nameOf(user.id) : message.user || "unknown");
  return {
    user: user || { id: message.user, real_name: name },
    name: user?.is_bot && !message.username ? user.real_name : name,
    isApp: Boolean(message.bot_id || user?.is_bot),
  };
}

/** What makes two messages of one author stand together. */
export function authorKey(message) {
  return `${message.user} ${message.username || ""} ${message.icons?.emoji || ""} ${message.is_ephemeral ? "e" : ""}`;
}

const NOTES = new Set([
  "channel_join",
  "channel_leave",
  "channel_topic",
  "channel_purpose",
  "channel_name",
  "channel_archive",
  "tombstone",
  "group_join",
]);

/** @param {any} message */
export function isNote(message) {
  return NOTES.has(message.subtype);
}

/**
 * What people write arrives as text and as the same text in a rich_text block without its marks: the text tells more.
 * @param {any} message
 */
function hasOwnBlocks(message) {
  if (!message.blocks?.length) return false;
  return Boolean(message.bot_id) || message.blocks.some((one) => one.type !== "rich_text");
}

/** @param {any} message @param {Session} session @param {{compact: boolean, inThread: boolean}} look */
export function drawMessage(message, session, { compact, inThread }) {
  const who = author(message, session);
  const { tz } = session.workspace.me;
  const at = Number(message.ts);
  const time = format(at, tz, "time");
  const classes = [
    "msg",
    compact && "msg--compact",
    message.is_ephemeral && "msg--ephemeral",
    isNote(message) && "msg--note",
  ];
  const stamp = h(
    "time",
    { class: "msg__time", datetime: new Date(at * 1000).toISOString(), title: format(at, tz, "full") },
    compact ? time.replace(/ [AP]M/, "") : time,
  );
  return h(
    "article",
    {
      class: classes.filter(Boolean).join(" "),
      tabIndex: -1,
      data: { ts: message.ts, container: containerKey({ type: "message", channel: message.channel, ts: message.ts }) },
      "aria-label": label(message, who, time, session),
    },
    ephemeralMark(message),
    broadcastMark(message, session, inThread),
    h("div", { class: "msg__gutter" }, compact ? stamp : face(who, message, session)),
    h(
      "div",
      { class: "msg__main" },
      compact ? null : head(who, stamp, session),
      h("div", { class: "msg__body" }, body(message, session)),
      inThread ? null : threadSummary(message, session),
    ),
  );
}

function label(message, who, time, session) {
  const words = messageWords(message, session).replace(/\s+/g, " ");
  const marks = [
    message.is_ephemeral && "Only visible to you.",
    message.reply_count && `${message.reply_count} replies.`,
    message.edited && "Edited.",
  ];
  return [
    `${who.name}, ${time}:`,
    words.length > 240 ? `${words.slice(0, 240)}…` : words,
    ...marks.filter(Boolean),
  ].join(" ");
}

function face(who, message, session) {
  return h(
    "button",
    {
      class: "msg__face",
      type: "button",
      tabIndex: -1,
      "aria-hidden": "true",
      on: { click: (event) => session.showProfile(message.user, event.currentTarget) },
    },
    avatar(who.user, "medium", message.icons),
  );
}

function head(who, stamp, session) {
  return h(
    "div",
    { class: "msg__head" },
    h(
      "button",
      {
        class: "msg__name",
        type: "button",
        on: { click: (event) => session.showProfile(who.user.id, event.currentTarget) },
      },
      who.name,
    ),
    who.isApp ? h("span", { class: "tag" }, "App") : null,
    stamp,
  );
}

function body(message, session) {
  const scope = messageScope(session, message);
  const edited = message.edited
    ? h(
        "span",
        { class: "edited", title: format(Number(message.edited.ts), session.workspace.me.tz, "full") },
        " (edited)",
      )
    : null;
  const parts = [];
  if (hasOwnBlocks(message)) parts.push(drawBlocks(message.blocks, scope), edited);
  else if (message.text || edited)
    parts.push(h("div", { class: "msg__text" }, note(message, session) || mrkdwn(message.text, session), edited));
  for (const one of message.attachments || []) parts.push(attachment(one, scope));
  for (const one of message.files || []) parts.push(file(one, session));
  return fragment(parts);
}

function note(message, session) {
  if (message.subtype === "channel_join") return "joined the channel.";
  if (message.subtype === "tombstone") return "This message was deleted.";
  return isNote(message) ? mrkdwn(message.text.replace(/^<@\w+> /, ""), session) : null;
}
