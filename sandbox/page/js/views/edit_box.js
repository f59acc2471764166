/** Editing one's own message where it stands. */
import { h } from "../base/dom.js";
import { toast } from "../overlays/toast.js";
import { unescaped } from "../text/mrkdwn_parse.js";

/** Mentions as people write them: `@name`, `#name`. */
function asTyped(text, workspace) {
  const named = text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${workspace.users.get(id)?.name || id}`)
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (_, id) => `#${workspace.channels.get(id)?.name || id}`)
    .replace(
      /<!subteam\^(\w+)(?:\|[^>]*)?>/g,
      (_, id) => `@${workspace.usergroups.find((one) => one.id === id)?.handle || id}`,
    )
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1");
  return unescaped(named);
}

/** @param {HTMLElement} row @param {any} message @param {import("../data/session.js").Session} session @param {() => void} done draws the row again */
export function editBox(row, message, session, done) {
  const field = h("textarea", {
    class: "input edit__field",
    rows: 2,
    value: asTyped(message.text, session.workspace),
    "aria-label": "Edit message",
  });
  const save = async () => {
    const text = field.value.trim();
    if (!text) return;
    const answer = await session.api.post("edit", { channel: message.channel, ts: message.ts, text });
    if (answer.ok) done();
    else toast(answer.message || answer.error, "error");
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") done();
    else if (event.key === "Enter" && !event.shiftKey) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const box = h(
    "div",
    { class: "edit" },
    field,
    h(
      "div",
      { class: "edit__foot" },
      h("button", { class: "button button--small", type: "button", on: { click: done } }, "Cancel"),
      h("button", { class: "button button--small button--primary", type: "button", on: { click: save } }, "Save"),
    ),
  );
  row.querySelector(".msg__body").replaceWith(box);
  row.querySelector(".msg").classList.add("is-editing");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
