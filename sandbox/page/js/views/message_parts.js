/** The parts below a message's text: attachments, files, thread summary. */
import { fragment, h, imageUrl } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { ago, format, size } from "../base/time.js";
import { drawBlocks } from "../blocks/blocks.js";
import { lightbox } from "../overlays/lightbox.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { link } from "../text/names.js";
import { avatar } from "./avatar.js";

/** @typedef {import("../data/session.js").Session} Session */

const COLORS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

/** @param {any} one @param {import("../blocks/scope.js").Scope} scope */
export function attachment(one, scope) {
  const { session } = scope;
  const color =
    COLORS[one.color] || (/^#?[0-9a-f]{6}$/i.test(one.color || "") ? `#${one.color.replace("#", "")}` : null);
  const picture = imageUrl(one.image_url);
  return h(
    "div",
    { class: "attachment" },
    one.pretext ? h("div", { class: "attachment__pretext" }, mrkdwn(one.pretext, session)) : null,
    h(
      "div",
      { class: "attachment__box", style: color ? { "border-left-color": color } : null },
      one.author_name
        ? h(
            "div",
            { class: "attachment__author" },
            one.author_link ? link(one.author_link, one.author_name) : one.author_name,
          )
        : null,
      one.title
        ? h("div", { class: "attachment__title" }, one.title_link ? link(one.title_link, one.title) : one.title)
        : null,
      one.text ? h("div", null, mrkdwn(one.text, session)) : null,
      one.blocks ? drawBlocks(one.blocks, scope) : null,
      one.fields?.length
        ? h(
            "div",
            { class: "section__fields" },
            one.fields.map((field) =>
              h(
                "div",
                { class: `section__field${field.short ? "" : " section__field--wide"}` },
                h("strong", null, field.title),
                h("br"),
                mrkdwn(String(field.value ?? ""), session),
              ),
            ),
          )
        : null,
      picture
        ? h("img", { class: "attachment__image", src: picture, alt: one.fallback || one.title || "", loading: "lazy" })
        : null,
      one.footer
        ? h(
            "div",
            { class: "attachment__footer" },
            one.footer,
            one.ts ? ` · ${format(Number(one.ts), session.workspace.me.tz, "date_short")}` : null,
          )
        : null,
    ),
  );
}

const KINDS = {
  csv: "Spreadsheet (CSV)",
  ics: "Calendar",
  md: "Markdown",
  json: "JSON",
  txt: "Plain text",
  sql: "SQL",
  pdf: "PDF",
  html: "HTML",
};

/** @param {any} file @param {Session} session */
export function file(file, session) {
  const src = file.download || `/browser/api/files/${file.id}?user=${session.workspace.me.id}`;
  const title = file.title || file.name;
  if (/^image\/(png|jpe?g|gif|webp)$/.test(file.mimetype)) return picture(file, src, title);
  return h(
    "a",
    { class: "file", href: src, download: file.name },
    h("span", { class: `file__icon file__icon--${file.filetype}` }, icon("file")),
    h(
      "span",
      { class: "file__text" },
      h("span", { class: "file__name" }, title),
      h(
        "span",
        { class: "file__kind" },
        `${KINDS[file.filetype] || (file.filetype || "file").toUpperCase()} · ${size(file.size)}`,
      ),
    ),
    h("span", { class: "file__download" }, icon("download"), h("span", { class: "sr-only" }, "Download")),
  );
}

function picture(file, src, title) {
  const alt = file.alt_txt || title;
  const known = file.original_w && file.original_h;
  const image = h("img", {
    src,
    alt,
    loading: "lazy",
    decoding: "async",
    width: known ? file.original_w : null,
    height: known ? file.original_h : null,
  });
  image.addEventListener(
    "error",
    () => image.replaceWith(h("span", { class: "image-missing" }, icon("warning"), h("span", null, alt))),
    { once: true },
  );
  const show = () => lightbox({ src, alt, title, download: file.name });
  return h(
    "div",
    { class: "file-picture" },
    h(
      "div",
      { class: "file-picture__name" },
      title,
      " ",
      h(
        "a",
        { class: "file-picture__download", href: src, download: file.name, "aria-label": `Download ${title}` },
        icon("download"),
      ),
    ),
    h(
      "button",
      { class: "image image--block", type: "button", "aria-label": `Enlarge picture: ${alt}`, on: { click: show } },
      image,
    ),
  );
}

/** "3 replies · Last reply 5 minutes ago". */
export function threadSummary(message, session) {
  if (!message.reply_count) return null;
  const { workspace } = session;
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  return h(
    "button",
    { class: "thread-summary", type: "button", on: { click: () => session.openThread(message.channel, message.ts) } },
    h(
      "span",
      { class: "thread-summary__faces" },
      (message.reply_users || []).slice(0, 4).map((id) => avatar(workspace.users.get(id) || { id }, "small")),
    ),
    h("span", { class: "thread-summary__count" }, count),
    message.latest_reply
      ? h("span", { class: "thread-summary__last" }, `Last reply ${ago(Number(message.latest_reply), session.now())}`)
      : null,
    h("span", { class: "thread-summary__open", "aria-hidden": "true" }, "View thread", icon("chevron")),
  );
}

/** The line above a message that only the viewer sees. */
export function ephemeralMark(message) {
  return message.is_ephemeral
    ? h("div", { class: "msg__mark msg__mark--eph" }, icon("eye"), "Only visible to you")
    : null;
}

/** The line above a reply that was sent to the channel too. */
export function broadcastMark(message, session, inThread) {
  if (message.subtype !== "thread_broadcast" || inThread) return null;
  return h(
    "div",
    { class: "msg__mark" },
    fragment(
      icon("thread"),
      "replied to a ",
      h(
        "button",
        { class: "link", type: "button", on: { click: () => session.openThread(message.channel, message.thread_ts) } },
        "thread",
      ),
    ),
  );
}
