/** One-line and many-line text, and numbers. */
import { h } from "../base/dom.js";
import { marks } from "./act.js";

/** @typedef {import("./element.js").Drawing} Drawing */

const TYPING_PAUSE = 350;

/** @param {Drawing} drawing */
export function textInput(drawing) {
  const { scope, blockId, element, labelledBy, describedBy, required } = drawing;
  const many = Boolean(element.multiline);
  const input = h(many ? "textarea" : "input", {
    class: `input${many ? " input--many" : ""}`,
    type: many ? null : "text",
    inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    rows: many ? 4 : null,
    value: scope.form.get(blockId, element) ?? "",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    "aria-labelledby": labelledBy,
    "aria-describedby": describedBy,
    "aria-required": required ? "true" : null,
    autocomplete: "off",
    data: marks(blockId, element),
  });
  const counter = element.max_length ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const count = () => {
    if (counter) counter.textContent = String(element.max_length - input.value.length);
  };
  input.addEventListener("input", () => {
    scope.form.set(blockId, element, input.value);
    count();
  });
  tell(drawing, input);
  count();
  return counter ? h("div", { class: "counted" }, input, counter) : input;
}

/** `dispatch_action`: tell the app on Enter or while typing, as the element's configuration says. */
function tell({ element, change, dispatch }, input) {
  if (!dispatch) return;
  const when = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  let timer = 0;
  if (when.includes("on_character_entered")) {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => change(input.value, input), TYPING_PAUSE);
    });
  }
  if (when.includes("on_enter_pressed")) {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      change(input.value, input);
    });
  }
}
