/** The alert block of modals. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { textObject } from "../text/mrkdwn.js";

const LEVELS = { default: "info", info: "info", warning: "warning", error: "warning", success: "check" };

export function alert(block, scope) {
  const level = block.level || "default";
  return h(
    "div",
    { class: `alert alert--${level}`, role: level === "error" || level === "warning" ? "alert" : "note" },
    icon(LEVELS[level]),
    h("div", null, textObject(block.text, scope.session)),
  );
}
