/** Messages as one line of plain words: for announcements, titles and copying. */
import { parse } from "./mrkdwn_parse.js";
import { character } from "./emoji.js";
import { slackDate } from "../base/time.js";

/** @param {string} text @param {import("../data/session.js").Session} session */
export function asWords(text, session) {
  return parse(text || "")
    .map((part) => (part.kind === "pre" ? part.text : words(part.children, session)))
    .join("\n");
}

function words(children, session) {
  return children.map((one) => word(one, session)).join("");
}

function word(node, session) {
  const { workspace } = session;
  switch (node.kind) {
    case "text":
    case "code":
      return node.text;
    case "break":
      return "\n";
    case "bold":
    case "italic":
    case "strike":
      return words(node.children, session);
    case "link":
      return node.label || node.url;
    case "user":
      return `@${workspace.nameOf(node.id)}`;
    case "channel":
      return `#${workspace.channels.get(node.id)?.name || node.label || "channel"}`;
    case "group":
      return `@${workspace.usergroups.find((one) => one.id === node.id)?.handle || node.label || "group"}`;
    case "broadcast":
      return `@${node.name}`;
    case "date":
      return slackDate(node.seconds, node.format, workspace.me.tz, session.now());
    case "emoji":
      return character(node.name, node.tone) || `:${node.name}:`;
    default:
      return "";
  }
}

/** What a message says, in words, whether it has text or only blocks. */
export function messageWords(message, session) {
  const said = asWords(message.text, session).trim();
  if (said) return said;
  const files = (message.files || []).map((file) => file.title || file.name);
  return files.length ? `shared ${files.join(", ")}` : "a message without text";
}
