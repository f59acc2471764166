/** Signs that carry a status, drawn by the page: not every machine has a font for them. */
import { h, svg } from "../base/dom.js";
import { icon } from "../base/icons.js";

/** Sign to shape and colour (elements.css). */
const DRAWN = {
  "🔴": ["dot", "red"],
  "🟠": ["dot", "orange"],
  "🟡": ["dot", "yellow"],
  "🟢": ["dot", "green"],
  "🔵": ["dot", "blue"],
  "⚪": ["dot", "white"],
  "⚫": ["dot", "black"],
  "✅": ["check", "green"],
  "❌": ["close", "red"],
  "⚠": ["warning", "orange"],
  "🚨": ["bell", "red"],
  "🔔": ["bell", "orange"],
  "❔": ["question", "grey"],
  "❓": ["question", "red"],
  "ℹ": ["info", "blue"],
  "👀": ["eye", "grey"],
  "🔍": ["search", "grey"],
  "🔥": ["flame", "orange"],
  "🔒": ["lock", "grey"],
  "⏰": ["clock", "red"],
  "⏳": ["clock", "grey"],
  "🕐": ["clock", "grey"],
};
const ANY = new RegExp(`(${Object.keys(DRAWN).join("|")})\\uFE0F?`, "gu");

/** The text with its signs drawn. The characters stay in it, for whoever reads or copies them. @param {string} text */
export function signs(text) {
  const pieces = String(text).split(ANY);
  return pieces.map((piece, index) => (index % 2 ? sign(piece) : piece)).filter((piece) => piece !== "");
}

function sign(character) {
  const [shape, colour] = DRAWN[character];
  const drawing = shape === "dot" ? dot() : icon(shape);
  return h("span", { class: `sign sign--${colour}` }, drawing, h("span", { class: "sign__character" }, character));
}

function dot() {
  return svg("svg", { viewBox: "0 0 20 20", class: "sign__dot", "aria-hidden": "true" }, svg("circle", { cx: 10, cy: 10, r: 8 }));
}
