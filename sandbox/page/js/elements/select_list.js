/** The list of a select menu: search on top, options below; the focus stays in the search field. */
import { fill, freshId, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { choicesFor, leastQuery } from "./select_source.js";

const TYPING_PAUSE = 220;

/**
 * @param {import("./element.js").Drawing} drawing
 * @param {{isChosen: (value: any) => boolean, pick: (choice: import("./select_source.js").Choice) => void, multiple: boolean, label: string}} options
 * @returns {{node: HTMLElement, id: string, input: HTMLInputElement, refresh: () => void}}
 */
export function selectList(drawing, options) {
  const id = freshId("listbox");
  const list = h("div", {
    class: "listbox",
    role: "listbox",
    id,
    "aria-label": options.label,
    "aria-multiselectable": options.multiple ? "true" : null,
  });
  const input = h("input", {
    class: "input listbox__search",
    type: "text",
    role: "combobox",
    placeholder: "Search",
    "aria-label": `Search: ${options.label}`,
    "aria-expanded": "true",
    "aria-controls": id,
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  const state = { groups: [], rows: [], active: -1, asked: 0, timer: 0 };
  const context = { drawing, options, list, input, state, id };
  input.addEventListener("input", () => later(context));
  input.addEventListener("keydown", (event) => keys(event, context));
  load(context);
  return {
    node: h("div", { class: "select-panel" }, h("div", { class: "select-panel__search" }, icon("search"), input), list),
    id,
    input,
    refresh: () => show(context),
  };
}

function later(context) {
  clearTimeout(context.state.timer);
  const wait = context.drawing.element.type.endsWith("external_select") ? TYPING_PAUSE : 0;
  context.state.timer = setTimeout(() => load(context), wait);
}

async function load(context) {
  const { drawing, input, list, state } = context;
  const query = input.value.trim();
  const least = leastQuery(drawing.element);
  state.asked += 1;
  const mine = state.asked;
  if (query.length < least)
    return note(context, `Type ${least === 1 ? "a character" : `${least} or more characters`} to search`);
  try {
    const found = choicesFor(drawing, query);
    if (found instanceof Promise) {
      list.setAttribute("aria-busy", "true");
      if (!state.rows.length) note(context, "Loading…");
    }
    const groups = await found;
    if (mine !== state.asked) return undefined;
    state.groups = groups;
    show(context);
    move(context, firstIndex(context));
  } catch (problem) {
    if (mine === state.asked) note(context, problem.message, "error");
  }
  list.removeAttribute("aria-busy");
  return undefined;
}

function firstIndex({ state, options, input }) {
  const chosen = state.rows.findIndex((row) => options.isChosen(row.choice.value));
  return !input.value && chosen >= 0 ? chosen : 0;
}

function note({ list, state, input }, text, kind = "note") {
  state.rows = [];
  state.active = -1;
  input.removeAttribute("aria-activedescendant");
  fill(list, h("p", { class: `listbox__note listbox__note--${kind}`, role: "status" }, text));
}

function show(context) {
  const { list, state, options, id } = context;
  state.rows = [];
  const row = (choice) => {
    const chosen = options.isChosen(choice.value);
    const node = h(
      "div",
      { class: "listbox__option", role: "option", id: `${id}-${state.rows.length}`, "aria-selected": String(chosen) },
      choice.mark?.cloneNode(true) || null,
      h(
        "span",
        { class: "listbox__text" },
        h(
          "span",
          { class: "listbox__label" },
          choice.label instanceof Node ? choice.label.cloneNode(true) : choice.label,
        ),
        choice.detail ? h("span", { class: "listbox__detail" }, choice.detail) : null,
      ),
      chosen ? icon("check") : null,
    );
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => options.pick(choice));
    const index = state.rows.length;
    node.addEventListener("pointermove", () => move(context, index, false));
    state.rows.push({ node, choice });
    return node;
  };
  const group = (one) =>
    one.label
      ? h(
          "div",
          { role: "group", "aria-label": one.label },
          h("div", { class: "listbox__group", "aria-hidden": "true" }, one.label),
          one.choices.map(row),
        )
      : one.choices.map(row);
  fill(list, state.groups.map(group));
  if (!state.rows.length) note(context, "No results");
  else move(context, Math.min(Math.max(state.active, 0), state.rows.length - 1), false);
}

function move({ state, input }, to, scroll = true) {
  state.rows[state.active]?.node.classList.remove("is-active");
  state.active = to;
  const row = state.rows[to];
  if (!row) return;
  row.node.classList.add("is-active");
  input.setAttribute("aria-activedescendant", row.node.id);
  if (scroll) row.node.scrollIntoView({ block: "nearest" });
}

function keys(event, context) {
  const { state, options } = context;
  const count = state.rows.length;
  const to = {
    ArrowDown: state.active + 1,
    ArrowUp: state.active - 1,
    PageDown: Math.min(count - 1, state.active + 8),
    PageUp: Math.max(0, state.active - 8),
  }[event.key];
  if (to !== undefined && count) {
    event.preventDefault();
    move(context, (to + count) % count);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const row = state.rows[state.active];
    if (row) options.pick(row.choice);
  }
}
