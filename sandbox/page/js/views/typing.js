/** "alex is typing…" under the composer. */
import { h } from "../base/dom.js";

const SHOWN_MS = 5000;

export class Typing {
  /** @param {import("../data/session.js").Session} session @param {string} channel */
  constructor(session, channel) {
    this.session = session;
    this.channel = channel;
    /** @type {Map<string, number>} */
    this.until = new Map();
    this.node = h("div", { class: "typing", "aria-hidden": "true" });
    const { workspace } = session;
    this.offs = [
      workspace.on(
        "typing",
        (push) => push.channel === channel && push.user !== workspace.me.id && this.#see(push.user),
      ),
      workspace.on("message", (event) => event.channel === channel && this.#gone(event.message.user)),
    ];
  }

  #see(user) {
    this.until.set(user, Date.now() + SHOWN_MS);
    setTimeout(() => this.#draw(), SHOWN_MS + 50);
    this.#draw();
  }

  #gone(user) {
    this.until.delete(user);
    this.#draw();
  }

  #draw() {
    const now = Date.now();
    const names = [...this.until]
      .filter(([, until]) => until > now)
      .map(([user]) => this.session.workspace.nameOf(user));
    this.node.textContent = !names.length
      ? ""
      : names.length > 2
        ? "Several people are typing…"
        : `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing…`;
  }

  stop() {
    for (const off of this.offs) off();
  }
}
