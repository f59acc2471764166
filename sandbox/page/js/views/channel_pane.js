/** The middle of the page: one channel or direct message, or a tab of the app. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { toast } from "../overlays/toast.js";
import { aboutTab, appTabs, HomeTab } from "./app_home.js";
import { avatar } from "./avatar.js";
import { Composer } from "./composer.js";
import { header } from "./header.js";
import { Stream } from "./stream.js";

const READ_DELAY = 400;

/** @typedef {import("../data/session.js").Session} Session */

export class ChannelPane {
  /** @param {Session} session @param {string} channel @param {"messages"|"home"|"about"} tab */
  constructor(session, channel, tab) {
    this.session = session;
    this.channel = channel;
    this.key = `${channel} ${tab}`;
    this.parts = [];
    const record = session.workspace.channels.get(channel);
    const isApp = record.im_user === session.workspace.app.bot_user_id;
    this.body = h("div", { class: "pane__body" });
    this.node = h(
      "main",
      {
        class: "pane",
        id: "main",
        "aria-label": record.kind === "im" ? `Conversation with ${record.name}` : `Channel ${record.name}`,
        data: { region: "main", channel },
        tabIndex: -1,
      },
      header(session, record),
      isApp ? appTabs(session) : null,
      this.body,
    );
    if (isApp && tab === "home") this.#tab(new HomeTab(session));
    else if (isApp && tab === "about") fill(this.body, aboutTab(session));
    else this.#messages(record, isApp);
  }

  #tab(home) {
    this.parts.push(home);
    fill(this.body, home.node);
  }

  async #messages(record, isApp) {
    const { session } = this;
    this.conversation = session.workspace.conversation(this.channel);
    if (!this.conversation.loaded) {
      fill(this.body, h("p", { class: "loading", role: "status" }, "Loading messages…"));
      const answer = await this.conversation.open();
      if (!answer.ok)
        return fill(
          this.body,
          h(
            "div",
            { class: "loading", role: "alert" },
            h("p", null, answer.message || answer.error),
            h(
              "button",
              { class: "button", type: "button", on: { click: () => this.#messages(record, isApp) } },
              "Try again",
            ),
          ),
        );
      if (this.stopped) return undefined;
    }
    if (isApp) session.api.post("home/open", { tab: "messages" });
    this.#drawMessages(record);
    return undefined;
  }

  #drawMessages(record) {
    const { session, conversation } = this;
    this.stream = new Stream(session, {
      channel: this.channel,
      inThread: false,
      label: "Messages",
      items: () => conversation.messages,
      older: () => conversation.older(),
      mine: (message) =>
        !message.thread_ts || message.thread_ts === message.ts || message.subtype === "thread_broadcast",
      unreadFrom: record.unread ? record.last_read : null,
      head: () =>
        conversation.hasMore ? h("p", { class: "loading" }, "Loading older messages…") : intro(session, record),
      onEdited: () => this.composer?.focus(),
    });
    this.composer = new Composer(session, {
      channel: this.channel,
      thread: null,
      label: `Message ${record.kind === "im" ? record.name : `#${record.name}`}`,
      onUp: () => this.stream.editLast(),
      onSent: () => this.stream.timeline.toBottom(),
    });
    this.parts.push(this.stream);
    this.foot = h("div", { class: "pane__foot" });
    fill(this.body, this.stream.node, this.foot);
    this.#foot();
    this.parts.push({ stop: session.workspace.on("channels", () => this.#foot()) });
    this.stream.draw();
    this.#watchRead();
    if (this.wanted) this.focus();
  }

  /** The composer, or why there is none. */
  #foot() {
    const record = this.session.workspace.channels.get(this.channel);
    const state = record.is_archived ? "archived" : record.is_member ? "member" : "stranger";
    if (this.footState === state) return;
    this.footState = state;
    if (state === "member") return fill(this.foot, this.composer.node);
    const join = async () => {
      const answer = await this.session.api.post("join", { channel: this.channel });
      if (!answer.ok) toast(answer.message || answer.error, "error");
    };
    return fill(
      this.foot,
      h(
        "div",
        { class: "join" },
        state === "archived"
          ? h("p", null, "This channel is archived.")
          : [
              h("p", null, icon("hash"), h("strong", null, record.name)),
              h("button", { class: "button button--primary", type: "button", on: { click: join } }, "Join channel"),
            ],
      ),
    );
  }

  /** What is in sight at the bottom counts as read while the window has the focus. */
  #watchRead() {
    let timer = 0;
    const read = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#read(), READ_DELAY);
    };
    const off = this.session.workspace.on("message", (event) => event.channel === this.channel && read());
    addEventListener("focus", read);
    this.stream.timeline.node.addEventListener("scroll", read, { passive: true });
    this.parts.push({
      stop: () => {
        clearTimeout(timer);
        off();
        removeEventListener("focus", read);
      },
    });
    read();
  }

  #read() {
    const record = this.session.workspace.channels.get(this.channel);
    const last = this.conversation.messages.findLast((one) => !one.is_ephemeral);
    if (!last || !record.unread || document.hidden || !this.stream.timeline.atBottom) return;
    record.last_read = last.ts;
    record.unread = 0;
    record.mention = false;
    this.session.workspace.emit("channels");
    this.session.api.post("read", { channel: this.channel, ts: last.ts });
  }

  /** Take the focus, now or as soon as the messages are there. */
  focus() {
    this.wanted = !this.composer;
    if (this.composer) this.composer.focus();
    else this.node.focus();
  }

  stop() {
    this.stopped = true;
    for (const part of this.parts) typeof part.stop === "function" && part.stop();
  }
}

/** The beginning of a conversation. */
function intro(session, record) {
  const { workspace } = session;
  if (record.kind === "im") {
    const user = workspace.users.get(record.im_user) || { id: record.im_user, real_name: record.name };
    return h(
      "div",
      { class: "intro" },
      avatar(user, "large"),
      h("h3", null, user.is_bot ? workspace.app.name : user.real_name),
      h(
        "p",
        null,
        user.is_bot
          ? "This is the very beginning of your messages with this app. Try a slash command."
          : "This conversation is just between the two of you.",
      ),
    );
  }
  return h(
    "div",
    { class: "intro" },
    h("span", { class: "intro__mark" }, icon(record.kind === "private" ? "lock" : "hash")),
    h("h3", null, `Welcome to #${record.name}`),
    h("p", null, record.purpose || record.topic || "This is the very beginning of the channel."),
  );
}
