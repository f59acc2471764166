/** A picture at full size, with its description. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { lay } from "./layers.js";

/** @param {{src: string, alt: string, title?: string, download?: string}} picture */
export function lightbox(picture) {
  const close = h(
    "button",
    { class: "icon-button icon-button--light", type: "button", "aria-label": "Close" },
    icon("close"),
  );
  const tools = h(
    "div",
    { class: "lightbox__tools" },
    h(
      "a",
      {
        class: "icon-button icon-button--light",
        href: picture.src,
        download: picture.download || "",
        "aria-label": "Download",
        title: "Download",
      },
      icon("download"),
    ),
    close,
  );
  const node = h(
    "div",
    {
      class: "lightbox",
      role: "dialog",
      "aria-modal": "true",
      "aria-label": picture.title || picture.alt || "Picture",
      on: { click: (event) => event.target.tagName !== "IMG" && !event.target.closest("a,p") && layer.close() },
    },
    h("div", { class: "lightbox__head" }, h("p", { class: "lightbox__title" }, picture.title || ""), tools),
    h("div", { class: "lightbox__stage" }, h("img", { src: picture.src, alt: picture.alt })),
    picture.alt ? h("p", { class: "lightbox__alt" }, picture.alt) : null,
  );
  const layer = lay(node, { modal: true });
  close.focus();
}
