/** The list on the left: the workspace, its channels, direct messages, and the app. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { avatar, presence } from "./avatar.js";
import { userMenu } from "./user_menu.js";

/** @typedef {import("../data/session.js").Session} Session */

export class Sidebar {
  /** @param {Session} session @param {{openSwitcher: () => void, tools: HTMLElement}} options */
  constructor(session, { openSwitcher, tools }) {
    this.session = session;
    const { workspace } = session;
    this.lists = h("div", { class: "sidebar__lists", on: { keydown: (event) => this.#key(event) } });
    const me = h(
      "button",
      {
        class: "me",
        type: "button",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "aria-label": `You are ${workspace.me.real_name}. Switch user`,
        title: "Switch user",
      },
      h("span", { class: "me__face" }, avatar(workspace.me, "medium"), presence(session, workspace.me.id)),
      h(
        "span",
        { class: "me__text" },
        h("span", { class: "me__name" }, workspace.me.real_name),
        h("span", { class: "me__zone" }, workspace.me.tz_label.replaceAll("_", " ")),
      ),
      icon("down"),
    );
    me.addEventListener("click", () => userMenu(me, session));
    this.node = h(
      "nav",
      { class: "sidebar", "aria-label": "Channels and direct messages", data: { region: "sidebar" }, tabIndex: -1 },
      h(
        "header",
        { class: "sidebar__head" },
        h(
          "h1",
          { class: "sidebar__team" },
          h("span", { class: "sidebar__mark", "aria-hidden": "true" }, workspace.team.name[0]),
          h("span", { class: "sidebar__name" }, workspace.team.name),
        ),
        tools,
      ),
      h(
        "button",
        { class: "jump-to", type: "button", on: { click: openSwitcher } },
        icon("search"),
        h("span", null, "Jump to…"),
        h("kbd", null, /Mac|iPhone/.test(navigator.platform) ? "⌘K" : "Ctrl K"),
      ),
      this.lists,
      h("footer", { class: "sidebar__foot" }, me),
    );
    workspace.on("channels", () => this.draw());
    session.on("place", () => this.draw());
    this.draw();
  }

  draw() {
    const held = this.lists.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const { workspace } = this.session;
    const all = [...workspace.channels.values()].filter((one) => !one.is_archived);
    const byName = (one, other) => one.name.localeCompare(other.name);
    const channels = all.filter((one) => one.kind !== "im" && one.is_member).sort(byName);
    const others = all.filter((one) => one.kind === "channel" && !one.is_member).sort(byName);
    const direct = all
      .filter((one) => one.kind === "im" && one.im_user !== workspace.app.bot_user_id && one.im_user !== "USLACKBOT")
      .sort(byName);
    const strangers = workspace.humans.filter(
      (one) => one.id !== workspace.me.id && !direct.some((im) => im.im_user === one.id),
    );
    fill(
      this.lists,
      this.#section(
        "Channels",
        channels.map((one) => this.#channel(one)),
      ),
      others.length
        ? this.#section(
            "More channels",
            others.map((one) => this.#channel(one)),
          )
        : null,
      this.#section("Direct messages", [
        ...direct.map((one) => this.#person(one.im_user, one)),
        ...strangers.map((one) => this.#person(one.id, null)),
      ]),
      this.#section("Apps", [this.#app()]),
    );
    if (held) this.lists.querySelector(`[data-key="${held}"]`)?.focus({ preventScroll: true });
  }

  #section(title, items) {
    const key = `section ${title}`;
    const { folds } = this.session;
    const details = h(
      "details",
      { class: "section-list", open: !folds.get(key) },
      h("summary", { class: "section-list__title" }, icon("chevron"), h("h2", null, title)),
      h(
        "ul",
        null,
        items.map((one) => h("li", null, one)),
      ),
    );
    details.addEventListener("toggle", () => folds.set(key, !details.open));
    return details;
  }

  #item({ key, mark, name, record, open, label }) {
    const here = record && record.id === this.session.place.channel;
    const unread = here ? 0 : record?.unread || 0;
    const loud = unread && (record.kind === "im" || record.mention);
    const words = `${label || name}${unread ? `, ${unread} unread${loud ? ", mentions you" : ""}` : ""}`;
    return h(
      "button",
      {
        class: `side-item${unread ? " side-item--unread" : ""}${here ? " side-item--here" : ""}`,
        type: "button",
        "aria-current": here ? "page" : null,
        "aria-label": words,
        data: { key },
        on: { click: open },
      },
      h("span", { class: "side-item__mark" }, mark),
      h("span", { class: "side-item__name" }, name),
      unread
        ? h(
            "span",
            { class: `badge${loud ? " badge--loud" : ""}`, "aria-hidden": "true" },
            unread > 99 ? "99+" : unread,
          )
        : null,
    );
  }

  #channel(record) {
    return this.#item({
      key: record.id,
      mark: icon(record.kind === "private" ? "lock" : "hash"),
      name: record.name,
      record,
      label: `${record.kind === "private" ? "private channel" : "channel"} ${record.name}`,
      open: () => this.session.openChannel(record.id),
    });
  }

  #person(id, record) {
    const user = this.session.workspace.users.get(id) || { id, real_name: id };
    return this.#item({
      key: id,
      mark: [avatar(user, "tiny"), presence(this.session, id)],
      name: this.session.workspace.nameOf(id),
      record,
      open: () => this.session.openUser(id),
    });
  }

  #app() {
    const { workspace } = this.session;
    const user = workspace.users.get(workspace.app.bot_user_id) || { id: workspace.app.bot_user_id, is_bot: true };
    const label = `${workspace.app.name}, app, ${workspace.app.connected ? "active" : "away"}`;
    return this.#item({
      key: "app",
      mark: [avatar({ ...user, is_bot: true }, "tiny"), presence(this.session, user.id)],
      name: workspace.app.name,
      record: workspace.appChannel,
      label,
      open: () => this.session.openApp(),
    });
  }

  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const all = [...this.lists.querySelectorAll("button,summary")].filter((one) => one.getClientRects().length);
    const at = all.indexOf(document.activeElement);
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
  }
}
