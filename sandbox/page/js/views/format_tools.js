/** Buttons that put marks around the selected text of a text field. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";

const AROUND = [
  ["bold", "Bold", "*", "b"],
  ["italic", "Italic", "_", "i"],
  ["strike", "Strikethrough", "~", "x"],
  ["code", "Code", "`", "e"],
];
const BEFORE = [
  ["bullets", "Bulleted list", "• "],
  ["quote", "Quote", "> "],
];

/** @param {HTMLTextAreaElement} field */
export function formatTools(field) {
  const tool = (sign, label, run, key) =>
    h(
      "button",
      {
        class: "icon-button icon-button--small",
        type: "button",
        title: key ? `${label} (Ctrl+${key.toUpperCase()})` : label,
        "aria-label": label,
        on: { pointerdown: (event) => event.preventDefault(), click: run },
      },
      icon(sign),
    );
  field.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const found = AROUND.find(([, , , key]) => key === event.key.toLowerCase() && (key !== "x" || event.shiftKey));
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    around(field, found[2]);
  });
  return h(
    "div",
    { class: "format-tools", role: "toolbar", "aria-label": "Formatting" },
    AROUND.map(([sign, label, mark, key]) =>
      tool(sign, label, () => around(field, mark), key === "x" ? "Shift+X" : key),
    ),
    BEFORE.map(([sign, label, mark]) => tool(sign, label, () => before(field, mark))),
    tool("pre", "Code block", () => put(field, `\`\`\`\n${selected(field)}\n\`\`\``, 4)),
  );
}

/**
 * Where there is little room (phone.css) the tools wait behind this. They must not come and go with the focus: what is
 * tapped would move away from under the finger.
 * @param {HTMLElement} tools
 */
export function formatToggle(tools) {
  const node = h(
    "button",
    {
      class: "icon-button format-toggle",
      type: "button",
      title: "Formatting",
      "aria-label": "Show formatting",
      "aria-expanded": "false",
      on: {
        pointerdown: (event) => event.preventDefault(),
        click: () => node.setAttribute("aria-expanded", String(tools.classList.toggle("is-open"))),
      },
    },
    "Aa",
  );
  return node;
}

function selected(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

/** Replace the selection; `inside`: where the caret goes when nothing was selected. */
function put(field, text, inside) {
  const { selectionStart: from, selectionEnd: to } = field;
  field.setRangeText(text, from, to, "end");
  if (from === to) field.setSelectionRange(from + inside, from + inside);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function around(field, mark) {
  put(field, `${mark}${selected(field)}${mark}`, mark.length);
}

/** Put a mark at the beginning of every selected line. */
function before(field, mark) {
  const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  field.setSelectionRange(start, Math.max(field.selectionEnd, start));
  const marked = selected(field)
    .split("\n")
    .map((line) => mark + line)
    .join("\n");
  field.setRangeText(marked, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/** Put text at the caret, apart from the word before it. @param {HTMLTextAreaElement} field @param {string} text */
export function insertText(field, text) {
  const lead = /\S$/.test(field.value.slice(0, field.selectionStart)) ? " " : "";
  put(field, lead + text, lead.length + text.length);
}
