/** Slack's mrkdwn and plain_text as nodes. */
import { append, fragment, h } from "../base/dom.js";
import { emoji } from "./emoji.js";
import { inlines, parse } from "./mrkdwn_parse.js";
import { broadcast, channelMention, dateNode, groupMention, link, userMention } from "./names.js";
import { signs } from "./signs.js";

/** @typedef {import("../data/session.js").Session} Session */

/** @param {string} text @param {Session} session @param {{verbatim?: boolean}} [options] */
export function mrkdwn(text, session, options) {
  return fragment(parse(text || "", options).map((part) => renderPart(part, session)));
}

function renderPart(part, session) {
  if (part.kind === "pre") return h("pre", { class: "pre", tabIndex: 0 }, part.text);
  const children = part.children.map((one) => renderInline(one, session));
  return part.kind === "quote" ? h("blockquote", { class: "quote" }, children) : fragment(children);
}

const TAGS = { bold: "strong", italic: "em", strike: "s" };

function renderInline(node, session) {
  switch (node.kind) {
    case "text":
      return fragment(signs(node.text));
    case "break":
      return h("br");
    case "code":
      return h("code", { class: "code" }, node.text);
    case "bold":
    case "italic":
    case "strike":
      return h(
        TAGS[node.kind],
        null,
        node.children.map((one) => renderInline(one, session)),
      );
    case "link":
      return link(node.url, labelNodes(node.label, session));
    case "user":
      return userMention(session, node.id, node.label);
    case "channel":
      return channelMention(session, node.id, node.label);
    case "group":
      return groupMention(session, node.id, node.label);
    case "broadcast":
      return broadcast(node.name);
    case "date":
      return dateNode(session, node.seconds, node.format, node.url);
    case "emoji":
      return emoji(node.name, node.tone);
    default:
      throw new Error(`mrkdwn has no part ${node.kind}`);
  }
}

function labelNodes(label, session) {
  return label
    ? inlines(label, { verbatim: true })
        .filter((one) => one.kind !== "link")
        .map((one) => renderInline(one, session))
    : "";
}

/** Text with `:emoji:` but no other marks. @param {string} text */
export function plainText(text, withEmoji = true) {
  const nodes = [];
  const pieces = withEmoji ? String(text).split(/(:[a-z0-9_+'-]+:)/) : [String(text)];
  for (const piece of pieces) {
    const named = withEmoji && piece.match(/^:([a-z0-9_+'-]+):$/);
    if (named) nodes.push(emoji(named[1]));
    else append({ appendChild: (one) => nodes.push(one) }, lines(piece));
  }
  return fragment(nodes);
}

function lines(text) {
  return text
    .split("\n")
    .flatMap((line, index) => (index ? [h("br"), ...signs(line)] : signs(line)));
}

/** A Block Kit text object. @param {{type: string, text: string, verbatim?: boolean, emoji?: boolean}} object */
export function textObject(object, session) {
  if (!object) return fragment();
  return object.type === "mrkdwn"
    ? mrkdwn(object.text, session, { verbatim: object.verbatim })
    : plainText(object.text, object.emoji !== false);
}
