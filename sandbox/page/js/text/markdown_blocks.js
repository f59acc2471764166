/** Standard Markdown split into blocks: headings, lists, quotes, code, tables, rules, paragraphs. */

/**
 * @typedef {{kind: "heading", level: number, text: string} | {kind: "paragraph", text: string} |
 *   {kind: "code", text: string} | {kind: "rule"} | {kind: "quote", blocks: MdBlock[]} |
 *   {kind: "list", ordered: boolean, start: number, items: {blocks: MdBlock[], task: boolean|null}[]} |
 *   {kind: "table", head: string[], align: string[], rows: string[][]}} MdBlock
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Quotes and lists inside one another, beyond which their marks stay text: a thousand would exhaust the stack. */
const DEEPEST = 10;

/** @param {string[]} lines @returns {MdBlock[]} */
export function blocksOf(lines, depth = 0) {
  if (depth > DEEPEST) return [{ kind: "paragraph", text: lines.join("\n") }];
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) at += 1;
    else at = next(lines, at, out, depth + 1);
  }
  return out;
}

function next(lines, at, out, depth) {
  const line = lines[at];
  const heading = line.match(HEADING);
  if (FENCE.test(line)) return fence(lines, at, out);
  if (heading) out.push({ kind: "heading", level: heading[1].length, text: heading[2] });
  else if (RULE.test(line)) out.push({ kind: "rule" });
  else if (/^ {0,3}>/.test(line)) return quote(lines, at, out, depth);
  else if (ITEM.test(line)) return list(lines, at, out, depth);
  else if (line.includes("|") && TABLE_RULE.test(lines[at + 1] || "") && lines[at + 1].includes("-"))
    return table(lines, at, out);
  else return paragraph(lines, at, out);
  return at + 1;
}

function fence(lines, at, out) {
  const mark = lines[at].match(FENCE)[1];
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(mark)) end += 1;
  out.push({ kind: "code", text: lines.slice(at + 1, end).join("\n") });
  return end + 1;
}

function quote(lines, at, out, depth) {
  let end = at;
  while (end < lines.length && /^ {0,3}>/.test(lines[end])) end += 1;
  const inner = lines.slice(at, end).map((line) => line.replace(/^ {0,3}> ?/, ""));
  out.push({ kind: "quote", blocks: blocksOf(inner, depth) });
  return end;
}

function list(lines, at, out, depth) {
  const first = lines[at].match(ITEM);
  const [margin, ordered] = [first[1].length, /\d/.test(first[2])];
  const items = [];
  let index = at;
  while (index < lines.length) {
    const found = lines[index].match(ITEM);
    if (!found || found[1].length > margin + 1 || found[1].length < margin || /\d/.test(found[2]) !== ordered) break;
    const inner = [found[3]];
    index += 1;
    while (index < lines.length && continues(lines, index, margin)) {
      inner.push(
        lines[index].replace(new RegExp(`^\\s{0,${margin + 4}}`), (space) =>
          " ".repeat(Math.max(0, space.length - margin - 2)),
        ),
      );
      index += 1;
    }
    items.push(item(inner, depth));
  }
  out.push({ kind: "list", ordered, start: ordered ? Number.parseInt(first[2], 10) : 1, items });
  return index;
}

function continues(lines, index, margin) {
  const line = lines[index];
  const indented = line.length - line.trimStart().length > margin;
  if (!line.trim()) return (lines[index + 1] || "").startsWith(" ".repeat(margin + 2));
  return (
    indented ||
    !(ITEM.test(line) || HEADING.test(line) || RULE.test(line) || FENCE.test(line) || !lines[index - 1].trim())
  );
}

function item(inner, depth) {
  const task = inner[0].match(/^\[([ xX])\]\s+(.*)$/);
  if (task) inner[0] = task[2];
  return { blocks: blocksOf(inner, depth), task: task ? task[1] !== " " : null };
}

function cells(line) {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((one) => one.trim().replaceAll("\\|", "|"));
}

function table(lines, at, out) {
  const align = cells(lines[at + 1]).map((one) =>
    one.endsWith(":") ? (one.startsWith(":") ? "center" : "right") : "left",
  );
  let end = at + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  out.push({ kind: "table", head: cells(lines[at]), align, rows: lines.slice(at + 2, end).map(cells) });
  return end;
}

function paragraph(lines, at, out) {
  let end = at + 1;
  while (
    end < lines.length &&
    lines[end].trim() &&
    ![HEADING, FENCE, RULE, ITEM].some((one) => one.test(lines[end])) &&
    !/^ {0,3}>/.test(lines[end])
  )
    end += 1;
  out.push({ kind: "paragraph", text: lines.slice(at, end).join("\n") });
  return end;
}
