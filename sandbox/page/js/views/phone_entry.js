/** One call, text or alert on a phone: what can still be acted on as a card, what is over as a line that unfolds. */
import { fragment, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { format, wall } from "../base/time.js";
import { link } from "../text/names.js";

/** @typedef {import("../data/session.js").Session} Session */
/** @typedef {(id: string, body: object) => void} Act */

const OVER = {
  completed: ["phone", "Call", ""],
  "no-answer": ["missed", "Missed call", "bad"],
  busy: ["missed", "Declined call", "bad"],
  failed: ["warning", "Failed call", "bad"],
  delivered: ["thread", "Text message", ""],
  undelivered: ["warning", "Text not delivered", "bad"],
  acknowledged: ["bell", "PagerDuty alert", "held"],
  resolved: ["bell", "PagerDuty alert", "good"],
};
const LIVE = new Set(["ringing", "in-progress", "triggered"]);

/** Whether something is to be done about it. */
export function isLive(entry) {
  return LIVE.has(entry.state);
}

/** @param {any} entry @param {Session} session @param {Act} act */
export function card(entry, session, act) {
  const made = { ringing, "in-progress": talking, triggered }[entry.state];
  return h(
    "li",
    { class: `phone-card phone-card--${entry.state}`, data: { entry: entry.id } },
    ...made(entry, session, act),
  );
}

/** @param {any} entry @param {Session} session @param {Map<string, boolean>} folds @param {boolean} newest */
export function line(entry, session, folds, newest) {
  const [sign, label, tone] = OVER[entry.state] || ["info", entry.state, ""];
  const open = folds.get(entry.id) ?? newest;
  const state = entry.kind === "alert" ? h("span", { class: `phone-state phone-state--${tone}` }, entry.state) : null;
  const details = h(
    "details",
    { class: `phone-line${tone ? ` phone-line--${tone}` : ""}`, open },
    h(
      "summary",
      { data: { action: entry.id } },
      icon(sign),
      h("span", { class: "phone-line__title" }, h("span", { class: "phone-line__label" }, label), state, marks(entry)),
      moment(entry, session),
      icon("chevron"),
    ),
    said(entry),
  );
  details.addEventListener("toggle", () => folds.set(entry.id, details.open));
  return h("li", { data: { entry: entry.id } }, details);
}

function ringing(entry, session, act) {
  return [
    head("phone", "Incoming call", entry, session),
    h("p", { class: "hint" }, `Fireline, ${number(entry.sender)}`),
    h(
      "div",
      { class: "phone-card__acts" },
      button(entry, act, { do: "answer" }, "Answer", "primary", "phone"),
      button(entry, act, { do: "decline" }, "Decline", "danger", "close"),
    ),
  ];
}

function talking(entry, session, act) {
  const press = entry.asks ? button(entry, act, { do: "press", digit: "1" }, "Press 1", "primary") : null;
  return [
    head("phone", "On the phone", entry, session),
    h("div", { class: "phone-card__acts" }, press, button(entry, act, { do: "hang_up" }, "Hang up", "danger")),
    said(entry),
  ];
}

function triggered(entry, session, act) {
  return [
    head("bell", "PagerDuty alert", entry, session),
    h("div", { class: "phone-card__acts" }, button(entry, act, { do: "acknowledge" }, "Acknowledge", "primary")),
    said(entry),
  ];
}

function head(sign, label, entry, session) {
  return h(
    "div",
    { class: "phone-card__head" },
    icon(sign),
    h("span", { class: "phone-line__title" }, h("strong", null, label), marks(entry)),
    moment(entry, session),
  );
}

/** The severity and the incident that the text names. */
function marks(entry) {
  return [
    entry.severity ? h("span", { class: `phone-mark phone-mark--${entry.severity}` }, entry.severity) : null,
    entry.incident ? h("span", { class: "phone-mark" }, entry.incident) : null,
  ];
}

function moment(entry, session) {
  const { tz } = session.workspace.me;
  const today = wall(entry.at, tz).date === wall(session.now(), tz).date;
  const shown = format(entry.at, tz, today ? "time" : "date_short");
  return h("time", { class: "phone-line__time", title: format(entry.at, tz, "full") }, shown);
}

/** What is heard or read, and what came after it. */
function said(entry) {
  const twice = entry.kind === "call" && entry.loops > 1 ? " (said twice)" : "";
  const after = [...entry.heard, entry.by ? `Acknowledged by ${entry.by}.` : ""].filter(Boolean);
  return h(
    "div",
    { class: "phone-said" },
    h("p", { class: `phone-said__text${entry.kind === "call" ? " phone-said__text--spoken" : ""}` }, [
      linked(entry.text),
      twice ? h("span", { class: "hint" }, twice) : null,
    ]),
    after.map((one) => h("p", { class: "phone-said__after" }, one)),
  );
}

function linked(text) {
  const parts = text.split(/(https?:\/\/\S+)/);
  return fragment(...parts.map((part) => (/^https?:/.test(part) ? link(part, "the link") : part)));
}

function button(entry, act, body, label, kind, sign) {
  return h(
    "button",
    {
      class: `button button--small button--${kind}`,
      type: "button",
      data: { action: `${entry.id} ${body.do}` },
      on: {
        click: (event) => {
          event.currentTarget.setAttribute("aria-busy", "true");
          act(entry.id, body);
        },
      },
    },
    sign ? icon(sign) : null,
    label,
  );
}

/** As people write a number of that country. @param {string} text */
export function number(text) {
  return text.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
}
