/**
 * Standard Markdown (the `markdown` block, `markdown_text`) as nodes.
 * https://docs.slack.dev/reference/block-kit/blocks/markdown-block
 */
import { fragment, h } from "../base/dom.js";
import { character, emoji } from "./emoji.js";
import { blocksOf } from "./markdown_blocks.js";
import { link } from "./names.js";
import { signs } from "./signs.js";

/** @param {string} text */
export function markdown(text) {
  return h("div", { class: "markdown" }, blocksOf(text.replace(/\r\n?/g, "\n").split("\n")).map(block));
}

function block(one) {
  switch (one.kind) {
    // A message is no document: its headings stand below the page's own.
    case "heading":
      return h(
        "div",
        {
          class: `markdown__h markdown__h--${one.level}`,
          role: "heading",
          "aria-level": String(Math.min(6, one.level + 2)),
        },
        inline(one.text),
      );
    case "paragraph":
      return h("p", null, inline(one.text));
    case "code":
      return h("pre", { class: "pre", tabIndex: 0 }, one.text);
    case "rule":
      return h("hr", { class: "divider" });
    case "quote":
      return h("blockquote", { class: "quote" }, one.blocks.map(block));
    case "list":
      return h(
        one.ordered ? "ol" : "ul",
        { class: "list", start: one.ordered && one.start !== 1 ? one.start : null },
        one.items.map(item),
      );
    case "table":
      return table(one);
    default:
      return fragment();
  }
}

function item({ blocks, task }) {
  const box =
    task === null
      ? null
      : h("input", { type: "checkbox", checked: task, disabled: true, "aria-label": task ? "done" : "to do" });
  return h(
    "li",
    { class: task === null ? null : "list__task" },
    box,
    blocks.map((one) => (one.kind === "paragraph" ? inline(one.text) : block(one))),
  );
}

function table(one) {
  const cell = (tag, text, index) =>
    h(tag, { class: `is-${one.align[index] || "left"}`, scope: tag === "th" ? "col" : null }, inline(text));
  return h(
    "div",
    { class: "table-wrap", role: "region", "aria-label": `Table: ${one.head.join(", ")}`, tabIndex: 0 },
    h(
      "table",
      { class: "table" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          one.head.map((text, index) => cell("th", text, index)),
        ),
      ),
      h(
        "tbody",
        null,
        one.rows.map((row) =>
          h(
            "tr",
            null,
            one.head.map((_, index) => cell("td", row[index] || "", index)),
          ),
        ),
      ),
    ),
  );
}

const RULES = [
  [/^(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/, (m) => h("code", { class: "code" }, m[2].replace(/^ (.+) $/, "$1"))],
  [/^\\([\\`*_{}[\]()#+\-.!|~<>])/, (m) => document.createTextNode(m[1])],
  [/^!\[([^\]]*)\]\(\s*([^)\s]+)(?:\s+"[^"]*")?\s*\)/, (m) => link(m[2], m[1] || m[2])],
  [/^\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/, (m, depth) => link(m[2], inline(m[1], depth))],
  [/^<((?:https?:|mailto:)[^>\s]+)>/, (m) => link(m[1], "")],
  [/^https?:\/\/[^\s<>]*[^\s<>.,;:!?)\]'"*_~`]/, (m) => link(m[0], "")],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*(?!\*)/, (m, depth) => h("strong", null, inline(m[1], depth))],
  [/^__(?=\S)([\s\S]*?\S)__(?!\w)/, (m, depth) => h("strong", null, inline(m[1], depth))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, (m, depth) => h("s", null, inline(m[1], depth))],
  [/^\*(?=[^\s*])([\s\S]*?[^\s*])\*(?!\*)/, (m, depth) => h("em", null, inline(m[1], depth))],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?!\w)/, (m, depth) => h("em", null, inline(m[1], depth))],
  [/^:([a-z0-9_+'-]+):/, (m) => (character(m[1]) ? emoji(m[1]) : null)],
  [/^(?: {2,}|\\)?\n/, () => h("br")],
];
/** Marks inside one another, beyond which they stay text. */
const DEEPEST = 6;
const STARTS = /[`\\![<h*_~:\n ]/;

function inline(text, depth = 0) {
  if (depth > DEEPEST) return fragment(text);
  const out = [];
  let plain = "";
  let rest = text;
  while (rest) {
    const node = STARTS.test(rest[0]) && !(rest[0] === "_" && /\w$/.test(plain)) ? first(rest, depth + 1) : null;
    if (node) {
      if (plain) out.push(signs(plain));
      plain = "";
      out.push(node.made);
      rest = rest.slice(node.length);
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  return fragment(out, signs(plain));
}

function first(rest, depth) {
  for (const [pattern, make] of RULES) {
    const found = rest.match(pattern);
    const made = found && make(found, depth);
    if (made) return { made, length: found[0].length };
  }
  return null;
}
