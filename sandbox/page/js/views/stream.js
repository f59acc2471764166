/** A timeline with everything that moves over it: tools on hover and focus, keys, editing, the way back down. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { editBox } from "./edit_box.js";
import { messageKey, messageTools } from "./message_actions.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("../data/session.js").Session} Session */

export class Stream {
  /** @param {Session} session @param {ConstructorParameters<typeof Timeline>[1] & {channel: string, mine: (message: any) => boolean}} options
   *   `mine`: whether a message of the channel belongs in this list */
  constructor(session, options) {
    this.session = session;
    this.options = options;
    this.timeline = new Timeline(session, options);
    this.tools = null;
    this.down = h(
      "button",
      { class: "jump", type: "button", hidden: true, on: { click: () => this.timeline.toBottom() } },
      icon("down"),
      h("span", null, "Latest messages"),
    );
    this.node = h("div", { class: "stream" }, this.timeline.node, this.down);
    this.#listen();
  }

  draw() {
    this.timeline.draw();
  }

  stop() {
    this.timeline.stop();
    for (const off of this.silent) off();
  }

  #listen() {
    const { workspace } = this.session;
    const here = (event, run) => event.channel === this.options.channel && run(event);
    this.silent = [
      workspace.on("message", (event) => here(event, () => this.#take(event))),
      workspace.on("changed", (event) => here(event, () => this.#take(event))),
      workspace.on("deleted", (event) =>
        here(event, () => {
          this.#hide();
          this.timeline.remove(event.ts);
        }),
      ),
      this.session.on("edit", (event) => here(event, () => this.edit(event.ts))),
    ];
    const { node } = this.timeline;
    node.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.#over(event.target));
    node.addEventListener("pointerleave", () => this.#hide());
    node.addEventListener("focusin", (event) => this.#over(event.target));
    node.addEventListener("click", (event) => matchMedia("(hover: none)").matches && this.#over(event.target));
    node.addEventListener("keydown", (event) => this.#key(event));
    node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  #take({ message, fresh }) {
    if (!this.options.mine(message)) return;
    const bottom = this.timeline.atBottom;
    if (this.tools?.dataset.for === message.ts) this.#hide();
    this.timeline.refresh(message.ts);
    if (!fresh) return;
    if (bottom || message.user === this.session.workspace.me.id) this.timeline.toBottom();
    else this.down.hidden = false;
  }

  #scrolled() {
    this.#hide();
    if (this.timeline.atBottom) this.down.hidden = true;
    else if (this.timeline.node.scrollTop < -400) this.down.hidden = false;
  }

  /** Tools over the message under the pointer or with the focus. */
  #over(target) {
    if (target.closest(".msg-tools")) return;
    const row = target.closest(".msg");
    if (!row || row.classList.contains("is-editing") || row.dataset.ts === this.tools?.dataset.for) return;
    const message = this.timeline.messageAt(row);
    if (!message || message.subtype === "tombstone") return this.#hide();
    this.#hide();
    this.tools = messageTools(message, this.session, this.options.inThread);
    this.tools.dataset.for = message.ts;
    row.parentElement.after(this.tools);
    this.tools.style.setProperty("top", `${this.#above(row)}px`);
    return undefined;
  }

  /** Where the tools stand: over the upper edge of the message, or of what is in sight of it. */
  #above(row) {
    const list = this.timeline.list.getBoundingClientRect();
    const edge = this.timeline.node.getBoundingClientRect().top;
    return Math.max(row.getBoundingClientRect().top - 16, edge + 4) - list.top;
  }

  #hide() {
    // While one of its menus is open, or it has the focus, it stays.
    if (!this.tools || this.tools.querySelector('[aria-expanded="true"],:focus')) return;
    this.tools.remove();
    this.tools = null;
  }

  #key(event) {
    const row = event.target.classList.contains("msg") ? event.target : null;
    if (!row && event.target !== this.timeline.node) return;
    const move = { ArrowUp: -1, ArrowDown: 1, k: -1, j: 1 }[event.key];
    if (move) this.timeline.step(move);
    else if (event.key === "Home" || event.key === "End") this.timeline.end(event.key === "End");
    else {
      const message = row && this.timeline.messageAt(row);
      if (!message || !messageKey(event, row, message, this.session, this.options.inThread)) return;
    }
    event.preventDefault();
  }

  /** Edit a message in place. @param {string} ts */
  edit(ts) {
    const row = this.timeline.rows.get(ts);
    const message = row && this.options.items().find((one) => one.ts === ts);
    if (!message || row.querySelector(".edit")) return;
    this.#hide();
    editBox(row, message, this.session, () => {
      this.timeline.refresh(ts);
      this.options.onEdited?.();
    });
    row.scrollIntoView({ block: "nearest" });
  }

  /** Edit the newest message of the viewer. */
  editLast() {
    const { me } = this.session.workspace;
    const last = this.options.items().findLast((one) => one.user === me.id && !one.subtype && !one.is_ephemeral);
    if (last) this.edit(last.ts);
  }
}
