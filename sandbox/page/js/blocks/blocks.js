/**
 * Block Kit: every block kind with the function that draws it.
 * https://docs.slack.dev/reference/block-kit/blocks
 */
import { h } from "../base/dom.js";
import { markdown } from "../text/markdown.js";
import { plainText, textObject } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { drawElement } from "../elements/element.js";
import { acting } from "../elements/act.js";
import { alert } from "./alert.js";
import { image, imageBlock } from "./image.js";
import { input } from "./input.js";
import { table } from "./table.js";

/** @typedef {import("./scope.js").Scope} Scope */

const KINDS = {
  section,
  header,
  context,
  actions,
  context_actions: actions,
  divider: () => h("hr", { class: "divider" }),
  image: imageBlock,
  input,
  rich_text: (block, scope) => richText(block, scope.session),
  markdown: (block) => markdown(block.text),
  table,
  alert,
};

/** @param {any[]} blocks @param {Scope} scope @returns {HTMLElement} */
export function drawBlocks(blocks, scope) {
  return h(
    "div",
    { class: "blocks" },
    blocks.map((block) => drawBlock(block, scope)),
  );
}

function drawBlock(block, scope) {
  return h("div", { class: `block block--${block.type}`, data: { blockId: block.block_id || "" } }, drawn(block, scope));
}

/** A block that cannot be drawn says so in its place: the others, and the channel, are drawn all the same. */
function drawn(block, scope) {
  try {
    return KINDS[block.type](block, scope);
  } catch (error) {
    console.warn(`block ${block.type} of ${JSON.stringify(scope.container)}:`, error);
    return h("em", { class: "unknown" }, `This page cannot show this ${block.type} block.`);
  }
}

const FOLD_OVER = 700;

function section(block, scope) {
  const made = [];
  if (block.text)
    made.push(folding(h("div", { class: "section__text" }, textObject(block.text, scope.session)), block));
  if (block.fields)
    made.push(
      h(
        "div",
        { class: "section__fields" },
        block.fields.map((one) => h("div", { class: "section__field" }, textObject(one, scope.session))),
      ),
    );
  const accessory =
    block.accessory &&
    h(
      "div",
      { class: `section__accessory section__accessory--${block.accessory.type}` },
      drawElement(acting(block, scope)(block.accessory)),
    );
  return h(
    "div",
    { class: `section${accessory ? " section--with" : ""}` },
    h("div", { class: "section__main" }, made),
    accessory,
  );
}

/** Long texts are folded behind "See more", unless the block says `expand`. */
function folding(text, block) {
  if (block.expand || block.text.text.length < FOLD_OVER) return text;
  text.classList.add("is-folded");
  const more = h("button", { class: "see-more", type: "button", "aria-expanded": "false" }, "See more");
  more.addEventListener("click", () => {
    const folded = text.classList.toggle("is-folded");
    more.textContent = folded ? "See more" : "See less";
    more.setAttribute("aria-expanded", String(!folded));
  });
  return [text, more];
}

function header(block) {
  return h(
    "div",
    { class: "header", role: "heading", "aria-level": String(Math.min(6, (block.level || 1) + 2)) },
    plainText(block.text.text, block.text.emoji !== false),
  );
}

function context(block, scope) {
  const part = (one) =>
    one.type === "image"
      ? image(one, scope, "context")
      : h("span", { class: "context__text" }, textObject(one, scope.session));
  return h("div", { class: "context" }, block.elements.map(part));
}

function actions(block, scope) {
  const make = acting(block, scope);
  return h(
    "div",
    { class: "actions" },
    block.elements.map((element) => h("span", { class: "actions__one" }, drawElement(make(element)))),
  );
}
