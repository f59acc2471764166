/** Pictures: image blocks, accessories, and small ones in context; a click shows them whole. */
import { h, imageUrl } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { lightbox } from "../overlays/lightbox.js";
import { plainText } from "../text/mrkdwn.js";

/** @typedef {import("./scope.js").Scope} Scope */

/** The address with the viewer in it, as the workspace's own files need. */
export function source(url, session) {
  const safe = imageUrl(url);
  if (!safe || !safe.startsWith("/browser/api/files/")) return safe;
  return safe.includes("user=") ? safe : `${safe}${safe.includes("?") ? "&" : "?"}user=${session.workspace.me.id}`;
}

/** @param {any} element @param {Scope} scope @param {"context"|"accessory"} [size] */
export function image(element, scope, size = "accessory") {
  const picture = bare(element, scope);
  if (size === "context") return h("span", { class: "image image--context" }, picture);
  return opening(picture, element, scope, `image image--${size}`);
}

function bare(element, scope) {
  const src = source(element.image_url, scope.session);
  if (!src) return missing(element);
  const picture = h("img", {
    src,
    alt: element.alt_text,
    title: element.alt_text,
    loading: "lazy",
    decoding: "async",
    width: element.image_width || null,
    height: element.image_height || null,
  });
  picture.addEventListener("error", () => picture.replaceWith(missing(element)), { once: true });
  return picture;
}

function missing(element) {
  return h(
    "span",
    { class: "image-missing", role: "img", "aria-label": element.alt_text },
    icon("warning"),
    h("span", null, element.alt_text || "The picture could not be loaded"),
  );
}

function opening(picture, element, scope, className) {
  const src = source(element.image_url, scope.session);
  if (!src) return h("span", { class: className }, picture);
  const show = () => lightbox({ src, alt: element.alt_text, title: element.title?.text });
  return h(
    "button",
    { class: className, type: "button", "aria-label": `Enlarge picture: ${element.alt_text}`, on: { click: show } },
    picture,
  );
}

/** The image block: an optional title that folds it, and the picture. @param {any} block @param {Scope} scope */
export function imageBlock(block, scope) {
  const picture = opening(bare(block, scope), block, scope, "image image--block");
  if (!block.title) return picture;
  const toggle = h(
    "button",
    { class: "image-title", type: "button", "aria-expanded": "true" },
    plainText(block.title.text),
    icon("down"),
  );
  toggle.addEventListener("click", () => {
    picture.hidden = !picture.hidden;
    toggle.setAttribute("aria-expanded", String(!picture.hidden));
  });
  return h("div", null, toggle, picture);
}
