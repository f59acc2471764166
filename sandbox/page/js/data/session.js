/** One person at one open page: the workspace, where they are in it, and what they have begun. */
import { Emitter } from "../base/emitter.js";

/** @typedef {{channel: string|null, tab: "messages"|"home"|"about", thread: string|null}} Place */

/** Emits `place` (moved), `profile` ({id, anchor}), `edit` ({channel, ts}). */
export class Session extends Emitter {
  /** @param {{workspace: import("./workspace.js").Workspace, api: import("./api.js").Api,
   *   connection: import("./connection.js").Connection, theme: import("../base/theme.js").Theme,
   *   switchUser: (id: string) => void}} parts */
  constructor({ workspace, api, connection, theme, switchUser }) {
    super();
    this.workspace = workspace;
    this.api = api;
    this.connection = connection;
    this.theme = theme;
    this.switchUser = switchUser;
    /** @type {Place} */
    this.place = { channel: null, tab: "messages", thread: null };
    /** Typed and chosen values by place of blocks. @type {Map<string, import("./forms.js").Form>} */
    this.forms = new Map();
    /** What is folded. @type {Map<string, boolean>} */
    this.folds = new Map();
    /** Unsent texts by composer. @type {Map<string, string>} */
    this.drafts = new Map();
  }

  /** The workspace's time, Unix seconds. */
  now() {
    return this.workspace.now();
  }

  /** @param {string} id */
  openChannel(id) {
    this.go({ channel: id, tab: "messages", thread: null });
  }

  /** @param {string} channel @param {string} ts the thread's parent */
  openThread(channel, ts) {
    this.go({ channel, tab: "messages", thread: ts });
  }

  closeThread() {
    this.go({ ...this.place, thread: null });
  }

  /** The app's own place; its direct message is opened when it does not exist yet. */
  async openApp(tab) {
    const { workspace } = this;
    const channel = workspace.appChannel?.id || (await this.#direct(workspace.app.bot_user_id));
    const wanted = tab || (workspace.app.home_tab ? "home" : "messages");
    if (channel) this.go({ channel, tab: wanted, thread: null });
  }

  /** The direct message with a person. @param {string} id */
  async openUser(id) {
    if (id === this.workspace.app.bot_user_id) return this.openApp("messages");
    const known = [...this.workspace.channels.values()].find((one) => one.kind === "im" && one.im_user === id);
    const channel = known?.id || (await this.#direct(id));
    if (channel) this.openChannel(channel);
    return undefined;
  }

  async #direct(id) {
    const answer = await this.api.post("open_im", { with: id });
    if (answer.ok && !this.workspace.channels.has(answer.channel)) {
      const channel = {
        id: answer.channel,
        name: this.workspace.nameOf(id),
        kind: "im",
        im_user: id,
        is_member: true,
        is_archived: false,
        topic: "",
        purpose: "",
        num_members: 2,
        members: [],
        unread: 0,
        last_read: "0",
      };
      this.workspace.channels.set(channel.id, channel);
      this.workspace.emit("channels");
    }
    return answer.ok ? answer.channel : null;
  }

  /** Go somewhere; the address bar follows, so that Back comes back. @param {Place} place */
  go(place) {
    const path = [place.channel, place.tab === "messages" ? null : place.tab, place.thread && `t/${place.thread}`];
    const hash = `#/${path.filter(Boolean).join("/")}`;
    if (location.hash === hash) this.arrive();
    else location.hash = hash;
  }

  /** Take the place from the address bar. */
  arrive() {
    const [channel, second, third] = location.hash.replace(/^#\/?/, "").split("/");
    const known = this.workspace.channels.has(channel) ? channel : null;
    const tab = second === "home" || second === "about" ? second : "messages";
    const before = this.place;
    this.place = { channel: known, tab, thread: known && second === "t" && third ? third : null };
    this.emit("place", { before });
  }

  showProfile(id, anchor) {
    this.emit("profile", { id, anchor });
  }
}
