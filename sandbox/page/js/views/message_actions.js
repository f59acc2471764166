/** What can be done with a message: the tools that float over it, its menu, and its keys. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { ask } from "../overlays/dialog.js";
import { menu } from "../overlays/menu.js";
import { toast } from "../overlays/toast.js";
import { copyText } from "../elements/buttons.js";
import { messageWords } from "../text/plain.js";
import { isNote } from "./message.js";

/** @typedef {import("../data/session.js").Session} Session */

async function send(session, path, body) {
  const answer = await session.api.post(path, body);
  if (!answer.ok) toast(answer.message || answer.error, "error");
}

function where(message) {
  return { channel: message.channel, ts: message.ts };
}

export const can = {
  reply: (message) => !message.is_ephemeral && !isNote(message),
  edit: (message, session) => message.user === session.workspace.me.id && !message.is_ephemeral && !message.subtype,
  remove: (message, session) =>
    message.is_ephemeral ||
    (message.subtype !== "tombstone" && (message.user === session.workspace.me.id || session.workspace.me.is_admin)),
};

export function openThread(message, session) {
  session.openThread(message.channel, message.thread_ts || message.ts);
}

export async function remove(message, session) {
  if (message.is_ephemeral) return send(session, "delete", where(message));
  const sure = await ask({
    title: "Delete message",
    text: "This message will be gone for everyone. This cannot be undone.",
    confirm: "Delete",
    deny: "Cancel",
    danger: true,
  });
  return sure ? send(session, "delete", where(message)) : undefined;
}

/** The tools; `inThread` leaves out opening the thread. @param {any} message @param {Session} session */
export function messageTools(message, session, inThread) {
  const tool = (sign, label, run) => {
    const node = h(
      "button",
      { class: "icon-button", type: "button", "aria-label": label, title: label },
      icon(sign),
    );
    node.addEventListener("click", () => run(node));
    return node;
  };
  const bar = h("div", { class: "msg-tools", role: "toolbar", "aria-label": "Message actions" });
  if (message.is_ephemeral) {
    fill(
      bar,
      tool("close", "Dismiss message", () => remove(message, session)),
    );
    return bar;
  }
  const tools = [];
  if (can.reply(message) && !inThread)
    tools.push(tool("thread", "Reply in thread", () => openThread(message, session)));
  const more = tool("more", "More actions", (node) => messageMenu(node, message, session, inThread));
  more.setAttribute("aria-haspopup", "menu");
  fill(bar, tools, more);
  return bar;
}

/** The menu of a message, with the app's message shortcuts. @param {Element} anchor */
export function messageMenu(anchor, message, session, inThread) {
  const { workspace } = session;
  const items = [
    can.edit(message, session) && {
      label: "Edit message",
      icon: "pencil",
      key: "E",
      run: () => session.emit("edit", where(message)),
    },
    can.reply(message) &&
      !inThread && { label: "Reply in thread", icon: "thread", key: "T", run: () => openThread(message, session) },
    { label: "Copy text", icon: "copy", run: () => copyText(messageWords(message, session)) },
    {
      label: "Copy link",
      icon: "link",
      run: () =>
        copyText(`${location.origin}/#/${message.channel}${message.thread_ts ? `/t/${message.thread_ts}` : ""}`),
    },
  ].filter(Boolean);
  const shortcuts = workspace.shortcuts.filter((one) => one.type === "message");
  if (shortcuts.length && !message.is_ephemeral) {
    items.push({ heading: workspace.app.name });
    items.push(
      ...shortcuts.map((one) => ({
        label: one.name,
        detail: one.description,
        icon: "bolt",
        run: () => useShortcut(session, one, message),
      })),
    );
  }
  if (can.remove(message, session))
    items.push("divider", {
      label: "Delete message",
      icon: "trash",
      danger: true,
      run: () => remove(message, session),
    });
  menu(anchor, items, { label: "Message actions", align: "end" });
}

/** A shortcut of the app, with the message it is for if it is one for messages. */
export async function useShortcut(session, shortcut, message) {
  const answer = await session.api.post("shortcut", {
    callback_id: shortcut.callback_id,
    ...(message ? where(message) : {}),
  });
  if (!answer.ok && !["operation_timeout", "dispatch_failed"].includes(answer.error))
    toast(answer.message || answer.error, "error");
}

/** Keys on a focused message, as in Slack: E edit, T thread, M menu, Delete. True if it was one. */
export function messageKey(event, row, message, session, inThread) {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === "e" && can.edit(message, session)) session.emit("edit", where(message));
  else if ((key === "t" || key === "enter" || key === "arrowright") && can.reply(message) && !inThread)
    openThread(message, session);
  else if ((key === "delete" || key === "backspace") && can.remove(message, session)) remove(message, session);
  else if (key === "m") messageMenu(row, message, session, inThread);
  else return false;
  return true;
}
