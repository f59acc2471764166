/** The input block: label, element, hint, and what is wrong with it. */
import { freshId, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { plainText } from "../text/mrkdwn.js";
import { act } from "../elements/act.js";
import { drawElement } from "../elements/element.js";

/** @param {any} block @param {import("./scope.js").Scope} scope */
export function input(block, scope) {
  const { element } = block;
  const labelledBy = freshId("label");
  const errorId = `${labelledBy}-error`;
  const hintId = block.hint ? `${labelledBy}-hint` : null;
  const change = (value, control) => {
    scope.form.set(block.block_id, element, value);
    showError(node, null);
    if (block.dispatch_action) act(scope, block.block_id, element, value, control);
  };
  const drawn = drawElement({
    scope,
    blockId: block.block_id,
    element,
    change,
    labelledBy,
    describedBy: [hintId, errorId].filter(Boolean).join(" "),
    required: !block.optional,
    dispatch: Boolean(block.dispatch_action),
    clearable: Boolean(block.optional),
  });
  const toControl = () => controlOf(node)?.focus();
  const node = h(
    "div",
    { class: "field", on: { input: () => showError(node, null) } },
    h(
      "div",
      { class: "field__label", id: labelledBy, on: { click: toControl } },
      plainText(block.label.text),
      block.optional ? h("span", { class: "field__optional" }, " (optional)") : null,
    ),
    h("div", { class: "field__element" }, drawn),
    block.hint ? h("div", { class: "field__hint", id: hintId }, plainText(block.hint.text)) : null,
    h("div", { class: "field__error", id: errorId, hidden: true }),
  );
  return node;
}

/** The part of a field that takes the focus. @param {Element} field */
export function controlOf(field) {
  return field.querySelector("input:not([type=file]),textarea,button.select,button");
}

/** Show or clear an error under a field. @param {Element} field @param {string|null} text */
export function showError(field, text) {
  const place = field.querySelector(".field__error");
  const control = controlOf(field);
  place.hidden = !text;
  place.textContent = "";
  field.classList.toggle("is-wrong", Boolean(text));
  if (!text) return control?.removeAttribute("aria-invalid");
  place.append(icon("warning"), h("span", null, text));
  return control?.setAttribute("aria-invalid", "true");
}
