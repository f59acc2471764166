/**
 * The modals of the app: a stack of at most three, of which the topmost is shown.
 * https://docs.slack.dev/surfaces/modals
 */
import { fill, freshId, h } from "../base/dom.js";
import { flame, icon } from "../base/icons.js";
import { drawBlocks } from "../blocks/blocks.js";
import { controlOf, showError } from "../blocks/input.js";
import { containerKey, viewScope } from "../blocks/scope.js";
import { lay } from "../overlays/layers.js";
import { plainText } from "../text/mrkdwn.js";
import { focusables } from "../base/dom.js";
import { keepFocus } from "./keep_focus.js";

export class Modals {
  /** @param {import("../data/session.js").Session} session */
  constructor(session) {
    this.session = session;
    /** @type {any[]} */
    this.stack = [];
    this.layer = null;
    const { workspace } = session;
    workspace.on("view_opened", ({ view }) => {
      this.stack = [view];
      this.#show();
    });
    workspace.on("view_pushed", ({ view }) => {
      this.stack.push(view);
      this.#show();
    });
    workspace.on("view_updated", ({ view }) => this.#updated(view));
    workspace.on("view_closed", ({ depth }) => {
      this.stack = this.stack.slice(0, depth);
      this.#show();
    });
    workspace.on("view_errors", ({ view_id: id, errors }) => this.#errors(id, errors));
  }

  /** The stack as the server knows it, after the page was loaded again. */
  async restore() {
    const answer = await this.session.api.get("views");
    if (!answer.ok) return;
    this.stack = answer.stack;
    this.#show();
  }

  /** A submit the app did not answer. @param {string} viewId @param {string} message */
  failed(viewId, message) {
    if (viewId !== this.view?.id) return;
    this.#waiting(false);
    fill(this.trouble, icon("warning"), h("span", null, message));
    this.trouble.hidden = false;
  }

  get view() {
    return this.stack.at(-1);
  }

  #updated(view) {
    this.stack = this.stack.map((one) => (one.id === view.id ? view : one));
    if (view.id === this.view?.id) this.#show(true);
  }

  #show(same = false) {
    if (!this.view) {
      this.layer?.close();
      this.layer = null;
      return;
    }
    if (!this.layer) this.#open();
    const top = same ? this.body.scrollTop : 0;
    if (same)
      keepFocus(this.box, () => {
        this.#fill();
        return this.box;
      });
    else this.#fill();
    this.body.scrollTop = top;
    if (!same || !this.box.contains(document.activeElement)) this.#focus();
  }

  #open() {
    this.box = h("div", { class: "dialog dialog--view", role: "dialog", "aria-modal": "true", tabIndex: -1 });
    this.scrim = h("div", { class: "scrim" }, this.box);
    this.layer = lay(this.scrim, { modal: true, onEscape: () => this.#close(true) });
  }

  #fill() {
    const { view, session } = this;
    const { app } = session.workspace;
    const id = freshId("modal");
    this.box.setAttribute("aria-labelledby", id);
    this.body = h(
      "div",
      { class: "dialog__body", data: { container: containerKey({ type: "view", view_id: view.id }) } },
      drawBlocks(view.blocks, viewScope(session, view)),
    );
    this.trouble = h("div", { class: "dialog__trouble", role: "alert", hidden: true });
    this.submit =
      view.submit || view.blocks.some((one) => one.type === "input")
        ? h("button", { class: "button button--primary", type: "submit" }, plainText(view.submit?.text || "Submit"))
        : null;
    const deep = this.stack.length > 1;
    const form = h(
      "form",
      {
        class: "dialog__form",
        novalidate: true,
        on: {
          submit: (event) => {
            event.preventDefault();
            this.#submit();
          },
        },
      },
      h(
        "div",
        { class: "dialog__head" },
        deep
          ? h(
              "button",
              { class: "icon-button", type: "button", "aria-label": "Back", on: { click: () => this.#close(false) } },
              icon("back"),
            )
          : h("span", { class: "avatar avatar--medium avatar--app", "aria-hidden": "true" }, flame()),
        h(
          "h2",
          { class: "dialog__title", id },
          plainText(view.title.text),
          h("span", { class: "sr-only" }, `, ${app.name}`),
        ),
        h(
          "button",
          {
            class: "icon-button dialog__close",
            type: "button",
            "aria-label": "Close",
            on: { click: () => this.#close(true) },
          },
          icon("close"),
        ),
      ),
      this.body,
      this.trouble,
      this.submit || view.close
        ? h(
            "div",
            { class: "dialog__foot" },
            h(
              "button",
              { class: "button", type: "button", on: { click: () => this.#close(false) } },
              plainText(view.close?.text || (this.submit ? "Cancel" : "Close")),
            ),
            this.submit,
          )
        : null,
    );
    fill(this.box, form);
    this.scrim.dataset.depth = String(this.stack.length);
  }

  /** The element that asks for the focus, else the first field, else the dialog itself. */
  #focus() {
    const wanted = this.view.blocks.flatMap((one) =>
      [one.element, one.accessory, ...(one.elements || [])]
        .filter((element) => element?.focus_on_load)
        .map((element) => [one.block_id, element.action_id]),
    )[0];
    const marked =
      wanted &&
      [...this.body.querySelectorAll("[data-action]")].find(
        (one) => one.dataset.block === wanted[0] && one.dataset.action === wanted[1],
      );
    const field = marked || [...this.body.querySelectorAll(".field")].map(controlOf).find(Boolean);
    const target = field && (field.matches("input,textarea,button,a") ? field : focusables(field)[0]);
    (target || this.box).focus();
  }

  #waiting(on) {
    this.box.setAttribute("aria-busy", String(on));
    if (!this.submit) return;
    this.submit.disabled = on;
    this.submit.classList.toggle("is-busy", on);
  }

  async #submit() {
    if (!this.submit || this.submit.disabled) return;
    const { view } = this;
    this.trouble.hidden = true;
    for (const field of this.body.querySelectorAll(".field")) showError(field, null);
    this.#waiting(true);
    const answer = await this.session.api.post("view/submit", {
      view_id: view.id,
      state: viewScope(this.session, view).form.changed(),
    });
    if (this.view?.id !== view.id) return;
    this.#waiting(false);
    if (!answer.ok) this.failed(view.id, answer.message || answer.error);
  }

  #errors(id, errors) {
    if (id !== this.view?.id) return;
    this.#waiting(false);
    const wrong = [];
    for (const block of this.body.querySelectorAll(".block--input")) {
      const text = errors[block.dataset.blockId];
      const field = block.querySelector(".field");
      showError(field, text || null);
      if (text) wrong.push(field);
    }
    if (wrong.length) {
      controlOf(wrong[0])?.focus();
      wrong[0].scrollIntoView({ block: "center" });
    }
  }

  /** The close button closes one view; the X and Esc close them all. */
  async #close(all) {
    const { view } = this;
    const answer = await this.session.api.post("view/close", { view_id: view.id, all });
    if (answer.ok || this.view?.id !== view.id) return;
    // The server does not know it any more: nothing will be pushed for it.
    this.stack = [];
    this.#show();
  }
}
