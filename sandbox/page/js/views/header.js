/** The bar above the messages: where you are and who is there; the tabs of the app. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { dialog } from "../overlays/dialog.js";
import { menu } from "../overlays/menu.js";
import { toast } from "../overlays/toast.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { avatar, presence } from "./avatar.js";

/** @typedef {import("../data/session.js").Session} Session */

/** @param {Session} session @param {any} record the channel @returns {HTMLElement} */
export function header(session, record) {
  const { workspace } = session;
  const node = h("header", { class: "pane-head" });
  const draw = () =>
    fill(
      node,
      back(session),
      record.kind === "im" ? directTitle(session, record) : channelTitle(session, record),
      h("span", { class: "pane-head__space" }),
      record.kind === "im" ? null : tools(session, record),
    );
  draw();
  workspace.on("channels", () => {
    record = workspace.channels.get(record.id) || record;
    if (node.isConnected && !node.contains(document.activeElement)) draw();
  });
  return node;
}

function back(session) {
  return h(
    "button",
    {
      class: "icon-button pane-head__back",
      type: "button",
      "aria-label": "Back to channels",
      on: { click: () => session.go({ channel: null, tab: "messages", thread: null }) },
    },
    icon("back"),
  );
}

function directTitle(session, record) {
  const { workspace } = session;
  const user = workspace.users.get(record.im_user) || { id: record.im_user, real_name: record.name };
  const isApp = record.im_user === workspace.app.bot_user_id;
  return h(
    "div",
    { class: "pane-head__titles" },
    h(
      "h2",
      { class: "pane-head__title" },
      h(
        "button",
        {
          class: "pane-head__name",
          type: "button",
          on: { click: (event) => session.showProfile(user.id, event.currentTarget) },
        },
        h("span", { class: "pane-head__face" }, avatar(user, "small"), presence(session, user.id)),
        isApp ? workspace.app.name : workspace.nameOf(user.id),
      ),
      isApp ? h("span", { class: "tag" }, "App") : null,
    ),
  );
}

function channelTitle(session, record) {
  const name = h(
    "button",
    { class: "pane-head__name", type: "button", "aria-haspopup": "menu", "aria-expanded": "false" },
    icon(record.kind === "private" ? "lock" : "hash"),
    record.name,
    icon("down"),
  );
  name.addEventListener("click", () => {
    // While the focus is here, the bar is not drawn again: what the channel is now is looked up.
    const now = session.workspace.channels.get(record.id) || record;
    menu(name, channelItems(session, now), { label: `Channel ${record.name}` });
  });
  return h(
    "div",
    { class: "pane-head__titles" },
    h("h2", { class: "pane-head__title" }, name),
    record.topic ? h("span", { class: "pane-head__topic" }, mrkdwn(record.topic, session)) : null,
  );
}

function channelItems(session, record) {
  const act = async (path) => {
    const answer = await session.api.post(path, { channel: record.id });
    if (!answer.ok) toast(answer.message || answer.error, "error");
  };
  return [
    { label: "About this channel", icon: "info", run: () => about(session, record) },
    "divider",
    ...(record.is_member && !record.is_archived ? ofMembers(session, record, act) : []),
    record.is_member
      ? { label: "Leave channel", icon: "close", danger: true, run: () => act("leave") }
      : { label: "Join channel", icon: "plus", run: () => act("join") },
  ];
}

function ofMembers({ workspace }, record, act) {
  const { name, bot_user_id } = workspace.app;
  return [
    record.members.includes(bot_user_id)
      ? { label: `Remove ${name}`, icon: "bolt", run: () => act("remove_app") }
      : { label: `Add ${name}`, icon: "bolt", run: () => act("invite_app") },
    { label: "Archive channel", icon: "lock", danger: true, run: () => act("archive") },
  ];
}

function tools(session, record) {
  const faces = record.members.slice(0, 3).map((id) => avatar(session.workspace.users.get(id) || { id }, "small"));
  return [
    h(
      "button",
      {
        class: "members",
        type: "button",
        "aria-label": `${record.num_members} members`,
        title: "Members",
        on: { click: () => about(session, record) },
      },
      h("span", { class: "members__faces" }, faces),
      h("span", null, record.num_members),
    ),
  ];
}

function about(session, record) {
  const { workspace } = session;
  const person = (id) => {
    const user = workspace.users.get(id) || { id, real_name: id };
    return h(
      "li",
      null,
      h(
        "button",
        {
          class: "member",
          type: "button",
          on: {
            click: () => {
              close();
              session.openUser(id);
            },
          },
        },
        avatar(user, "small"),
        h("span", null, user.real_name),
        user.is_bot ? h("span", { class: "tag" }, "App") : h("span", { class: "hint" }, `@${user.name}`),
      ),
    );
  };
  const part = (title, text) =>
    text ? h("section", { class: "about" }, h("h3", null, title), h("p", null, mrkdwn(text, session))) : null;
  const { close } = dialog({
    title: [icon(record.kind === "private" ? "lock" : "hash"), record.name],
    body: [
      part("Topic", record.topic),
      part("Purpose", record.purpose),
      h(
        "section",
        { class: "about" },
        h("h3", null, `Members · ${record.num_members}`),
        h("ul", { class: "member-list" }, record.members.map(person)),
      ),
    ],
  });
}
