/** Who somebody is: a small card next to their name. */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { format } from "../base/time.js";
import { popover } from "../overlays/popover.js";
import { avatar, presence } from "./avatar.js";

/** @param {Element} anchor @param {string} id @param {import("../data/session.js").Session} session */
export function profile(anchor, id, session) {
  const { workspace } = session;
  const user = workspace.users.get(id);
  if (!user) return;
  const line = (sign, text) => h("p", { class: "profile__line" }, icon(sign), text);
  const write = h(
    "button",
    {
      class: "button",
      type: "button",
      on: {
        click: () => {
          open.close();
          session.openUser(id);
        },
      },
    },
    user.is_bot ? "Messages" : "Message",
  );
  const home =
    user.is_bot && workspace.app.home_tab
      ? h(
          "button",
          {
            class: "button",
            type: "button",
            on: {
              click: () => {
                open.close();
                session.openApp("home");
              },
            },
          },
          "Home",
        )
      : null;
  const card = h(
    "div",
    { class: "profile" },
    h(
      "div",
      { class: "profile__head" },
      avatar(user, "large"),
      h(
        "div",
        null,
        h("h2", { class: "profile__name" }, user.real_name, " ", presence(session, id)),
        h("p", { class: "profile__nick" }, user.is_bot ? "App" : `@${user.name}${user.is_admin ? " · Admin" : ""}`),
      ),
    ),
    user.is_bot
      ? null
      : line("clock", `${format(session.now(), user.tz, "time")} local time (${user.tz_label.replaceAll("_", " ")})`),
    user.email ? line("at", user.email) : null,
    id === workspace.me.id || id === "USLACKBOT" ? null : h("div", { class: "profile__foot" }, write, home),
  );
  const open = popover(anchor, card, { label: `Profile of ${user.real_name}`, role: "dialog", width: 290 });
  (card.querySelector("button") || open.node).focus?.();
}
