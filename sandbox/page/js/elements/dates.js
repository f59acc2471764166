/** Date, time, and date-and-time pickers; date-and-time is in the viewer's own zone. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { epoch, wall } from "../base/time.js";
import { popover } from "../overlays/popover.js";
import { marks } from "./act.js";
import { calendar, writtenDate } from "./calendar.js";

/** @typedef {import("./element.js").Drawing} Drawing */

function today(session) {
  return wall(session.now(), session.workspace.me.tz).date;
}

/** @param {Drawing} drawing */
export function datePicker(drawing) {
  const { scope, blockId, element, labelledBy, describedBy, change } = drawing;
  let value = scope.form.get(blockId, element) || null;
  const empty = element.placeholder?.text || "Select a date";
  const node = dateField(empty, {
    labelledBy,
    describedBy,
    session: scope.session,
    get: () => value,
    set: (date) => {
      value = date;
      change(date, node);
    },
  });
  Object.assign(node.dataset, marks(blockId, element));
  return node;
}

function dateField(empty, { labelledBy, describedBy, session, get, set }) {
  const id = labelledBy ? `${labelledBy}-date` : null;
  const node = h("button", {
    class: "select select--date",
    type: "button",
    "aria-haspopup": "dialog",
    "aria-labelledby": id && `${labelledBy} ${id}`,
    "aria-describedby": describedBy,
  });
  const draw = () => {
    const value = get();
    fill(
      node,
      icon("calendar"),
      h(
        "span",
        { class: `select__value${value ? "" : " select__value--empty"}`, id },
        value ? writtenDate(value) : empty,
      ),
      icon("down"),
    );
    if (!id) node.setAttribute("aria-label", value ? `${empty}: ${writtenDate(value)}` : empty);
  };
  node.addEventListener("click", () => {
    const made = calendar(get(), today(session), (date) => {
      open.close();
      set(date);
      draw();
    });
    const open = popover(node, made.node, { label: "Choose a date", role: "dialog" });
    made.focus();
  });
  draw();
  return node;
}

/** @param {Drawing} drawing */
export function timePicker({ scope, blockId, element, labelledBy, describedBy, change }) {
  const node = timeField(scope.form.get(blockId, element) || "", {
    labelledBy,
    describedBy,
    label: element.placeholder?.text || "Select a time",
  });
  Object.assign(node.dataset, marks(blockId, element));
  node.addEventListener("change", () => change(node.value || null, node));
  const zone = element.timezone;
  return zone ? h("span", { class: "time-zone" }, node, h("span", { class: "hint" }, zone)) : node;
}

function timeField(value, { labelledBy, describedBy, label }) {
  return h("input", {
    class: "input input--time",
    type: "time",
    value,
    "aria-labelledby": labelledBy,
    "aria-describedby": describedBy,
    "aria-label": labelledBy ? null : label,
  });
}

/** @param {Drawing} drawing */
export function dateTimePicker({ scope, blockId, element, labelledBy, describedBy, change }) {
  const { session } = scope;
  const { tz, tz_label: zone } = session.workspace.me;
  const initial = scope.form.get(blockId, element);
  const at = initial ? wall(Number(initial), tz) : { date: null, time: "" };
  const node = h("span", {
    class: "datetime",
    role: "group",
    "aria-labelledby": labelledBy,
    data: marks(blockId, element),
  });
  const time = timeField(at.time, { describedBy, label: "Time" });
  const tell = () => {
    if (at.date && time.value) change(epoch(at.date, time.value, tz), node);
  };
  const date = dateField("Select a date", {
    session,
    describedBy,
    get: () => at.date,
    set: (picked) => {
      at.date = picked;
      tell();
    },
  });
  time.addEventListener("change", tell);
  node.append(date, time, h("span", { class: "hint" }, (zone || tz).replaceAll("_", " ")));
  return node;
}
