/** The table block. https://docs.slack.dev/reference/block-kit/blocks/table-block */
import { h } from "../base/dom.js";
import { richText } from "../text/rich_text.js";
import { signs } from "../text/signs.js";

/** What a cell shows. @param {any} cell @param {import("../data/session.js").Session} session */
function cellContent(cell, session) {
  return cell.type === "rich_text" ? richText(cell, session) : signs(cell.text);
}

/** @param {any} block @param {import("./scope.js").Scope} scope */
export function table(block, scope) {
  const settings = block.column_settings || [];
  const cell = (one, index, tag) => {
    const setting = settings[index] || {};
    const align = setting.align || (one.type === "raw_number" ? "right" : "left");
    return h(
      tag,
      { class: `is-${align}${setting.is_wrapped ? " is-wrapped" : ""}`, scope: tag === "th" ? "col" : null },
      cellContent(one, scope.session),
    );
  };
  const [head, ...rows] = block.rows;
  return h(
    "div",
    {
      class: "table-wrap",
      role: "region",
      "aria-label": `Table: ${head
        .map((one) => one.text)
        .filter(Boolean)
        .join(", ")}`,
      tabIndex: 0,
    },
    h(
      "table",
      { class: "table" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          head.map((one, index) => cell(one, index, "th")),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            row.map((one, index) => cell(one, index, "td")),
          ),
        ),
      ),
    ),
  );
}
