/** A menu of actions: arrows move, letters jump, Enter chooses, Esc closes. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { popover } from "./popover.js";

/**
 * @typedef {{label: string|Node, detail?: string|Node, icon?: string|Node, danger?: boolean, checked?: boolean,
 *   href?: string, key?: string, run?: () => void, words?: string} | {heading: string} | "divider"} MenuItem
 */

/**
 * @param {Element} anchor @param {MenuItem[]} items
 * @param {{label: string, align?: "start"|"end", width?: number, above?: boolean, onClose?: () => void}} options
 */
export function menu(anchor, items, options) {
  const list = h("div", { class: "menu", role: "menu", "aria-label": options.label, on: { keydown: keys } });
  anchor.setAttribute("aria-expanded", "true");
  const open = popover(anchor, list, {
    ...options,
    label: undefined,
    class: "popover--menu",
    onClose: () => {
      anchor.setAttribute("aria-expanded", "false");
      options.onClose?.();
    },
  });
  list.append(...items.map((item) => entry(item, open.close)));
  open.place();
  buttons(list)[0]?.focus();
  return open;
}

function buttons(list) {
  return [...list.querySelectorAll(".menu__item")];
}

function entry(item, close) {
  if (item === "divider") return h("div", { class: "menu__divider", role: "separator" });
  if ("heading" in item) return h("div", { class: "menu__heading", role: "presentation" }, item.heading);
  const run = () => {
    close();
    item.run?.();
  };
  const link = item.href ? { href: item.href, target: "_blank", rel: "noopener noreferrer" } : { type: "button" };
  return h(
    item.href ? "a" : "button",
    {
      class: `menu__item${item.danger ? " menu__item--danger" : ""}`,
      role: item.checked === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": item.checked === undefined ? null : String(item.checked),
      tabIndex: -1,
      ...link,
      on: { click: run },
    },
    item.icon ? h("span", { class: "menu__icon" }, typeof item.icon === "string" ? icon(item.icon) : item.icon) : null,
    h(
      "span",
      { class: "menu__text" },
      h("span", { class: "menu__label" }, item.label),
      item.detail ? h("span", { class: "menu__detail" }, item.detail) : null,
    ),
    item.key ? h("kbd", { class: "menu__key" }, item.key) : null,
    item.checked ? h("span", { class: "menu__check" }, icon("check")) : null,
  );
}

function keys(event) {
  const all = buttons(event.currentTarget);
  const at = all.indexOf(document.activeElement);
  const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (move !== undefined) {
    event.preventDefault();
    all[(move + all.length) % all.length]?.focus();
  } else if (event.key === "Tab") event.preventDefault();
  else if (event.key.length === 1 && /\S/.test(event.key)) {
    const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    turned.find((one) => one.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}
