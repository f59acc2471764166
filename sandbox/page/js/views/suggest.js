/** The list of suggestions above a text field; the focus stays in the field. */
import { fill, freshId, h } from "../base/dom.js";
import { commandOf, suggestions } from "./suggest_sources.js";

export class Suggest {
  /** @param {HTMLTextAreaElement} field @param {import("../data/session.js").Session} session */
  constructor(field, session) {
    this.field = field;
    this.session = session;
    this.found = [];
    this.active = 0;
    this.dismissed = "";
    this.id = freshId("suggest");
    this.list = h("div", { class: "suggest__list", role: "listbox", id: this.id, "aria-label": "Suggestions" });
    this.hint = h("div", { class: "suggest__command", role: "status" });
    this.node = h("div", { class: "suggest", hidden: true }, this.hint, this.list);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.id);
    field.addEventListener("input", () => this.update());
    field.addEventListener("click", () => this.update());
    field.addEventListener(
      "keyup",
      (event) => ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key) && this.update(),
    );
    field.addEventListener("blur", () => this.close());
    field.addEventListener("focus", () => this.update());
  }

  get open() {
    return this.found.length > 0;
  }

  update() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    if (this.dismissed !== before) this.dismissed = "";
    const found =
      this.dismissed || this.field.selectionStart !== this.field.selectionEnd ? [] : suggestions(before, this.session);
    const same = found.length === this.found.length && found.every((one, index) => one.text === this.found[index].text);
    this.found = found;
    if (!same) this.active = 0;
    this.#draw(same);
  }

  close() {
    this.found = [];
    this.#draw(false);
  }

  #draw(same) {
    const command = commandOf(this.field.value, this.session);
    const hint = !this.found.length && command && document.activeElement === this.field ? command : null;
    this.node.hidden = !this.found.length && !hint;
    fill(
      this.hint,
      hint
        ? [
            h("strong", null, hint.command),
            " ",
            h("span", { class: "suggest__hint" }, hint.usage_hint || ""),
            h("span", { class: "suggest__detail" }, hint.description),
          ]
        : null,
    );
    this.hint.hidden = !hint;
    this.list.hidden = !this.found.length;
    if (!same || !this.found.length)
      fill(
        this.list,
        this.found.map((one, index) => this.#option(one, index)),
      );
    this.#mark();
  }

  #option(one, index) {
    return h(
      "div",
      {
        class: "suggest__option",
        role: "option",
        id: `${this.id}-${index}`,
        on: {
          pointerdown: (event) => {
            event.preventDefault();
            this.take(index);
          },
          pointermove: () => this.#move(index),
        },
      },
      one.mark,
      h(
        "span",
        { class: "suggest__text" },
        h("span", { class: "suggest__label" }, one.label),
        one.detail ? h("span", { class: "suggest__detail" }, one.detail) : null,
      ),
    );
  }

  #move(index) {
    if (index === this.active) return;
    this.active = index;
    this.#mark();
  }

  #mark() {
    [...this.list.children].forEach((one, index) => {
      one.setAttribute("aria-selected", String(index === this.active));
      if (index === this.active) one.scrollIntoView({ block: "nearest" });
    });
    if (this.found.length) this.field.setAttribute("aria-activedescendant", `${this.id}-${this.active}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  /** Put a suggestion into the text. @param {number} index */
  take(index) {
    const one = this.found[index];
    const caret = this.field.selectionStart;
    this.field.setRangeText(one.text, one.from, caret, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Keys while suggestions are shown; true if the key was for them. @param {KeyboardEvent} event */
  key(event) {
    if (!this.open) return false;
    const count = this.found.length;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      this.active = (this.active + (key === "ArrowDown" ? 1 : -1) + count) % count;
      this.#mark();
    } else if (key === "Escape") {
      this.dismissed = this.field.value.slice(0, this.field.selectionStart);
      this.close();
    } else if ((key === "Enter" && !event.shiftKey) || key === "Tab") {
      // A command typed in full is sent, not completed again.
      if (key === "Enter" && this.found[this.active].text.trim() === this.field.value.trim()) return false;
      this.take(this.active);
    } else return false;
    event.preventDefault();
    return true;
  }
}
