/** What the composer offers to complete: commands, people and groups, channels, emoji. */
import { h } from "../base/dom.js";
import { flame, icon } from "../base/icons.js";
import { character, search } from "../text/emoji.js";
import { avatar, presence } from "./avatar.js";

/**
 * @typedef {{text: string, label: import("../base/dom.js").Child, detail?: string, mark: Node, from: number}} Suggestion
 *   `text` takes the place of what stands from `from` to the caret
 */

const MOST = 8;

/** The suggestions for a text with the caret at its end. @param {string} text up to the caret @returns {Suggestion[]} */
export function suggestions(text, session) {
  const command = text.match(/^\/(\S*)$/);
  if (command) return commands(command[1], session);
  const word = text.match(/(?:^|[\s(])([@#:])([\w.+'-]*)$/);
  if (!word) return [];
  const from = text.length - word[2].length - 1;
  return SOURCES[word[1]](word[2].toLowerCase(), session)
    .slice(0, MOST)
    .map((one) => ({ ...one, from }));
}

function commands(query, session) {
  const { workspace } = session;
  return workspace.commands
    .filter((one) => one.command.slice(1).startsWith(query.toLowerCase()))
    .map((one) => ({
      text: `${one.command} `,
      from: 0,
      detail: one.description,
      mark: h("span", { class: "avatar avatar--small avatar--app", "aria-hidden": "true" }, flame()),
      label: [
        h("strong", null, one.command),
        one.usage_hint ? h("span", { class: "suggest__hint" }, ` ${one.usage_hint}`) : null,
      ],
    }));
}

const SOURCES = { "@": people, "#": channels, ":": emojis };

function people(query, session) {
  const { workspace } = session;
  const fits = (one) =>
    `${one.name} ${one.real_name} ${one.display_name}`
      .toLowerCase()
      .split(/[\s._-]+/)
      .some((part) => part.startsWith(query));
  const users = [...workspace.users.values()]
    .filter((one) => one.id !== "USLACKBOT" && fits(one))
    .map((one) => ({
      text: `@${one.name} `,
      label: [h("strong", null, workspace.nameOf(one.id)), " ", presence(session, one.id)],
      detail: one.real_name,
      mark: avatar(one, "small"),
    }));
  const groups = workspace.usergroups
    .filter((one) => one.handle.startsWith(query))
    .map((one) => ({
      text: `@${one.handle} `,
      label: h("strong", null, `@${one.handle}`),
      detail: one.name,
      mark: icon("people"),
    }));
  const all = ["here", "channel"]
    .filter((one) => query && one.startsWith(query))
    .map((one) => ({
      text: `@${one} `,
      label: h("strong", null, `@${one}`),
      detail: one === "here" ? "Notify the active members" : "Notify everyone in this channel",
      mark: icon("people"),
    }));
  return [...users, ...groups, ...all];
}

function channels(query, session) {
  return [...session.workspace.channels.values()]
    .filter((one) => one.kind !== "im" && one.name.includes(query))
    .map((one) => ({
      text: `#${one.name} `,
      label: h("strong", null, one.name),
      detail: one.topic,
      mark: icon(one.kind === "private" ? "lock" : "hash"),
    }));
}

function emojis(query) {
  if (query.length < 2) return [];
  return search(query, MOST).map((name) => ({
    text: `:${name}: `,
    label: `:${name}:`,
    mark: h("span", { class: "emoji" }, character(name)),
  }));
}

/** The command a text begins with, to keep its hint in sight while its arguments are typed. */
export function commandOf(text, session) {
  const name = text.match(/^(\/\S+)\s/)?.[1];
  return name ? session.workspace.commands.find((one) => one.command === name) : undefined;
}
