/** The whole page: rail of tools, sidebar, channel, thread; and the keys that work everywhere. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { Phones } from "../data/phones.js";
import { warnAt } from "../elements/act.js";
import { covered } from "../overlays/layers.js";
import { announce, toast } from "../overlays/toast.js";
import { messageWords } from "../text/plain.js";
import { banner } from "./banner.js";
import { ChannelPane } from "./channel_pane.js";
import { FaultPanel, offered } from "./fault_panel.js";
import { author } from "./message.js";
import { Modals } from "./modal.js";
import { Panels } from "./panels.js";
import { PhonePanel } from "./phone_panel.js";
import { profile } from "./profile.js";
import { ringingBar } from "./ringing.js";
import { Sidebar } from "./sidebar.js";
import { openSwitcher } from "./switcher.js";
import { ThreadPane } from "./thread.js";

export class Shell {
  /** @param {import("../data/session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.pane = null;
    this.thread = null;
    this.tools = h("div", { class: "sidebar__tools" }, this.#themeButton());
    this.sidebar = new Sidebar(session, { openSwitcher: () => openSwitcher(session), tools: this.tools });
    this.middle = h("div", { class: "shell__middle" });
    this.row = h("div", { class: "shell__row" }, this.sidebar.node, this.middle);
    this.node = h("div", { class: "shell" }, banner(session.connection), this.row);
    this.panels = new Panels(this.row, this.tools);
    this.modals = new Modals(session);
    this.#listen();
    this.#offerPanels();
    this.modals.restore();
  }

  #themeButton() {
    const { theme } = this.session;
    const node = h("button", { class: "icon-button icon-button--side", type: "button" });
    const draw = () => {
      const label = theme.dark ? "Use light colours" : "Use dark colours";
      node.setAttribute("aria-label", label);
      node.title = label;
      fill(node, icon(theme.dark ? "sun" : "moon"));
    };
    node.addEventListener("click", () => theme.toggle());
    theme.on("change", draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    draw();
    return node;
  }

  async #offerPanels() {
    const { session } = this;
    const phones = new Phones(session.workspace);
    const [faults] = await Promise.all([offered(), phones.read()]);
    if (faults)
      this.panels.offer("beaker", "Pipeline: inject a fault", (close) => new FaultPanel(session, faults, close));
    if (phones.there) this.#offerPhones(phones);
  }

  #offerPhones(phones) {
    const { workspace } = this.session;
    const button = this.panels.offer("phone", "Phones", (close) => new PhonePanel(this.session, phones, close));
    const isShown = () => this.panels.shows(button);
    const bar = ringingBar(phones, (id) => workspace.users.get(id)?.real_name || id, isShown, () =>
      this.panels.toggle(button),
    );
    this.panels.on("changed", bar.draw);
    this.row.before(bar.node);
    bar.draw();
  }

  #listen() {
    const { session } = this;
    const { workspace } = session;
    session.on("place", () => this.#place());
    session.on("profile", ({ id, anchor }) => profile(anchor, id, session));
    workspace.on("failed", (push) => this.#failed(push));
    workspace.on("toast", (push) => toast(push.message));
    workspace.on("message", (event) => this.#announce(event));
    workspace.on("channels", () => this.#title());
    this.hashed = () => session.arrive();
    this.keyed = (event) => this.#key(event);
    addEventListener("hashchange", this.hashed);
    document.addEventListener("keydown", this.keyed);
  }

  /** Draw where the person is now. */
  #place() {
    const { channel, tab, thread } = this.session.place;
    const narrow = matchMedia("(max-width: 640px)").matches;
    if (!channel && !narrow) return this.#first();
    this.node.dataset.view = thread ? "thread" : channel ? "channel" : "list";
    const key = channel && `${channel} ${tab}`;
    const moved = key !== this.pane?.key;
    if (moved) {
      this.pane?.stop();
      this.pane = channel ? new ChannelPane(this.session, channel, tab) : null;
    }
    const threadKey = thread && `${channel} ${thread}`;
    const before = this.thread;
    if (threadKey !== (before?.key ?? null)) {
      before?.stop();
      this.thread = thread ? new ThreadPane(this.session, channel, thread) : null;
    }
    this.#put([this.pane?.node, this.thread?.node].filter(Boolean));
    // On a touch screen the focus would bring up the keyboard over what was opened.
    const typing = matchMedia("(hover: hover)").matches;
    if (this.thread && this.thread !== before) (typing ? this.thread.composer : this.thread.node).focus();
    else if (typing && (moved || (before && !this.thread))) this.pane?.focus();
    this.#title();
    return undefined;
  }

  /** Put these panes into the middle, without moving one that is there already. */
  #put(nodes) {
    for (const child of [...this.middle.children]) if (!nodes.includes(child)) child.remove();
    for (const node of nodes) if (node.parentNode !== this.middle) this.middle.append(node);
  }

  /** With room for it, some channel is always shown. */
  #first() {
    const channels = [...this.session.workspace.channels.values()].filter((one) => one.is_member);
    const first =
      channels.find((one) => one.kind !== "im" && one.unread) ||
      channels.find((one) => one.kind !== "im") ||
      channels[0];
    if (first) {
      history.replaceState(null, "", `#/${first.id}`);
      this.session.arrive();
    }
  }

  #title() {
    const { workspace, place } = this.session;
    const unread = [...workspace.channels.values()].filter(
      (one) => one.unread && (one.kind === "im" || one.mention),
    ).length;
    const record = workspace.channels.get(place.channel);
    const where = record ? `${record.kind === "im" ? "" : "#"}${record.name} · ` : "";
    document.title = `${unread ? `(${unread}) ` : ""}${where}${workspace.team.name}`;
  }

  #failed({ where, message }) {
    if (where.kind === "submit") this.modals.failed(where.view_id, message);
    else if (where.kind === "action") warnAt(where, message);
    else if (where.kind === "shortcut") toast(message, "error");
  }

  /** New messages are read out where the person is; elsewhere only those that are for them. */
  #announce({ channel, message, fresh }) {
    const { workspace, place } = this.session;
    if (!fresh || message.user === workspace.me.id || channel !== place.channel) return;
    announce(`${author(message, this.session).name}: ${messageWords(message, this.session)}`.slice(0, 400));
  }

  #key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!covered()) openSwitcher(this.session);
    } else if (event.key === "F6" && !covered()) {
      event.preventDefault();
      this.#nextRegion(event.shiftKey ? -1 : 1);
    }
  }

  /** F6 goes from part to part of the page. */
  #nextRegion(by) {
    const all = [...this.node.querySelectorAll("[data-region]")].filter((one) => one.getClientRects().length);
    const at = all.findIndex((one) => one.contains(document.activeElement));
    all[(at + by + all.length) % all.length]?.focus();
  }

  stop() {
    this.pane?.stop();
    this.thread?.stop();
    this.panels.stop();
    removeEventListener("hashchange", this.hashed);
    document.removeEventListener("keydown", this.keyed);
  }
}
