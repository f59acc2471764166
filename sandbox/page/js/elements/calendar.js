/** A month to choose a day from; arrows move by day and week, Page Up and Down by month. Dates are `YYYY-MM-DD`. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";

const DAY = 86400000;
const HEADS = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

const parse = (date) => Date.parse(`${date}T00:00:00Z`);
const write = (at) => new Date(at).toISOString().slice(0, 10);
const long = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
const short = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });

/** "Nov 21, 2026". @param {string} date */
export function writtenDate(date) {
  return short.format(parse(date));
}

/** @param {string|null} chosen @param {string} today @param {(date: string) => void} pick */
export function calendar(chosen, today, pick) {
  let focused = parse(chosen || today);
  const title = h("h3", { class: "calendar__title", "aria-live": "polite" });
  const body = h("div", { class: "calendar__days", role: "grid", on: { keydown: keys } });
  const turn = (months) =>
    h(
      "button",
      {
        class: "icon-button",
        type: "button",
        "aria-label": months < 0 ? "Previous month" : "Next month",
        on: {
          click: () => {
            focused = addMonths(focused, months);
            draw();
          },
        },
      },
      icon(months < 0 ? "back" : "chevron"),
    );
  const node = h(
    "div",
    { class: "calendar" },
    h("div", { class: "calendar__head" }, turn(-1), title, turn(1)),
    body,
    h(
      "button",
      { class: "button button--small calendar__today", type: "button", on: { click: () => pick(today) } },
      "Today",
    ),
  );

  function day(at, inMonth) {
    const date = write(at);
    return h(
      "button",
      {
        class: `calendar__day${inMonth ? "" : " is-outside"}${date === today ? " is-today" : ""}`,
        type: "button",
        role: "gridcell",
        tabIndex: at === focused ? 0 : -1,
        "aria-label": long.format(at),
        "aria-selected": String(date === chosen),
        data: { date },
        on: { click: () => pick(date) },
      },
      String(new Date(at).getUTCDate()),
    );
  }

  function draw() {
    const first = new Date(focused);
    first.setUTCDate(1);
    title.textContent = month.format(focused);
    const start = first.getTime() - first.getUTCDay() * DAY;
    const weeks = [];
    for (let week = 0; week < 6; week += 1) {
      const days = HEADS.map((_, index) => start + (week * 7 + index) * DAY);
      if (week > 3 && days.every((at) => new Date(at).getUTCMonth() !== first.getUTCMonth())) break;
      weeks.push(
        h(
          "div",
          { class: "calendar__week", role: "row" },
          days.map((at) => day(at, new Date(at).getUTCMonth() === first.getUTCMonth())),
        ),
      );
    }
    fill(
      body,
      h(
        "div",
        { class: "calendar__week", role: "row" },
        HEADS.map((name) => h("span", { class: "calendar__name", role: "columnheader" }, name)),
      ),
      weeks,
    );
  }

  function keys(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (by) focused += by * DAY;
    else if (event.key === "PageUp" || event.key === "PageDown")
      focused = addMonths(focused, event.key === "PageUp" ? -1 : 1);
    else return;
    event.preventDefault();
    draw();
    focus();
  }

  function focus() {
    body.querySelector('[tabindex="0"]')?.focus();
  }

  draw();
  return { node, focus };
}

/** The same day some months on, or the month's last. */
function addMonths(at, months) {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}
