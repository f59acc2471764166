/** Checkboxes and radio buttons. */
import { freshId, h } from "../base/dom.js";
import { textObject } from "../text/mrkdwn.js";
import { marks } from "./act.js";

/** @typedef {import("./element.js").Drawing} Drawing */

/** @param {Drawing} drawing */
export function checkboxes(drawing) {
  const { scope, blockId, element, change } = drawing;
  const chosen = new Set(scope.form.get(blockId, element) || []);
  const node = group(drawing, "group");
  for (const option of element.options) {
    node.append(
      row(drawing, option, "checkbox", chosen.has(option.value), null, (input) => {
        if (input.checked) chosen.add(option.value);
        else chosen.delete(option.value);
        change(
          element.options.map((one) => one.value).filter((one) => chosen.has(one)),
          node,
        );
      }),
    );
  }
  return node;
}

/** @param {Drawing} drawing */
export function radioButtons(drawing) {
  const { scope, blockId, element, change } = drawing;
  const chosen = scope.form.get(blockId, element);
  const node = group(drawing, "radiogroup");
  const name = freshId("radio");
  for (const option of element.options) {
    node.append(row(drawing, option, "radio", chosen === option.value, name, () => change(option.value, node)));
  }
  return node;
}

function group({ blockId, element, labelledBy, describedBy, required }, role) {
  return h("div", {
    class: "choices",
    role,
    "aria-labelledby": labelledBy,
    "aria-label": labelledBy ? null : "Choose",
    "aria-describedby": describedBy,
    "aria-required": required && role === "radiogroup" ? "true" : null,
    data: marks(blockId, element),
  });
}

function row({ scope }, option, type, checked, name, changed) {
  const input = h("input", { type, checked, name, class: "choices__box" });
  input.addEventListener("change", () => changed(input));
  return h(
    "label",
    { class: "choices__row" },
    input,
    h(
      "span",
      { class: "choices__text" },
      h("span", null, textObject(option.text, scope.session)),
      option.description
        ? h("span", { class: "choices__detail" }, textObject(option.description, scope.session))
        : null,
    ),
  );
}
