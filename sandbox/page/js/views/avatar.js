/** Pictures of people and of the app, and whether they are there. */
import { h } from "../base/dom.js";
import { flame } from "../base/icons.js";
import { character } from "../text/emoji.js";

const PALETTE = [
  "#9f69e7",
  "#e7392d",
  "#2b6836",
  "#e96699",
  "#4bbe2e",
  "#3c989f",
  "#d58247",
  "#5a7fd6",
  "#a63024",
  "#684b6c",
];

function colorOf(user) {
  if (/^[0-9a-f]{6}$/i.test(user?.color || "")) return `#${user.color}`;
  let sum = 0;
  for (const sign of user?.id || "") sum = (sum * 31 + sign.charCodeAt(0)) % 997;
  return PALETTE[sum % PALETTE.length];
}

/** @param {any} user @param {"tiny"|"small"|"medium"|"large"} [size] @param {{emoji?: string}} [icons] */
export function avatar(user, size = "medium", icons) {
  const sign = icons?.emoji && character(icons.emoji.replaceAll(":", ""));
  const className = `avatar avatar--${size}`;
  if (sign) return h("span", { class: `${className} avatar--emoji`, "aria-hidden": "true" }, sign);
  if (user?.is_bot) return h("span", { class: `${className} avatar--app`, "aria-hidden": "true" }, flame());
  if (user?.id === "USLACKBOT")
    return h("span", { class: `${className} avatar--slackbot`, "aria-hidden": "true" }, "#");
  const words = (user?.real_name || user?.name || "?").split(/\s+/).filter(Boolean);
  const initials = words.length > 1 ? words[0][0] + words.at(-1)[0] : (words[0] || "?")[0];
  return h(
    "span",
    { class: className, style: { "--of": colorOf(user) }, "aria-hidden": "true" },
    initials.toUpperCase(),
  );
}

/** A dot: here, or away. The bot is here while it is connected. */
export function presence(session, id) {
  const { app } = session.workspace;
  const here = id === app.bot_user_id ? app.connected : true;
  return h("span", {
    class: `presence${here ? " presence--here" : ""}`,
    role: "img",
    "aria-label": here ? "active" : "away",
    title: here ? "Active" : "Away",
  });
}
