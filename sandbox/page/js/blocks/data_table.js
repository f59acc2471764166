/** The data_table block: pages, and sorting by a column. https://docs.slack.dev/reference/block-kit/blocks/data-table-block */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { cellContent } from "./table.js";

const PAGE = 5;

function sortKey(cell) {
  if (cell.type === "raw_number") return cell.value;
  const text = cell.text ?? JSON.stringify(cell.elements);
  const number = Number(String(text).replace(/[,%$]/g, ""));
  return text !== "" && Number.isFinite(number) ? number : String(text).toLowerCase();
}

function compare(one, other) {
  const [a, b] = [sortKey(one), sortKey(other)];
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** @param {any} block @param {import("./scope.js").Scope} scope */
export function dataTable(block, scope) {
  const [head, ...rows] = block.rows;
  const size = block.page_size || PAGE;
  const state = { page: 0, column: -1, down: false };
  const headers = head.map((one, index) =>
    h(
      "th",
      { scope: "col" },
      h("button", { class: "sort", type: "button", on: { click: () => sort(index) } }, one.text, icon("sort")),
    ),
  );
  const body = h("tbody");
  const pages = Math.ceil(rows.length / size);
  const where = h("span", { class: "pager__where", role: "status" });
  const turn = (by, label, sign) =>
    h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": label,
        on: {
          click: () => {
            state.page += by;
            draw();
          },
        },
      },
      icon(sign),
    );
  const [back, on] = [turn(-1, "Previous page", "back"), turn(1, "Next page", "chevron")];

  function sort(column) {
    state.down = state.column === column && !state.down;
    state.column = column;
    state.page = 0;
    draw();
  }

  function cell(one, index) {
    const header = index === block.row_header_column_index;
    return h(
      header ? "th" : "td",
      { scope: header ? "row" : null, class: typeof sortKey(one) === "number" ? "is-right" : null },
      cellContent(one, scope.session),
    );
  }

  function draw() {
    const { page, column, down } = state;
    const sorted = column < 0 ? rows : [...rows].sort((a, b) => compare(a[column], b[column]) * (down ? -1 : 1));
    const way = down ? "descending" : "ascending";
    for (const [index, one] of headers.entries()) one.setAttribute("aria-sort", index === column ? way : "none");
    fill(
      body,
      sorted.slice(page * size, (page + 1) * size).map((row) => h("tr", null, row.map(cell))),
    );
    where.textContent = `${page * size + 1}–${Math.min(rows.length, (page + 1) * size)} of ${rows.length}`;
    back.disabled = page === 0;
    on.disabled = page >= pages - 1;
  }

  draw();
  return h(
    "div",
    { class: "data-table" },
    h(
      "div",
      { class: "table-wrap", role: "region", "aria-label": block.caption, tabIndex: 0 },
      h("table", { class: "table" }, h("caption", null, block.caption), h("thead", null, h("tr", null, headers)), body),
    ),
    pages > 1 ? h("div", { class: "pager" }, back, where, on) : null,
  );
}
