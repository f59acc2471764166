/** Every element kind with the function that draws it. */
import { h } from "../base/dom.js";
import { button, feedbackButtons, overflow } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { datePicker, dateTimePicker, timePicker } from "./dates.js";
import { image } from "../blocks/image.js";
import { multiSelect, singleSelect } from "./select.js";
import { textInput } from "./text_inputs.js";

/**
 * @typedef {import("../blocks/scope.js").Scope} Scope
 * @typedef {{scope: Scope, blockId: string, element: any, labelledBy?: string, describedBy?: string, required?: boolean,
 *   change: (value: any, control: HTMLElement) => void}} Drawing
 *   `change`: keep the value, and tell the app where it wants to know at once
 */

const KINDS = {
  button,
  feedback_buttons: feedbackButtons,
  overflow,
  image: (drawing) => image(drawing.element, drawing.scope),
  static_select: singleSelect,
  external_select: singleSelect,
  users_select: singleSelect,
  conversations_select: singleSelect,
  channels_select: singleSelect,
  multi_static_select: multiSelect,
  multi_external_select: multiSelect,
  multi_users_select: multiSelect,
  multi_conversations_select: multiSelect,
  multi_channels_select: multiSelect,
  checkboxes,
  radio_buttons: radioButtons,
  datepicker: datePicker,
  timepicker: timePicker,
  datetimepicker: dateTimePicker,
  plain_text_input: textInput,
  number_input: textInput,
};

/** @param {Drawing} drawing @returns {Node} */
export function drawElement(drawing) {
  const draw = KINDS[drawing.element.type];
  return draw ? draw(drawing) : h("em", { class: "unknown" }, `[${drawing.element.type}]`);
}
