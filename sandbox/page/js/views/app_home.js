/** The app's Home tab, and what it says about itself. */
import { fill, h } from "../base/dom.js";
import { flame } from "../base/icons.js";
import { drawBlocks } from "../blocks/blocks.js";
import { containerKey, viewScope } from "../blocks/scope.js";
import { keepFocus } from "./keep_focus.js";

/** @typedef {import("../data/session.js").Session} Session */

/** The tabs of the app. @param {Session} session */
export function appTabs(session) {
  const { workspace } = session;
  const { app } = workspace;
  const names = { home: app.home_tab && "Home", messages: app.messages_tab && "Messages", about: "About" };
  const waiting = session.place.tab === "messages" ? 0 : workspace.appChannel?.unread;
  const tab = ([key, label]) =>
    h(
      "button",
      {
        class: "tab",
        type: "button",
        role: "tab",
        "aria-selected": String(session.place.tab === key),
        tabIndex: session.place.tab === key ? 0 : -1,
        data: { tab: key },
        on: { click: () => session.go({ ...session.place, tab: key, thread: null }) },
      },
      label,
      key === "messages" && waiting ? h("span", { class: "badge badge--loud" }, waiting) : null,
    );
  const bar = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": app.name },
    Object.entries(names)
      .filter(([, label]) => label)
      .map(tab),
  );
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = [...bar.children];
    if (by) all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
  });
  return bar;
}

export class HomeTab {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.body = h("div", { class: "home__body" }, h("p", { class: "loading", role: "status" }, "Opening Home…"));
    this.node = h("div", { class: "home", role: "tabpanel", "aria-label": "Home", tabIndex: 0 }, this.body);
    this.off = session.workspace.on("home", (view) => this.#draw(view));
    this.#open();
  }

  async #open() {
    const known = this.session.workspace.home;
    if (known) this.#draw(known);
    const answer = await this.session.api.post("home/open", { tab: "home" });
    if (!answer.ok) return fill(this.body, h("p", { class: "loading", role: "alert" }, answer.message || answer.error));
    if (this.session.workspace.home) return undefined;
    // The answer names the pictures as the app gave them; as the page may load them they come from /home.
    const shown = answer.view && (await this.session.api.get("home")).view;
    if (this.session.workspace.home) return undefined;
    return shown ? this.#draw(shown) : fill(this.body, this.#empty());
  }

  #empty() {
    const { app } = this.session.workspace;
    return h(
      "div",
      { class: "home__empty" },
      flame(),
      h("h3", null, `${app.name} has not published a Home yet`),
      h("p", null, app.connected ? "It will appear here as soon as it does." : "The app is not connected."),
    );
  }

  #draw(view) {
    const node = h(
      "div",
      { data: { container: containerKey({ type: "view", view_id: view.id }) } },
      drawBlocks(view.blocks, viewScope(this.session, view)),
    );
    keepFocus(this.body, () => {
      fill(this.body, node);
      return this.body;
    });
  }

  stop() {
    this.off();
  }
}

/** @param {Session} session */
export function aboutTab(session) {
  const { workspace } = session;
  const { app } = workspace;
  const user = workspace.users.get(app.bot_user_id);
  return h(
    "div",
    { class: "home", role: "tabpanel", "aria-label": "About", tabIndex: 0 },
    h(
      "div",
      { class: "home__body about-app" },
      h(
        "div",
        { class: "about-app__head" },
        h("span", { class: "avatar avatar--large avatar--app" }, flame()),
        h(
          "div",
          null,
          h("h3", null, app.name),
          h(
            "p",
            { class: "hint" },
            `@${user?.name || app.name} · ${app.connected ? "connected" : "not connected"} over ${app.transport === "http" ? "HTTP" : "Socket Mode"}`,
          ),
        ),
      ),
      h("h4", null, "Slash commands"),
      h(
        "dl",
        { class: "commands" },
        workspace.commands.map((one) => [
          h(
            "dt",
            null,
            h("code", { class: "code" }, one.command),
            " ",
            h("span", { class: "suggest__hint" }, one.usage_hint || ""),
          ),
          h("dd", null, one.description),
        ]),
      ),
      workspace.shortcuts.length
        ? [
            h("h4", null, "Shortcuts"),
            h(
              "dl",
              { class: "commands" },
              workspace.shortcuts.map((one) => [
                h("dt", null, one.name, " ", h("span", { class: "tag" }, one.type)),
                h("dd", null, one.description),
              ]),
            ),
          ]
        : null,
    ),
  );
}
