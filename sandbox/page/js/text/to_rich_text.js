/** Typed marks (bold, lists, quotes, code) as a rich_text block, as Slack's own editor sends them. */
import { inlines } from "./mrkdwn_parse.js";

const BULLET = /^(\s*)(?:[-•*]) (.*)$/;
const NUMBER = /^(\s*)(\d+)\. (.*)$/;

/** @param {string} text @returns {{type: "rich_text", elements: any[]}} */
export function toRichText(text) {
  const elements = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at].trim() === "```") {
      const end = lines.findIndex((line, index) => index > at && line.trim() === "```");
      const stop = end < 0 ? lines.length : end;
      const inner = lines.slice(at + 1, stop).join("\n");
      if (inner) elements.push({ type: "rich_text_preformatted", elements: [{ type: "text", text: inner }] });
      at = stop;
    } else addLine(elements, lines[at]);
  }
  return { type: "rich_text", elements: elements.length ? elements : [section([{ type: "text", text: " " }])] };
}

function section(elements) {
  return { type: "rich_text_section", elements };
}

function addLine(elements, line) {
  const bullet = line.match(BULLET);
  const numbered = line.match(NUMBER);
  if (bullet) return addItem(elements, "bullet", bullet[1], bullet[2]);
  if (numbered) return addItem(elements, "ordered", numbered[1], numbered[3]);
  const quoted = line.startsWith(">");
  const type = quoted ? "rich_text_quote" : "rich_text_section";
  const found = leaves(inlines(quoted ? line.replace(/^> ?/, "") : line), {});
  const last = elements.at(-1);
  if (last?.type === type) last.elements.push({ type: "text", text: "\n" }, ...found);
  else if (found.length) elements.push({ type, elements: found });
  return undefined;
}

function addItem(elements, style, space, text) {
  const indent = Math.min(8, Math.floor(space.length / 4));
  const item = section(leaves(inlines(text), {}));
  const last = elements.at(-1);
  if (last?.type === "rich_text_list" && last.style === style && (last.indent || 0) === indent)
    last.elements.push(item);
  else elements.push({ type: "rich_text_list", style, indent, elements: [item] });
}

function leaves(nodes, style) {
  return nodes.flatMap((node) => leaf(node, style));
}

function leaf(node, style) {
  const dressed = Object.keys(style).length ? { style } : {};
  switch (node.kind) {
    case "text":
      return [{ type: "text", text: node.text, ...dressed }];
    case "code":
      return [{ type: "text", text: node.text, style: { ...style, code: true } }];
    case "bold":
    case "italic":
    case "strike":
      return leaves(node.children, { ...style, [node.kind]: true });
    case "link":
      return [{ type: "link", url: node.url, ...(node.label ? { text: node.label } : {}), ...dressed }];
    case "user":
      return [{ type: "user", user_id: node.id, ...dressed }];
    case "channel":
      return [{ type: "channel", channel_id: node.id, ...dressed }];
    case "emoji":
      return [{ type: "emoji", name: node.name }];
    default:
      return [];
  }
}
