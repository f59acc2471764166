/** Mentions of people, channels and groups, and links, as nodes. */
import { h, safeUrl } from "../base/dom.js";
import { format, slackDate } from "../base/time.js";

/** @typedef {import("../data/session.js").Session} Session */

/** @param {Session} session */
export function userMention(session, id, label) {
  const user = session.workspace.users.get(id);
  const self = id === session.workspace.me.id;
  const name = user ? session.workspace.nameOf(id) : label || id;
  return h(
    "button",
    {
      class: `mention${self ? " mention--me" : ""}`,
      type: "button",
      title: user?.real_name || name,
      on: { click: (event) => session.showProfile(id, event.currentTarget) },
    },
    `@${name}`,
  );
}

export function channelMention(session, id, label) {
  const channel = session.workspace.channels.get(id);
  const name = channel?.name || label;
  if (!channel) return h("span", { class: "mention" }, `#${name || "private channel"}`);
  return h(
    "button",
    { class: "mention mention--channel", type: "button", on: { click: () => session.openChannel(id) } },
    `#${name}`,
  );
}

export function groupMention(session, id, label) {
  const group = session.workspace.usergroups.find((one) => one.id === id);
  const mine = group?.users.includes(session.workspace.me.id);
  const name = group ? `@${group.handle}` : label || "@group";
  const who = group ? group.users.map((one) => session.workspace.nameOf(one)).join(", ") : "";
  return h(
    "span",
    { class: `mention${mine ? " mention--me" : ""}`, title: group ? `${group.name}: ${who || "nobody"}` : null },
    name,
  );
}

export function broadcast(name) {
  return h("span", { class: "mention mention--me" }, `@${name}`);
}

/** A link that opens elsewhere; text only if the address is not one a link may have. */
export function link(url, ...label) {
  const safe = safeUrl(url);
  const shown = label.length && label[0] ? label : [String(url).replace(/^mailto:/, "")];
  if (!safe) return h("span", null, ...shown);
  return h("a", { class: "link", href: safe, target: "_blank", rel: "noopener noreferrer" }, ...shown);
}

/** A moment in the reader's zone; the whole of it on hover. */
export function dateNode(session, seconds, text, url) {
  const { tz } = session.workspace.me;
  const shown = slackDate(seconds, text, tz, session.now());
  const time = h(
    "time",
    {
      class: "date",
      datetime: new Date(seconds * 1000).toISOString(),
      title: `${format(seconds, tz, "full")}`,
      data: { at: String(seconds), text },
    },
    shown,
  );
  return url ? link(url, time) : time;
}

/** What is written relative to now ("2 minutes ago", "today") goes on being true. @param {Session} session */
export function renewDates(session) {
  const { tz } = session.workspace.me;
  for (const node of document.querySelectorAll("time.date")) {
    const shown = slackDate(Number(node.dataset.at), node.dataset.text, tz, session.now());
    if (node.textContent !== shown) node.textContent = shown;
  }
}
