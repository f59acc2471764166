/** The newer display blocks: alert, card, carousel, container, task_card, plan; and video. */
import { h, imageUrl, safeUrl } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { acting } from "../elements/act.js";
import { drawElement } from "../elements/element.js";
import { mrkdwn, plainText, textObject } from "../text/mrkdwn.js";
import { richText } from "../text/rich_text.js";
import { link } from "../text/names.js";
import { image } from "./image.js";

/** @typedef {import("./scope.js").Scope} Scope */

const LEVELS = { default: "info", info: "info", warning: "warning", error: "warning", success: "check" };

export function alert(block, scope) {
  const level = block.level || "default";
  return h(
    "div",
    { class: `alert alert--${level}`, role: level === "error" || level === "warning" ? "alert" : "note" },
    icon(LEVELS[level]),
    h("div", null, textObject(block.text, scope.session)),
  );
}

/** @param {any} block @param {Scope} scope */
export function card(block, scope) {
  const part = (name, text) => (text ? h("div", { class: `card__${name}` }, mrkdwn(text.text, scope.session)) : null);
  return h(
    "article",
    { class: "card" },
    block.hero_image ? h("div", { class: "card__hero" }, image(block.hero_image, scope)) : null,
    h(
      "div",
      { class: "card__main" },
      h(
        "div",
        { class: "card__head" },
        block.icon ? h("div", { class: "card__icon" }, image(block.icon, scope, "context")) : null,
        h("div", null, part("title", block.title), part("subtitle", block.subtitle)),
      ),
      part("body", block.body),
      block.actions
        ? h(
            "div",
            { class: "actions" },
            block.actions.map((element) =>
              h("span", { class: "actions__one" }, drawElement(acting(block, scope)(element))),
            ),
          )
        : null,
    ),
  );
}

export function carousel(block, scope) {
  const strip = h(
    "div",
    { class: "carousel__strip", role: "list", tabIndex: 0, "aria-label": "Cards" },
    block.elements.map((one) => h("div", { role: "listitem", class: "carousel__item" }, card(one, scope))),
  );
  const turn = (way, label, sign) =>
    h(
      "button",
      {
        class: `icon-button icon-button--boxed carousel__turn`,
        type: "button",
        "aria-label": label,
        on: {
          click: () =>
            strip.scrollBy({
              left: way * strip.clientWidth * 0.8,
              behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
            }),
        },
      },
      icon(sign),
    );
  return h(
    "div",
    { class: "carousel" },
    strip,
    h("div", { class: "carousel__turns" }, turn(-1, "Previous cards", "back"), turn(1, "Next cards", "chevron")),
  );
}

/** @param {any} block @param {Scope & {drawBlocks: Function}} scope */
export function container(block, scope) {
  const title = block.rich_text_title ? richText(block.rich_text_title, scope.session) : plainText(block.title.text);
  const head = [
    block.icon ? image(block.icon, scope, "context") : null,
    h(
      "div",
      { class: "container__titles" },
      h("div", { class: "container__title" }, title),
      block.subtitle ? h("div", { class: "container__subtitle" }, textObject(block.subtitle, scope.session)) : null,
    ),
  ];
  const body = h("div", { class: "container__body" }, scope.drawBlocks(block.child_blocks, scope));
  const className = `container container--${block.width || "standard"}${block.has_header_divider ? " container--divided" : ""}`;
  if (!block.is_collapsible)
    return h("section", { class: className }, h("div", { class: "container__head" }, head), body);
  const key = `container ${block.block_id}`;
  const folded = scope.session.folds.get(key) ?? Boolean(block.default_collapsed);
  const details = h(
    "details",
    { class: className, open: !folded },
    h("summary", { class: "container__head" }, icon("chevron"), head),
    body,
  );
  details.addEventListener("toggle", () => scope.session.folds.set(key, !details.open));
  return details;
}

const STATES = {
  pending: ["", "To do"],
  in_progress: ["", "In progress"],
  complete: ["check", "Done"],
  error: ["warning", "Failed"],
};

export function taskCard(block, scope) {
  const [sign, words] = STATES[block.status];
  const inner = [
    block.details ? richText(block.details, scope.session) : null,
    block.output ? h("div", { class: "task__output" }, richText(block.output, scope.session)) : null,
    block.sources?.length
      ? h(
          "div",
          { class: "task__sources" },
          block.sources.map((one) => link(one.url, one.text)),
        )
      : null,
  ].filter(Boolean);
  const state = h(
    "span",
    { class: `task__state task__state--${block.status}`, role: "img", "aria-label": words, title: words },
    sign ? icon(sign) : null,
  );
  if (!inner.length)
    return h("div", { class: "task" }, h("div", { class: "task__head" }, state, h("span", null, block.title)));
  return h(
    "details",
    { class: "task", open: block.status === "in_progress" || block.status === "error" },
    h("summary", { class: "task__head" }, state, h("span", null, block.title), icon("chevron")),
    h("div", { class: "task__body" }, inner),
  );
}

export function plan(block, scope) {
  const tasks = block.tasks || [];
  const done = tasks.filter((one) => one.status === "complete").length;
  return h(
    "section",
    { class: "plan" },
    h(
      "div",
      { class: "plan__head" },
      h("span", { class: "plan__title" }, block.title),
      tasks.length ? h("span", { class: "hint" }, `${done} of ${tasks.length} done`) : null,
    ),
    tasks.length
      ? h(
          "ol",
          { class: "plan__tasks" },
          tasks.map((one) => h("li", null, taskCard(one, scope))),
        )
      : null,
  );
}

/** A video is shown as its picture with a link: nothing foreign runs in this page. */
export function video(block) {
  const thumb = imageUrl(block.thumbnail_url);
  const target = safeUrl(block.title_url) || safeUrl(block.video_url);
  const picture = thumb ? h("img", { src: thumb, alt: block.alt_text, loading: "lazy" }) : null;
  picture?.addEventListener("error", () => picture.remove(), { once: true });
  return h(
    "div",
    { class: "video" },
    h("div", { class: "video__by" }, [block.provider_name, block.author_name].filter(Boolean).join(" · ")),
    h("div", { class: "video__title" }, link(target, plainText(block.title.text))),
    block.description ? h("div", { class: "video__text" }, plainText(block.description.text)) : null,
    h(
      "a",
      {
        class: "video__frame",
        href: safeUrl(block.video_url),
        target: "_blank",
        rel: "noopener noreferrer",
        "aria-label": `Watch: ${block.title.text}`,
      },
      picture,
      h("span", { class: "video__play" }, icon("play")),
    ),
  );
}
