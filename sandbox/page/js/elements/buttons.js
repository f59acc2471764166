/** Buttons of all kinds, and the overflow menu. */
import { h, safeUrl } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { menu } from "../overlays/menu.js";
import { plainText, textObject } from "../text/mrkdwn.js";
import { toast } from "../overlays/toast.js";
import { act, marks } from "./act.js";

/** @typedef {import("./element.js").Drawing} Drawing */

/** @param {Drawing} drawing */
export function button({ scope, blockId, element }) {
  const style = element.style ? ` button--${element.style}` : "";
  const url = safeUrl(element.url);
  const node = h(
    url ? "a" : "button",
    {
      class: `button button--block${style}`,
      type: url ? null : "button",
      href: url,
      target: url ? "_blank" : null,
      rel: url ? "noopener noreferrer" : null,
      "aria-label": element.accessibility_label,
      data: marks(blockId, element),
    },
    h("span", { class: "button__label" }, textObject(element.text, scope.session)),
  );
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-busy") !== "true") act(scope, blockId, element, undefined, node);
  });
  return node;
}

/** @param {Drawing} drawing */
export function feedbackButtons({ scope, blockId, element }) {
  const node = h("span", { class: "feedback", role: "group", "aria-label": "Feedback", data: marks(blockId, element) });
  const one = (part, sign) => {
    const made = h(
      "button",
      {
        class: "icon-button",
        type: "button",
        title: part.text.text,
        "aria-label": part.accessibility_label || part.text.text,
        "aria-pressed": "false",
      },
      icon(sign),
    );
    made.addEventListener("click", async () => {
      if (!(await act(scope, blockId, element, part.value, node))) return;
      for (const other of node.children) other.setAttribute("aria-pressed", String(other === made));
    });
    return made;
  };
  node.append(one(element.positive_button, "thumb_up"), one(element.negative_button, "thumb_down"));
  return node;
}

/** @param {Drawing} drawing */
export function overflow({ scope, blockId, element }) {
  const node = h(
    "button",
    {
      class: "icon-button icon-button--boxed",
      type: "button",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": "More actions",
      data: marks(blockId, element),
    },
    icon("more"),
  );
  node.addEventListener("click", () => {
    const items = element.options.map((option) => ({
      label: plainText(option.text.text, option.text.emoji !== false),
      detail: option.description ? textObject(option.description, scope.session) : null,
      href: safeUrl(option.url),
      run: () => act(scope, blockId, element, option.value, node),
    }));
    menu(node, items, { label: "More actions", align: "end" });
  });
  return node;
}

/** Copy text, and say so. @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied", "success");
  } catch {
    toast("This browser did not allow copying.", "error");
  }
}
