/** The rich text input: marks are typed or set with the tools, and sent as a rich_text block. */
import { h } from "../base/dom.js";
import { formatTools } from "../views/format_tools.js";
import { toMarks } from "../text/rich_text.js";
import { toRichText } from "../text/to_rich_text.js";
import { marks } from "./act.js";

const LINE = 22;

/** @param {import("./element.js").Drawing} drawing */
export function richTextInput({ scope, blockId, element, labelledBy, describedBy, required, change, dispatch }) {
  const kept = scope.form.get(blockId, element);
  const input = h("textarea", {
    class: "rich-input__text",
    rows: Math.max(2, element.min_lines || 3),
    value: typeof kept === "string" ? kept : toMarks(kept),
    placeholder: element.placeholder?.text,
    "aria-labelledby": labelledBy,
    "aria-label": labelledBy ? null : element.placeholder?.text || "Text",
    "aria-describedby": describedBy,
    "aria-required": required ? "true" : null,
  });
  if (element.max_lines) input.style.setProperty("max-height", `${element.max_lines * LINE + 16}px`);
  const node = h("div", { class: "rich-input", data: marks(blockId, element) }, formatTools(input), input);
  const value = () => (input.value.trim() ? toRichText(input.value) : null);
  input.addEventListener("input", () => scope.form.set(blockId, element, value()));
  if (dispatch || scope.surface === "message") {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      change(value(), node);
    });
  }
  return node;
}
