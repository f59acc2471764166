/** Dialogs of the page itself, and the confirmation that Block Kit elements ask for. */
import { fragment, freshId, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { textObject } from "../text/mrkdwn.js";
import { lay } from "./layers.js";

/**
 * @param {{title: import("../base/dom.js").Child, body: import("../base/dom.js").Child, footer?: import("../base/dom.js").Child,
 *   class?: string, onClose?: () => void, alert?: boolean}} options
 */
export function dialog(options) {
  const id = freshId("dialog");
  const box = h(
    "div",
    {
      class: `dialog ${options.class || ""}`,
      role: options.alert ? "alertdialog" : "dialog",
      "aria-modal": "true",
      "aria-labelledby": id,
    },
    h(
      "div",
      { class: "dialog__head" },
      h("h2", { class: "dialog__title", id }, options.title),
      h(
        "button",
        {
          class: "icon-button dialog__close",
          type: "button",
          "aria-label": "Close",
          on: { click: () => layer.close() },
        },
        icon("close"),
      ),
    ),
    h("div", { class: "dialog__body" }, options.body),
    options.footer ? h("div", { class: "dialog__foot" }, options.footer) : null,
  );
  const scrim = h(
    "div",
    { class: "scrim", on: { pointerdown: (event) => event.target === scrim && layer.close() } },
    box,
  );
  const layer = lay(scrim, { modal: true, onClose: options.onClose });
  return { box, close: layer.close };
}

/**
 * Ask; resolves to whether the person agreed.
 * @param {{title: import("../base/dom.js").Child, text: import("../base/dom.js").Child, confirm: import("../base/dom.js").Child,
 *   deny: import("../base/dom.js").Child, danger?: boolean}} question @returns {Promise<boolean>}
 */
export function ask(question) {
  return new Promise((resolve) => {
    let agreed = false;
    const yes = h(
      "button",
      { class: `button ${question.danger ? "button--danger" : "button--primary"}`, type: "button" },
      question.confirm,
    );
    const no = h("button", { class: "button", type: "button" }, question.deny);
    const { close } = dialog({
      title: question.title,
      body: h("div", { class: "dialog__text" }, question.text),
      footer: [no, yes],
      class: "dialog--small",
      alert: true,
      onClose: () => resolve(agreed),
    });
    yes.addEventListener("click", () => {
      agreed = true;
      close();
    });
    no.addEventListener("click", close);
    // A destructive answer is never the one that Enter gives by accident.
    (question.danger ? no : yes).focus();
  });
}

/** The `confirm` object of an element. https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
export function askConfirm(confirm, session) {
  return ask({
    title: confirm.title ? textObject(confirm.title, session) : "Are you sure?",
    text: textObject(confirm.text, session),
    confirm: confirm.confirm ? textObject(confirm.confirm, session) : "Yes",
    deny: confirm.deny ? textObject(confirm.deny, session) : "Cancel",
    danger: confirm.style === "danger",
  });
}
