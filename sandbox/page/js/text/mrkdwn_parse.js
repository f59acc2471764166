/**
 * Slack's mrkdwn as a tree.
 * https://docs.slack.dev/messaging/formatting-message-text
 *
 * @typedef {{kind: string, text?: string, children?: Inline[], url?: string, id?: string, label?: string,
 *   seconds?: number, format?: string, fallback?: string, name?: string, tone?: string}} Inline
 * @typedef {{kind: "text"|"quote"|"pre", children?: Inline[], text?: string}} Part
 */
import { character } from "./emoji.js";

const MARKS = { "*": "bold", _: "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}]/u;
const URL_HERE = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"*_~`]/y;
const EMOJI_HERE = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/y;

/** `&amp; &lt; &gt;` as the characters they stand for. @param {string} text */
export function unescaped(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** @param {string} text @param {{verbatim?: boolean}} [options] @returns {Part[]} */
export function parse(text, options = {}) {
  const parts = [];
  text.split("```").forEach((piece, index, all) => {
    const fenced = index % 2 === 1 && index < all.length - 1;
    if (fenced && piece.trim())
      parts.push({ kind: "pre", text: unescaped(plainTokens(piece.replace(/^\n|\n$/g, ""))) });
    else flow(index % 2 === 1 && !fenced ? `\`\`\`${piece}` : piece, index, all, parts, options);
  });
  return parts;
}

function flow(piece, index, all, parts, options) {
  let text = piece;
  // A fence stands on lines of its own, so the line ends before and after it are not text.
  if (index > 0) text = text.replace(/^\n/, "");
  if (index < all.length - 1) text = text.replace(/\n$/, "");
  if (text) parts.push(...quotes(text, options));
}

/** Split running text into quoted and plain stretches of lines. */
function quotes(text, options) {
  const parts = [];
  let rest = false;
  for (const line of text.split("\n")) {
    const all = line.match(/^(?:&gt;|>){3} ?/);
    const one = all || line.match(/^(?:&gt;|>) ?/);
    if (all) rest = true;
    const quoted = rest || one !== null;
    const body = one && (!rest || all) ? line.slice(one[0].length) : line;
    const last = parts.at(-1);
    const kind = quoted ? "quote" : "text";
    if (last && last.kind === kind) last.lines.push(body);
    else parts.push({ kind, lines: [body] });
  }
  return parts.map(({ kind, lines }) => ({ kind, children: inlines(lines.join("\n"), options) }));
}

/** @param {string} text @returns {Inline[]} */
export function inlines(text, options = {}) {
  const out = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) out.push({ kind: "text", text: unescaped(plain) });
    plain = "";
  };
  while (at < text.length) {
    const found = special(text, at, options);
    if (found === null) {
      plain += text[at];
      at += 1;
    } else {
      flush();
      out.push(found.node);
      at = found.end;
    }
  }
  flush();
  return out;
}

function special(text, at, options) {
  const sign = text[at];
  if (sign === "\n") return { node: { kind: "break" }, end: at + 1 };
  if (sign === "<") return token(text, at);
  if (sign === "`") return code(text, at);
  if (sign in MARKS) return styled(text, at, options);
  if (sign === ":") return emojiHere(text, at);
  if (sign === "h" && !options.verbatim && !WORD.test(text[at - 1] || " ")) return bareUrl(text, at);
  return null;
}

function token(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0 || text.slice(at, end).includes("\n")) return null;
  const node = tokenNode(text.slice(at + 1, end));
  return node && { node, end: end + 1 };
}

function tokenNode(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inner.slice(bar + 1));
  if (target.startsWith("@")) return { kind: "user", id: target.slice(1), label };
  if (target.startsWith("#")) return { kind: "channel", id: target.slice(1), label };
  if (target.startsWith("!subteam^")) return { kind: "group", id: target.slice(9), label };
  if (target.startsWith("!date^")) return dateNode(target.slice(6), label);
  if (target.startsWith("!")) return { kind: "broadcast", name: target.slice(1).split("^")[0], label };
  if (/^(https?:|mailto:|tel:|slack:)/i.test(target)) return { kind: "link", url: unescaped(target), label };
  return null;
}

function dateNode(body, label) {
  const [seconds, format, url] = body.split("^");
  if (!/^\d+$/.test(seconds) || format === undefined) return { kind: "text", text: label || "" };
  return { kind: "date", seconds: Number(seconds), format: unescaped(format), url, fallback: label };
}

function code(text, at) {
  const end = text.indexOf("`", at + 1);
  const inner = text.slice(at + 1, end);
  if (end < 0 || !inner.trim() || inner.includes("\n")) return null;
  return { node: { kind: "code", text: unescaped(plainTokens(inner)) }, end: end + 1 };
}

/** Inside code, links and mentions show as their text. */
function plainTokens(text) {
  return text.replace(/<((?:https?:|mailto:)[^|>\s]+)(?:\|([^>]*))?>/g, (_, url, label) => label ?? url);
}

function styled(text, at, options) {
  const mark = text[at];
  const before = text[at - 1] || " ";
  const after = text[at + 1] || " ";
  if (WORD.test(before) || before === mark || /\s/.test(after) || after === mark) return null;
  for (let end = text.indexOf(mark, at + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    const inner = text.slice(at + 1, end);
    if (inner.includes("\n")) return null;
    if (!/\s/.test(text[end - 1]) && !WORD.test(text[end + 1] || " ") && text[end + 1] !== mark && balanced(inner)) {
      return { node: { kind: MARKS[mark], children: inlines(inner, options) }, end: end + 1 };
    }
  }
  return null;
}

/** Whether no `code` or <token> is cut in two. */
function balanced(inner) {
  return (inner.split("`").length - 1) % 2 === 0 && inner.lastIndexOf("<") <= inner.lastIndexOf(">");
}

function emojiHere(text, at) {
  EMOJI_HERE.lastIndex = at;
  const found = EMOJI_HERE.exec(text);
  if (!found || character(found[1]) === null) return null;
  return { node: { kind: "emoji", name: found[1], tone: found[2] }, end: at + found[0].length };
}

function bareUrl(text, at) {
  URL_HERE.lastIndex = at;
  const found = URL_HERE.exec(text);
  return found && { node: { kind: "link", url: unescaped(found[0]) }, end: at + found[0].length };
}
