/** The pane next to the channel: one thread, and where to answer. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { Composer } from "./composer.js";
import { Stream } from "./stream.js";

export class ThreadPane {
  /** @param {import("../data/session.js").Session} session @param {string} channel @param {string} ts */
  constructor(session, channel, ts) {
    this.session = session;
    this.key = `${channel} ${ts}`;
    const { workspace } = session;
    this.conversation = workspace.conversation(channel);
    const record = workspace.channels.get(channel);
    const where = record.kind === "im" ? workspace.nameOf(record.im_user) : `#${record.name}`;
    const also = h("input", { type: "checkbox" });
    this.composer = new Composer(session, {
      channel,
      thread: ts,
      label: "Reply…",
      broadcast: () => also.checked,
      onSent: () => {
        also.checked = false;
        this.stream.timeline.toBottom();
      },
      onUp: () => this.stream.editLast(),
      above:
        record.kind === "im"
          ? null
          : h("label", { class: "composer__also" }, also, h("span", null, "Also send to ", where)),
    });
    this.stream = new Stream(session, {
      channel,
      inThread: true,
      label: `Thread in ${where}`,
      items: () => this.conversation.threads.get(ts) || [],
      mine: (message) => message.ts === ts || message.thread_ts === ts,
      onEdited: () => this.composer.focus(),
    });
    this.body = h(
      "div",
      { class: "thread__body" },
      h("p", { class: "loading", role: "status" }, "Loading the thread…"),
    );
    this.node = h(
      "aside",
      { class: "thread", "aria-label": `Thread in ${where}`, data: { region: "thread" }, tabIndex: -1 },
      h(
        "header",
        { class: "pane-head" },
        h(
          "button",
          {
            class: "icon-button pane-head__back",
            type: "button",
            "aria-label": "Back",
            on: { click: () => session.closeThread() },
          },
          icon("back"),
        ),
        h(
          "div",
          { class: "pane-head__titles" },
          h("h2", { class: "pane-head__title" }, "Thread"),
          h("span", { class: "pane-head__sub" }, where),
        ),
        h("span", { class: "pane-head__space" }),
        h(
          "button",
          {
            class: "icon-button thread__close",
            type: "button",
            "aria-label": "Close thread",
            title: "Close (Esc)",
            on: { click: () => session.closeThread() },
          },
          icon("close"),
        ),
      ),
      this.body,
      this.composer.node,
    );
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) session.closeThread();
    });
    this.#load(ts);
  }

  async #load(ts) {
    const answer = await this.conversation.openThread(ts);
    if (!answer.ok) return fill(this.body, h("p", { class: "loading", role: "alert" }, answer.message || answer.error));
    fill(this.body, this.stream.node);
    this.stream.draw();
    return undefined;
  }

  stop() {
    this.stream.stop();
  }
}
