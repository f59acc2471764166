/** Sending what a person did with an element to the app: ask first, show that it works, show when it did not. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { askConfirm } from "../overlays/dialog.js";
import { toast } from "../overlays/toast.js";
import { containerKey } from "../blocks/scope.js";

/** @typedef {import("../blocks/scope.js").Scope} Scope */

const SHOWN_BY_PUSH = new Set(["operation_timeout", "dispatch_failed"]);

/** The attributes by which a failure finds its element again. */
export function marks(blockId, element) {
  return { block: blockId || "", action: element.action_id || "" };
}

/**
 * Act on an element; true when the app has acknowledged.
 * @param {Scope} scope @param {string} blockId @param {any} element @param {any} value left out for buttons
 * @param {HTMLElement} control what shows the busy state
 */
export async function act(scope, blockId, element, value, control) {
  if (element.confirm && !(await askConfirm(element.confirm, scope.session))) return false;
  clearWarning(control);
  control.setAttribute("aria-busy", "true");
  const body = {
    container: scope.container,
    block_id: blockId,
    action_id: element.action_id,
    state: scope.form.changed(),
  };
  if (value !== undefined) body.value = value;
  const answer = await scope.session.api.post("action", body);
  control.removeAttribute("aria-busy");
  if (answer.ok) return true;
  // The failure of the app itself comes as a push, to every page of this user.
  if (!SHOWN_BY_PUSH.has(answer.error)) toast(answer.message || answer.error, "error");
  return false;
}

/** A warning triangle next to an element. @param {Element} control @param {string} message */
export function warn(control, message) {
  clearWarning(control);
  control.removeAttribute("aria-busy");
  const sign = h(
    "span",
    { class: "act-warning", role: "alert", title: message },
    icon("warning"),
    h("span", { class: "act-warning__text" }, message),
  );
  control.after(sign);
}

function clearWarning(control) {
  if (control.nextElementSibling?.classList.contains("act-warning")) control.nextElementSibling.remove();
}

/** Show a `failed` push at its element; false if that element is not on the page. */
export function warnAt(where, message) {
  const key = containerKey(where.container);
  let found = false;
  for (const place of document.querySelectorAll("[data-container]")) {
    if (place.dataset.container !== key) continue;
    for (const control of place.querySelectorAll("[data-action]")) {
      if (control.dataset.action !== where.action_id || control.dataset.block !== where.block_id) continue;
      warn(control, message);
      found = true;
    }
  }
  return found;
}

/** How an element outside an input block acts: the app hears of every change at once. */
export function acting(block, scope) {
  return (element) => ({
    scope,
    blockId: block.block_id,
    element,
    change: (value, control) => {
      scope.form.set(block.block_id, element, value);
      act(scope, block.block_id, element, value, control);
    },
  });
}
