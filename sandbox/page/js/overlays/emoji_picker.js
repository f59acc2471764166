/** Choose an emoji: search, or browse by group; arrows move over the grid. */
import { fill, h } from "../base/dom.js";
import { character, groups, search } from "../text/emoji.js";
import { popover } from "./popover.js";

const COLUMNS = 8;

/** @param {Element} anchor @param {(name: string) => void} onPick @param {"start"|"end"} [align] */
export function emojiPicker(anchor, onPick, align = "end") {
  const input = h("input", {
    class: "input",
    type: "search",
    placeholder: "Search emoji",
    "aria-label": "Search emoji",
  });
  const grid = h("div", { class: "emoji-grid" });
  const name = h("p", { class: "emoji-name", "aria-hidden": "true" }, "Pick an emoji");
  const panel = h("div", { class: "emoji-picker", on: { keydown: keys } }, input, grid, name);
  const open = popover(anchor, panel, { label: "Emoji", role: "dialog", width: 324, align });

  const choice = (one) =>
    h(
      "button",
      {
        class: "emoji-choice",
        type: "button",
        "aria-label": one.replaceAll("_", " "),
        on: {
          click: () => {
            open.close();
            onPick(one);
          },
          focus: () => fill(name, `:${one}:`),
          pointerenter: () => fill(name, `:${one}:`),
        },
      },
      character(one),
    );

  function show() {
    const query = input.value.trim().replaceAll(":", "").replaceAll(" ", "_");
    if (query) {
      const found = search(query, 64);
      fill(
        grid,
        found.length
          ? h("div", { class: "emoji-group" }, found.map(choice))
          : h("p", { class: "empty" }, "No emoji found"),
      );
    } else
      fill(
        grid,
        [...groups].map(([title, names]) => [
          h("h3", { class: "emoji-title" }, title),
          h("div", { class: "emoji-group" }, names.map(choice)),
        ]),
      );
  }

  function keys(event) {
    const all = [...grid.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    if (event.key === "Enter" && document.activeElement === input) all[0]?.click();
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (!step || (at < 0 && event.key !== "ArrowDown")) return;
    event.preventDefault();
    if (at < 0) all[0]?.focus();
    else if (at + step < 0) input.focus();
    else all[Math.min(all.length - 1, at + step)].focus();
  }

  input.addEventListener("input", show);
  show();
  input.focus();
  open.place();
}
