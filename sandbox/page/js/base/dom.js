/** Building DOM nodes. Data only ever becomes text nodes or attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "disabled", "tabIndex", "indeterminate", "selected"]);

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child */

/**
 * An element. `props`: `class`, `on` (listeners), `data` (dataset), `style` (CSS properties), a few DOM
 * properties, everything else is an attribute; null and false leave it out, true sets it empty.
 * @param {string} tag @param {Record<string, any>} [props] @param {...Child} children
 * @returns {any}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  if (props) dress(element, props);
  if (children.length) append(element, children);
  return element;
}

/** As `h`, in the SVG namespace. @returns {any} */
export function svg(tag, props, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function dress(element, props) {
  for (const name in props) {
    const value = props[name];
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "on") for (const type in value) element.addEventListener(type, value[type]);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const key in value) element.style.setProperty(key, value[key]);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {Node} parent @param {Child[]} children */
export function append(parent, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(parent, child);
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replace all children. @param {Element} parent @param {...Child} children */
export function fill(parent, ...children) {
  parent.textContent = "";
  append(parent, children);
}

/** A fragment of these children. @param {...Child} children */
export function fragment(...children) {
  const made = document.createDocumentFragment();
  append(made, children);
  return made;
}

const SAFE = /^(https?:|mailto:|tel:)/i;

/** The address if a link may go there, else null (no `javascript:`, no `data:`). @param {unknown} url */
export function safeUrl(url) {
  return typeof url === "string" && SAFE.test(url.trim()) ? url.trim() : null;
}

/** The address if an image may come from there: this server, or https. @param {unknown} url */
export function imageUrl(url) {
  if (typeof url !== "string") return null;
  if (url.startsWith("/browser/api/files/") || url.startsWith("https://")) return url;
  return url.startsWith(`${location.origin}/`) ? url : null;
}

const FOCUSABLE = "a[href],button,input,select,textarea,[tabindex],summary,[contenteditable=true]";

/** What Tab reaches inside `root`, in order. @param {Element} root @returns {HTMLElement[]} */
export function focusables(root) {
  return [...root.querySelectorAll(FOCUSABLE)].filter(
    (one) => !one.disabled && one.tabIndex >= 0 && one.getClientRects().length > 0,
  );
}

let number = 0;
/** An id no other element has. @param {string} stem */
export function freshId(stem) {
  number += 1;
  return `${stem}-${number}`;
}
