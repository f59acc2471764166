/** A list of messages that grows at both ends: the newest drawn at once, the others while the page is idle. */
import { fill, h } from "../base/dom.js";
import { dayLabel } from "../base/time.js";
import { authorKey, drawMessage, isNote } from "./message.js";
import { keepFocus } from "./keep_focus.js";

/** @typedef {import("../data/session.js").Session} Session */

const FIRST_ROWS = 16;
const CHUNK = 6;
const TOGETHER_SECONDS = 300;
const IDLE_MS = 6;

const idle = globalThis.requestIdleCallback
  ? (run) => requestIdleCallback(run, { timeout: 500 })
  : (run) => setTimeout(() => run({ timeRemaining: () => IDLE_MS }), 16);

export class Timeline {
  /**
   * @param {Session} session
   * @param {{items: () => any[], inThread: boolean, label: string, head?: () => Node|null, unreadFrom?: string|null,
   *   older?: () => Promise<any[]>}} options `older` loads what came before the first item
   */
  constructor(session, options) {
    this.session = session;
    this.options = options;
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    this.first = 0;
    this.top = h("div", { class: "timeline__top" });
    this.list = h("div", { class: "timeline__list", role: "group", "aria-label": options.label }, this.top);
    this.node = h("div", { class: "timeline", tabIndex: -1 }, this.list);
    this.stopped = false;
    this.watch = new IntersectionObserver(
      (entries) => entries.some((one) => one.isIntersecting) && this.#reachedTop(),
      { root: this.node, rootMargin: "1200px 0px 0px 0px" },
    );
    this.watch.observe(this.top);
  }

  /** Draw the newest rows now and go on with the others when there is time. */
  draw() {
    const all = this.options.items();
    this.rows.clear();
    this.first = Math.max(0, all.length - FIRST_ROWS);
    const rows = [];
    for (let index = this.first; index < all.length; index += 1) rows.push(this.#row(all, index));
    fill(this.list, this.top, rows);
    this.#head();
    this.#roving();
    this.#goOn();
  }

  stop() {
    this.stopped = true;
    this.watch.disconnect();
  }

  /** Whether the newest message is in sight. */
  get atBottom() {
    return this.node.scrollTop > -40;
  }

  toBottom() {
    this.node.scrollTop = 0;
  }

  /** Draw one message again, or for the first time. @param {string} ts */
  refresh(ts) {
    if (!this.rows.size) return this.draw();
    const all = this.#sync();
    const index = all.findIndex((one) => one.ts === ts);
    if (index < 0) return this.remove(ts);
    if (index < this.first) return this.#goOn();
    const old = this.rows.get(ts);
    if (old) {
      keepFocus(old, () => {
        const made = this.#row(all, index);
        old.replaceWith(made);
        return made;
      });
    } else {
      const made = this.#row(all, index);
      const after = all
        .slice(index + 1)
        .map((one) => this.rows.get(one.ts))
        .find(Boolean);
      this.list.insertBefore(made, after || null);
      // The count of replies stands above the first of them.
      if (this.options.inThread && index > 1) this.#redraw(all, 1);
      this.#redraw(all, index + 1);
    }
    this.#roving();
    return undefined;
  }

  /** @param {string} ts */
  remove(ts) {
    const row = this.rows.get(ts);
    if (!row) return;
    row.remove();
    this.rows.delete(ts);
    const all = this.#sync();
    const next = all.findIndex((one) => one.ts > ts);
    if (next >= 0) this.#redraw(all, next);
    this.#roving();
  }

  /** The message a node belongs to. @param {Element} node */
  messageAt(node) {
    const ts = node.closest("[data-ts]")?.dataset.ts;
    return ts ? this.options.items().find((one) => one.ts === ts) : undefined;
  }

  /** Move the focus by messages. @param {number} by */
  step(by) {
    const all = [...this.list.querySelectorAll(".msg")];
    const at = all.indexOf(document.activeElement?.closest(".msg"));
    const next = all[at < 0 ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + by))];
    this.#focus(next);
  }

  end(last) {
    this.#focus([...this.list.querySelectorAll(".msg")].at(last ? -1 : 0));
  }

  #focus(row) {
    if (!row) return;
    for (const one of this.list.querySelectorAll('.msg[tabindex="0"]')) one.tabIndex = -1;
    row.tabIndex = 0;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** One message at least can be reached with Tab: the newest. */
  #roving() {
    if (this.list.querySelector('.msg[tabindex="0"]')) return;
    const rows = this.list.querySelectorAll(".msg");
    if (rows.length) rows[rows.length - 1].tabIndex = 0;
  }

  #redraw(all, index) {
    const message = all[index];
    const old = message && this.rows.get(message.ts);
    if (old)
      keepFocus(old, () => {
        const made = this.#row(all, index);
        old.replaceWith(made);
        return made;
      });
  }

  #row(all, index) {
    const message = all[index];
    const before = all[index - 1];
    const { session, options } = this;
    const { tz } = session.workspace.me;
    const at = Number(message.ts);
    const label = dayLabel(at, tz, session.now());
    const newDay = !options.inThread && (!before || dayLabel(Number(before.ts), tz, session.now()) !== label);
    const isNew =
      options.unreadFrom &&
      message.ts > options.unreadFrom &&
      message.user !== session.workspace.me.id &&
      (!before || before.ts <= options.unreadFrom);
    const afterParent = options.inThread && index === 1;
    const compact = !newDay && !isNew && !afterParent && together(before, message);
    const row = h(
      "div",
      { class: "row" },
      newDay
        ? h("div", { class: "day", role: "separator", "aria-label": label }, h("span", { class: "day__label" }, label))
        : null,
      afterParent
        ? h(
            "div",
            { class: "replies-line", role: "separator" },
            h("span", null, `${all.length - 1} ${all.length === 2 ? "reply" : "replies"}`),
          )
        : null,
      isNew
        ? h("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, h("span", null, "New"))
        : null,
      drawn(message, session, { compact, inThread: options.inThread }),
    );
    this.rows.set(message.ts, row);
    return row;
  }

  /** All messages; `first` is where the drawn ones begin, whatever came or went before them. */
  #sync() {
    const all = this.options.items();
    const begin = all.findIndex((one) => this.rows.has(one.ts));
    this.first = begin < 0 ? all.length : begin;
    return all;
  }

  #goOn() {
    if (this.first > 0) idle((deadline) => this.#chunk(deadline));
  }

  #chunk(deadline) {
    if (this.stopped) return;
    const began = performance.now();
    while (this.first > 0 && deadline.timeRemaining() > 2 && performance.now() - began < IDLE_MS) this.#prepend();
    this.#goOn();
  }

  #prepend() {
    const all = this.#sync();
    const boundary = this.first;
    const from = Math.max(0, boundary - CHUNK);
    const made = [];
    for (let index = from; index < boundary; index += 1) made.push(this.#row(all, index));
    this.first = from;
    this.top.after(...made);
    this.#redraw(all, boundary);
    if (from === 0) {
      this.#head();
      // The top may be in sight already: look again.
      this.watch.unobserve(this.top);
      this.watch.observe(this.top);
    }
  }

  #head() {
    fill(this.top, this.first === 0 ? this.options.head?.() : null);
  }

  async #reachedTop() {
    if (this.first > 0 || this.loading || !this.options.older) return;
    this.loading = true;
    const added = await this.options.older();
    this.loading = false;
    if (this.stopped || !added.length) return this.#head();
    this.#redraw(this.#sync(), this.first);
    this.#goOn();
    return undefined;
  }
}

/** A message that cannot be drawn says so in its place: the channel is drawn all the same. */
function drawn(message, session, look) {
  try {
    return drawMessage(message, session, look);
  } catch (error) {
    console.warn(`message ${message.ts}:`, error);
    const text = `This page cannot show the message of ${message.ts}.`;
    return h("article", { class: "msg msg--note", tabIndex: -1, data: { ts: message.ts } }, text);
  }
}

function together(before, message) {
  if (
    !before ||
    isNote(before) ||
    isNote(message) ||
    message.subtype === "thread_broadcast"
  )
    return false;
  // What an app lays out in blocks stands for itself, with its name and time.
  if (message.bot_id && (message.blocks || message.attachments)) return false;
  return authorKey(before) === authorKey(message) && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
}
