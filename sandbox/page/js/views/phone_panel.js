/** The phones of the four: what has reached each, the newest on top. */
import { fill, h } from "../base/dom.js";
import { toast } from "../overlays/toast.js";
import { avatar } from "./avatar.js";
import { keepFocus } from "./keep_focus.js";
import { panelFrame } from "./panels.js";
import { card, isLive, line, number } from "./phone_entry.js";

const MOST_LINES = 20;

export class PhonePanel {
  /** @param {import("../data/session.js").Session} session @param {import("../data/phones.js").Phones} phones @param {() => void} onClose */
  constructor(session, phones, onClose) {
    this.session = session;
    this.phones = phones;
    this.folds = new Map();
    this.body = h("div", { class: "panel__body" });
    const words = { sign: "phone", title: "Phones", closes: "Close the phones" };
    ({ node: this.node, close: this.close } = panelFrame(words, onClose, this.body));
    this.unlisten = phones.on("changed", () => this.draw());
    this.draw();
  }

  /** What rings first, else the way out. */
  focus() {
    (this.node.querySelector(".phone-card--ringing .button") || this.close).focus();
  }

  stop() {
    this.unlisten();
  }

  draw() {
    const active = this.body.contains(document.activeElement) ? document.activeElement : null;
    const held = active?.closest("[data-entry]")?.dataset.entry;
    keepFocus(this.body, () => {
      fill(
        this.body,
        this.phones.phones.map((one) => this.#phone(one)),
      );
      return this.body;
    });
    // A call that was answered has other buttons.
    if (held && !this.body.contains(document.activeElement))
      this.body.querySelector(`[data-entry="${held}"] :is(button, summary)`)?.focus({ preventScroll: true });
  }

  #phone({ person, number: digits, turn }) {
    const { workspace } = this.session;
    const user = workspace.users.get(person) || { id: person, real_name: person };
    const entries = this.phones.of(person);
    const over = entries.filter((one) => !isLive(one)).slice(0, MOST_LINES);
    const act = (id, body) => this.#act(id, body);
    const drawn = (one) => {
      if (isLive(one)) return card(one, this.session, act);
      return over.includes(one) ? line(one, this.session, this.folds, one === entries[0]) : null;
    };
    return h(
      "section",
      { class: "panel__part phone", "aria-label": `Phone of ${user.real_name}`, data: { person } },
      h(
        "header",
        { class: "phone__head" },
        avatar(user, "small"),
        h(
          "span",
          { class: "phone__who" },
          h("h3", null, user.real_name),
          h("span", { class: "hint" }, `${number(digits)}${entries.length ? "" : " · quiet"}`),
        ),
        turn ? h("span", { class: "tag" }, turn) : null,
      ),
      entries.length ? h("ol", { class: "phone__entries" }, entries.map(drawn)) : null,
    );
  }

  async #act(id, body) {
    const refused = await this.phones.act(id, body);
    if (refused) toast(refused, "error");
    await this.phones.read();
  }
}
