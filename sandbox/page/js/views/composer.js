/** Where messages and commands are written. Enter sends, Shift+Enter starts a line. */
import { h } from "../base/dom.js";
import { flame, icon } from "../base/icons.js";
import { menu } from "../overlays/menu.js";
import { toast } from "../overlays/toast.js";
import { useShortcut } from "./message_actions.js";
import { Suggest } from "./suggest.js";

const TALLEST = 280;

export class Composer {
  /**
   * @param {import("../data/session.js").Session} session
   * @param {{channel: string, thread: string|null, label: string, above?: Node|null, broadcast?: () => boolean, onUp?: () => void, onSent?: () => void}} options
   *   `onUp`: the up arrow in an empty field (edit the last message)
   */
  constructor(session, options) {
    this.session = session;
    this.options = options;
    this.key = `${options.channel} ${options.thread || ""}`;
    this.field = h("textarea", {
      class: "composer__field",
      rows: 1,
      placeholder: options.label,
      "aria-label": options.label,
      value: session.drafts.get(this.key) || "",
      autocomplete: "off",
    });
    this.suggest = new Suggest(this.field, session);
    this.send = h(
      "button",
      {
        class: "composer__send",
        type: "button",
        "aria-label": "Send",
        title: "Send (Enter)",
        on: { click: () => this.submit() },
      },
      icon("send"),
    );
    this.node = this.#build();
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.#changed();
  }

  #build() {
    const tool = (sign, label, run) => {
      const node = h("button", { class: "icon-button", type: "button", "aria-label": label, title: label }, icon(sign));
      node.addEventListener("click", () => run(node));
      return node;
    };
    const plus = tool("plus", "Commands and shortcuts", (node) => this.#plus(node));
    plus.classList.add("icon-button--round");
    plus.setAttribute("aria-haspopup", "menu");
    return h(
      "div",
      { class: "composer" },
      this.suggest.node,
      h(
        "div",
        { class: "composer__box" },
        this.field,
        h(
          "div",
          { class: "composer__foot" },
          plus,
          tool("at", "Mention someone", () => this.#mention()),
          h(
            "span",
            { class: "composer__slash" },
            tool("bolt", "Slash commands", () => this.#slash()),
          ),
          h("span", { class: "composer__space" }),
          this.options.above || null,
          this.send,
        ),
      ),
    );
  }

  #plus(anchor) {
    const { workspace } = this.session;
    const shortcuts = workspace.shortcuts.filter((one) => one.type === "global");
    const mark = () => h("span", { class: "avatar avatar--tiny avatar--app" }, flame());
    const items = [
      { label: "Slash command", icon: "bolt", key: "/", run: () => this.#slash() },
    ];
    if (shortcuts.length) {
      items.push({ heading: `Shortcuts · ${workspace.app.name}` });
      items.push(
        ...shortcuts.map((one) => ({
          label: one.name,
          detail: one.description,
          icon: mark(),
          run: () => useShortcut(this.session, one),
        })),
      );
    }
    menu(anchor, items, { label: "Commands and shortcuts", above: true });
  }

  /** An @ at the caret, apart from the word before it. */
  #mention() {
    const { selectionStart: from, selectionEnd: to } = this.field;
    this.field.setRangeText(/\S$/.test(this.field.value.slice(0, from)) ? " @" : "@", from, to, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  #slash() {
    this.field.focus();
    if (!this.field.value) {
      this.field.value = "/";
      this.field.dispatchEvent(new Event("input"));
    } else toast("Clear the text first: a command begins the message.");
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  #changed() {
    this.session.drafts.set(this.key, this.field.value);
    this.send.disabled = !this.field.value.trim();
    this.#grow();
  }

  #grow() {
    if (!this.field.value.includes("\n") && this.field.value.length < 40)
      return this.field.style.removeProperty("height");
    this.field.style.setProperty("height", "auto");
    return this.field.style.setProperty("height", `${Math.min(TALLEST, this.field.scrollHeight)}px`);
  }

  #key(event) {
    if (event.isComposing || this.suggest.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.field.value && this.options.onUp) {
      event.preventDefault();
      this.options.onUp();
    }
  }

  async submit() {
    const text = this.field.value.trim();
    if (!text) return undefined;
    const before = this.field.value;
    this.field.value = "";
    this.field.dispatchEvent(new Event("input"));
    const answer = await this.#say(text);
    if (answer.ok) return this.options.onSent?.();
    // What could not be sent is not lost.
    if (answer.keep !== false && !this.field.value) {
      this.field.value = before;
      this.field.dispatchEvent(new Event("input"));
    }
    return undefined;
  }

  async #say(text) {
    const { channel, thread } = this.options;
    const where = { channel, ...(thread ? { thread_ts: thread } : {}) };
    const isCommand = /^\/[a-z]/i.test(text);
    this.node.classList.toggle("is-waiting", isCommand);
    const answer = await this.session.api.post(isCommand ? "command" : "post", {
      ...where,
      text,
      ...(this.options.broadcast?.() ? { broadcast: true } : {}),
    });
    this.node.classList.remove("is-waiting");
    // Why a command failed is said in the channel, by Slackbot.
    const said = isCommand && !["offline", "bad_request", "channel_not_found"].includes(answer.error);
    if (!answer.ok && !said) toast(answer.message || answer.error, "error");
    return { ...answer, keep: !said };
  }
}
