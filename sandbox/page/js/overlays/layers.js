/** What lies over the page: popovers and dialogs, one above the other. Esc closes the topmost and focus goes back. */
import { focusables } from "../base/dom.js";

/** @typedef {{node: HTMLElement, close: () => void, modal: boolean, inside: (target: Node) => boolean}} Layer */

/** @type {Layer[]} */
const layers = [];
const root = () => document.getElementById("layers");

function top() {
  return layers.at(-1);
}

/** Whether anything lies over the page. */
export function covered() {
  return layers.length > 0;
}

/** Take everything away that lies over the page (it belongs to a person who is no longer here). */
export function uncover() {
  for (const layer of layers.splice(0)) layer.node.remove();
  cover();
}

document.addEventListener(
  "keydown",
  (event) => {
    const layer = top();
    if (!layer) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      layer.close();
    } else if (event.key === "Tab" && layer.modal) hold(event, layer.node);
  },
  true,
);

document.addEventListener(
  "pointerdown",
  (event) => {
    const layer = top();
    if (layer && !layer.modal && !layer.inside(event.target)) layer.close();
  },
  true,
);

/** Keep Tab inside a dialog. */
function hold(event, node) {
  const reach = focusables(node);
  const [first, last] = [reach[0], reach.at(-1)];
  if (!first) return event.preventDefault();
  if (!node.contains(document.activeElement)) first.focus();
  else if (event.shiftKey && document.activeElement === first) last.focus();
  else if (!event.shiftKey && document.activeElement === last) first.focus();
  else return undefined;
  return event.preventDefault();
}

/**
 * Lay a node over the page.
 * @param {HTMLElement} node
 * @param {{modal?: boolean, anchor?: Element|null, onClose?: () => void, onEscape?: () => void, restore?: boolean}} options
 *   `onEscape`: what Esc does instead of closing
 * @returns {{close: () => void}}
 */
export function lay(node, options = {}) {
  // A dialog takes the place of menus that happen to be open.
  while (options.modal && top() && !top().modal) top().close();
  const before = document.activeElement;
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    const held = node.contains(document.activeElement) || document.activeElement === document.body;
    node.remove();
    layers.splice(layers.indexOf(layer), 1);
    cover();
    if (held && options.restore !== false && before instanceof HTMLElement && before.isConnected)
      before.focus({ preventScroll: true });
    options.onClose?.();
  };
  const inside = (target) => node.contains(target) || Boolean(options.anchor?.contains(target));
  const layer = { node, close: options.onEscape || close, modal: Boolean(options.modal), inside };
  layers.push(layer);
  root().append(node);
  cover();
  return { close };
}

/** The page below a dialog is neither reached nor read. */
function cover() {
  const app = document.getElementById("app");
  app.inert = layers.some((one) => one.modal);
  const topmost = layers.findLastIndex((one) => one.modal);
  layers.forEach((one, index) => {
    one.node.inert = index < topmost;
  });
}
