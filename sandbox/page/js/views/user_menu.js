/** The menu of the acting person: be someone else, choose light or dark. */
import { LABELS } from "../base/theme.js";
import { menu } from "../overlays/menu.js";
import { avatar } from "./avatar.js";

/** @param {Element} anchor @param {import("../data/session.js").Session} session */
export function userMenu(anchor, session) {
  const { workspace, theme } = session;
  const people = workspace.humans.map((one) => ({
    label: one.real_name,
    detail: `${one.is_admin ? "Admin · " : ""}${one.tz_label.replaceAll("_", " ")}`,
    icon: avatar(one, "small"),
    checked: one.id === workspace.me.id,
    run: () => one.id !== workspace.me.id && session.switchUser(one.id),
  }));
  const looks = Object.entries(LABELS).map(([name, label]) => ({
    label,
    icon: { system: "home", light: "sun", dark: "moon" }[name],
    checked: theme.choice === name,
    run: () => theme.set(name),
  }));
  menu(anchor, [{ heading: "Act as" }, ...people, "divider", { heading: "Appearance" }, ...looks], {
    label: "Switch user",
    width: 280,
    above: true,
  });
}
