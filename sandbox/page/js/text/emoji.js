/** Emoji: name to character, search, and the node that shows one. */
import { h } from "../base/dom.js";
import { GROUPS } from "./emoji_names.js";
import { signs } from "./signs.js";

/** @type {Map<string, string>} */
const characters = new Map();

for (const list of Object.values(GROUPS)) {
  for (const entry of list.split("|")) {
    const [name, character] = entry.trim().split(" ");
    characters.set(name, character);
  }
}

const TONES = { 2: "🏻", 3: "🏼", 4: "🏽", 5: "🏾", 6: "🏿" };

/** The character of a name, with an optional skin tone 2 to 6; null if the name is not known. */
export function character(name, tone) {
  const found = characters.get(name);
  return found === undefined ? null : found + (TONES[tone] || "");
}

/** Names that begin with, then those that contain, `query`. @param {string} query @param {number} most */
export function search(query, most) {
  const wanted = query.toLowerCase();
  const names = [...characters.keys()];
  const begins = names.filter((name) => name.startsWith(wanted));
  const holds = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...begins, ...holds].slice(0, most);
}

/** The emoji with its name as its label; an unknown name stays `:name:`. */
export function emoji(name, tone) {
  const found = character(name, tone);
  if (found === null) return document.createTextNode(`:${name}:`);
  return h(
    "span",
    { class: "emoji", role: "img", "aria-label": `${name.replaceAll("_", " ")} emoji`, title: `:${name}:` },
    signs(found),
  );
}
