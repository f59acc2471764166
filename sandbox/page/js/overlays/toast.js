/** Short notes at the bottom of the window that go away by themselves. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";

const SECONDS = 6;

/** @param {string} text @param {"note"|"error"|"success"} [kind] */
export function toast(text, kind = "note") {
  const signs = { note: "info", error: "warning", success: "check" };
  const node = h(
    "div",
    { class: `toast toast--${kind}` },
    icon(signs[kind]),
    h("span", null, text),
    h(
      "button",
      {
        class: "icon-button icon-button--light",
        type: "button",
        "aria-label": "Dismiss",
        on: { click: () => node.remove() },
      },
      icon("close"),
    ),
  );
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), SECONDS * 1000);
}

/** Say something to people who listen instead of look. @param {string} text */
export function announce(text) {
  const log = document.getElementById("announcer");
  log.append(h("p", null, text));
  while (log.childElementCount > 5) log.firstElementChild.remove();
}
