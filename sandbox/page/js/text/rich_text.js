/**
 * The rich_text block: sections, nested lists, quotes, code.
 * https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
import { fragment, h } from "../base/dom.js";
import { emoji } from "./emoji.js";
import { plainText } from "./mrkdwn.js";
import { broadcast, channelMention, dateNode, groupMention, link, userMention } from "./names.js";

/** @typedef {import("../data/session.js").Session} Session */

/** @param {{elements: any[]}} block @param {Session} session */
export function richText(block, session) {
  const root = h("div", { class: "rich" });
  let lists = [];
  for (const element of block.elements) {
    if (element.type === "rich_text_list") {
      lists = addList(root, lists, element, session);
      continue;
    }
    lists = [];
    root.append(part(element, session));
  }
  return root;
}

function part(element, session) {
  const children = (element.elements || []).map((one) => leaf(one, session));
  if (element.type === "rich_text_quote") return h("blockquote", { class: "quote" }, children);
  if (element.type === "rich_text_preformatted") return h("pre", { class: "pre", tabIndex: 0 }, children);
  return h("div", { class: "rich__section" }, children);
}

/** Lists of a deeper indent nest under the last item of the shallower one before. */
function addList(root, lists, element, session) {
  const indent = element.indent || 0;
  const ordered = element.style === "ordered";
  const open = lists.filter((one) => one.indent < indent);
  const start = (element.offset || 0) + 1;
  const list = h(ordered ? "ol" : "ul", {
    class: `list list--${(indent % 3) + 1}`,
    start: ordered && start > 1 ? start : null,
  });
  for (const item of element.elements)
    list.append(
      h(
        "li",
        null,
        item.elements.map((one) => leaf(one, session)),
      ),
    );
  const parent = open.at(-1)?.list.lastElementChild || root;
  if (!open.length && indent) list.style.setProperty("margin-left", `${indent * 24}px`);
  parent.append(list);
  return [...open, { indent, list }];
}

function leaf(node, session) {
  return styled(bare(node, session), node.style || {});
}

function bare(node, session) {
  switch (node.type) {
    case "text":
      return plainText(node.text, false);
    case "link":
      return link(node.url, node.text || "");
    case "user":
      return userMention(session, node.user_id);
    case "channel":
      return channelMention(session, node.channel_id);
    case "usergroup":
      return groupMention(session, node.usergroup_id);
    case "team":
      return h("span", { class: "mention" }, session.workspace.team.name);
    case "broadcast":
      return broadcast(node.range);
    case "emoji":
      return emoji(node.name, node.skin_tone);
    case "date":
      return dateNode(session, node.timestamp, node.format, node.url);
    case "color":
      return h(
        "span",
        { class: "color" },
        h("span", { class: "color__dot", style: { "background-color": node.value } }),
        node.value,
      );
    default:
      return fragment();
  }
}

const WRAPS = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
  ["client_highlight", "mark"],
];

function styled(node, style) {
  let wrapped = node;
  for (const [name, tag] of WRAPS) {
    if (style[name]) wrapped = h(tag, { class: tag === "code" ? "code" : null }, wrapped);
  }
  return wrapped;
}
