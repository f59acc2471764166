/** The panels at the side, one at a time, and the buttons that open them. */
import { h } from "../base/dom.js";
import { Emitter } from "../base/emitter.js";
import { icon } from "../base/icons.js";

/**
 * A panel with its head and the button that closes it, as Escape does.
 * @param {{sign: string, title: string, closes: string}} words `closes` is what the button is called
 * @param {() => void} onClose @param {Element} body
 */
export function panelFrame({ sign, title, closes }, onClose, body) {
  const close = h(
    "button",
    { class: "icon-button", type: "button", "aria-label": closes, on: { click: onClose } },
    icon("close"),
  );
  const node = h(
    "aside",
    { class: "panel", "aria-label": title, data: { region: "panel" }, tabIndex: -1 },
    h(
      "header",
      { class: "pane-head" },
      h(
        "div",
        { class: "pane-head__titles" },
        h("h2", { class: "pane-head__title" }, icon(sign), title),
        h("span", { class: "pane-head__sub" }, "simulated"),
      ),
      h("span", { class: "pane-head__space" }),
      close,
    ),
    body,
  );
  node.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && onClose());
  return { node, close };
}

/** Emits `changed` when one is opened or closed. */
export class Panels extends Emitter {
  #open = null;
  #makes = new Map();

  /** @param {Element} row where an open panel stands @param {Element} tools where the buttons stand */
  constructor(row, tools) {
    super();
    this.row = row;
    this.tools = tools;
  }

  /**
   * A button that opens the panel which `make` builds.
   * @param {string} sign @param {string} label @param {(close: () => void) => any} make
   */
  offer(sign, label, make) {
    const button = h(
      "button",
      {
        class: "icon-button icon-button--side",
        type: "button",
        "aria-label": label,
        title: label,
        "aria-expanded": "false",
        on: { click: () => this.toggle(button) },
      },
      icon(sign),
    );
    this.#makes.set(button, make);
    this.tools.prepend(button);
    return button;
  }

  /** @param {Element} button */
  shows(button) {
    return this.#open?.button === button;
  }

  /** @param {Element} button one that `offer` has made */
  toggle(button) {
    const before = this.#open;
    if (before) this.#close();
    if (before?.button === button) {
      button.focus();
    } else {
      const panel = this.#makes.get(button)(() => this.toggle(button));
      this.#open = { button, panel };
      this.row.append(panel.node);
      button.setAttribute("aria-expanded", "true");
      panel.focus();
    }
    this.emit("changed");
  }

  #close() {
    const { button, panel } = this.#open;
    panel.stop();
    panel.node.remove();
    button.setAttribute("aria-expanded", "false");
    this.#open = null;
  }

  stop() {
    this.#open?.panel.stop();
  }
}
