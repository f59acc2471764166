/** Ctrl+K: go to a channel, a person or the app by typing some of its name. */
import { fill, freshId, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { lay } from "../overlays/layers.js";
import { avatar, presence } from "./avatar.js";

/** @param {import("../data/session.js").Session} session */
export function openSwitcher(session) {
  const id = freshId("switcher");
  const list = h("div", { class: "switcher__list", role: "listbox", id, "aria-label": "Places" });
  const input = h("input", {
    class: "switcher__input",
    type: "text",
    role: "combobox",
    placeholder: "Jump to a channel or person",
    "aria-label": "Jump to",
    "aria-controls": id,
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
  });
  const box = h(
    "div",
    { class: "switcher", role: "dialog", "aria-modal": "true", "aria-label": "Jump to" },
    h("div", { class: "switcher__field" }, icon("search"), input),
    list,
  );
  const scrim = h(
    "div",
    { class: "scrim scrim--top", on: { pointerdown: (event) => event.target === scrim && layer.close() } },
    box,
  );
  const layer = lay(scrim, { modal: true });
  let found = [];
  let active = 0;

  const go = (index) => {
    layer.close();
    found[index]?.open();
  };
  const mark = () => {
    for (const [index, one] of [...list.children].entries()) {
      one.setAttribute("aria-selected", String(index === active));
    }
    list.children[active]?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `${id}-${active}`);
  };
  const draw = () => {
    const query = input.value.trim().toLowerCase().replace(/^[#@]/, "");
    found = places(session).filter(
      (one) =>
        one.words
          .toLowerCase()
          .split(/[\s-]+/)
          .some((word) => word.startsWith(query)) || one.words.toLowerCase().includes(query),
    );
    active = 0;
    fill(
      list,
      found.length
        ? found.map((one, index) =>
            h(
              "div",
              {
                class: "switcher__option",
                role: "option",
                id: `${id}-${index}`,
                on: {
                  pointerdown: (event) => event.preventDefault(),
                  click: () => go(index),
                  pointermove: () => {
                    active = index;
                    mark();
                  },
                },
              },
              one.mark,
              h("span", { class: "switcher__name" }, one.name),
              one.unread ? h("span", { class: "badge" }, one.unread) : null,
              h("span", { class: "hint" }, one.detail),
            ),
          )
        : h("p", { class: "empty" }, "Nothing found"),
    );
    if (found.length) mark();
  };
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && found.length) active = (active + by + found.length) % found.length;
    else if (event.key === "Enter") return go(active);
    else return undefined;
    event.preventDefault();
    return mark();
  });
  draw();
  input.focus();
}

function places(session) {
  const { workspace } = session;
  const channels = [...workspace.channels.values()]
    .filter((one) => one.kind !== "im" && !one.is_archived)
    .map((one) => ({
      name: one.name,
      words: `${one.name} ${one.topic}`,
      detail: one.is_member ? "" : "not joined",
      unread: one.unread,
      mark: h("span", { class: "switcher__mark" }, icon(one.kind === "private" ? "lock" : "hash")),
      open: () => session.openChannel(one.id),
    }));
  const people = workspace.humans
    .filter((one) => one.id !== workspace.me.id)
    .map((one) => ({
      name: workspace.nameOf(one.id),
      words: `${one.name} ${one.real_name}`,
      detail: one.real_name,
      unread: 0,
      mark: h("span", { class: "switcher__mark" }, avatar(one, "tiny"), presence(session, one.id)),
      open: () => session.openUser(one.id),
    }));
  const { app } = workspace;
  const own = {
    name: app.name,
    words: `${app.name} app home`,
    detail: "App",
    unread: workspace.appChannel?.unread || 0,
    mark: h("span", { class: "switcher__mark" }, avatar({ is_bot: true }, "tiny"), presence(session, app.bot_user_id)),
    open: () => session.openApp(),
  };
  return [
    ...channels.sort((a, b) => (b.unread || 0) - (a.unread || 0) || a.name.localeCompare(b.name)),
    own,
    ...people,
  ];
}
