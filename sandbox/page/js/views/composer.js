/** Where messages and commands are written. Enter sends, Shift+Enter starts a line. */
import { fill, h } from "../base/dom.js";
import { flame, icon } from "../base/icons.js";
import { size } from "../base/time.js";
import { emojiPicker } from "../overlays/emoji_picker.js";
import { menu } from "../overlays/menu.js";
import { toast } from "../overlays/toast.js";
import { formatToggle, formatTools, insertText } from "./format_tools.js";
import { useShortcut } from "./message_actions.js";
import { Suggest } from "./suggest.js";

const TYPING_EVERY = 3000;
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
    this.files = [];
    this.typed = 0;
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
    this.attached = h("div", { class: "composer__files" });
    this.input = h("input", { type: "file", multiple: true, class: "sr-only", tabIndex: -1, "aria-hidden": "true" });
    this.node = this.#build();
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.attach(event.clipboardData.files);
    });
    this.input.addEventListener("change", () => {
      this.attach(this.input.files);
      this.input.value = "";
    });
    this.#changed();
  }

  #build() {
    const tool = (sign, label, run) => {
      const node = h("button", { class: "icon-button", type: "button", "aria-label": label, title: label }, icon(sign));
      node.addEventListener("click", () => run(node));
      return node;
    };
    const plus = tool("plus", "Attach or use a shortcut", (node) => this.#plus(node));
    plus.classList.add("icon-button--round");
    plus.setAttribute("aria-haspopup", "menu");
    const formats = formatTools(this.field);
    return h(
      "div",
      {
        class: "composer",
        on: {
          dragover: (event) => event.preventDefault(),
          drop: (event) => {
            event.preventDefault();
            this.attach(event.dataTransfer.files);
          },
        },
      },
      this.suggest.node,
      h(
        "div",
        { class: "composer__box" },
        formats,
        this.field,
        this.attached,
        this.input,
        h(
          "div",
          { class: "composer__foot" },
          plus,
          formatToggle(formats),
          tool("smile", "Emoji", (node) => emojiPicker(node, (name) => insertText(this.field, `:${name}: `), "start")),
          tool("at", "Mention someone", () => insertText(this.field, "@")),
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
      { label: "Upload from your computer", icon: "paperclip", run: () => this.input.click() },
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
    menu(anchor, items, { label: "Attachments and shortcuts", above: true });
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

  /** @param {Iterable<File>} files */
  attach(files) {
    this.files.push(...files);
    this.#drawFiles();
    this.field.focus();
  }

  #drawFiles() {
    fill(
      this.attached,
      this.files.map((file) =>
        h(
          "span",
          { class: "composer__file" },
          icon("file"),
          h("span", { class: "composer__file-name" }, file.name),
          h("span", { class: "hint" }, size(file.size)),
          h(
            "button",
            {
              class: "icon-button icon-button--small",
              type: "button",
              "aria-label": `Remove ${file.name}`,
              on: {
                click: () => {
                  this.files.splice(this.files.indexOf(file), 1);
                  this.#drawFiles();
                },
              },
            },
            icon("close"),
          ),
        ),
      ),
    );
    this.#ready();
  }

  #ready() {
    this.send.disabled = !this.field.value.trim() && !this.files.length;
  }

  #changed() {
    this.session.drafts.set(this.key, this.field.value);
    this.#ready();
    this.#grow();
    if (this.field.value && !this.field.value.startsWith("/") && Date.now() - this.typed > TYPING_EVERY) {
      this.typed = Date.now();
      this.session.connection.send({ type: "typing", channel: this.options.channel, thread_ts: this.options.thread });
    }
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
    if (!text && !this.files.length) return;
    const [files, before] = [this.files, this.field.value];
    this.files = [];
    this.field.value = "";
    this.#drawFiles();
    this.field.dispatchEvent(new Event("input"));
    const answer = await (files.length ? this.#upload(files, text) : this.#say(text));
    if (answer.ok) return this.options.onSent?.();
    // What could not be sent is not lost.
    if (answer.keep !== false && !this.field.value) {
      this.field.value = before;
      this.files = files;
      this.#drawFiles();
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
    // Why a command failed is told in the channel, by Slackbot.
    const told = isCommand && !["offline", "bad_request", "channel_not_found"].includes(answer.error);
    if (!answer.ok && !told) toast(answer.message || answer.error, "error");
    return { ...answer, keep: !told };
  }

  async #upload(files, text) {
    let answer = { ok: true };
    for (const [index, file] of files.entries()) {
      answer = await this.session.api.upload(file, {
        channel: this.options.channel,
        thread_ts: this.options.thread,
        text: index ? "" : text,
      });
      if (!answer.ok) toast(`${file.name}: ${answer.message || answer.error}`, "error");
    }
    return answer;
  }
}
