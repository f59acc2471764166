/** Opens the workspace as one person, and again as another when the person is switched. */
import { fill, h } from "./base/dom.js";
import { Theme } from "./base/theme.js";
import { Api } from "./data/api.js";
import { Connection } from "./data/connection.js";
import { Session } from "./data/session.js";
import { Workspace } from "./data/workspace.js";
import { uncover } from "./overlays/layers.js";
import { renewDates } from "./text/names.js";
import { Shell } from "./views/shell.js";

const KEY = "workspace-user";
const RETRY_MS = 1500;
const RENEW_MS = 5000;
const root = document.getElementById("app");
const theme = new Theme();

/** Who acts: the address, then this tab's last choice, else the server chooses. */
function wantedUser() {
  return new URLSearchParams(location.search).get("user") || sessionStorage.getItem(KEY);
}

/** @param {string|null} user */
async function open(user) {
  const api = new Api(user);
  let boot = await api.get("boot");
  if (!boot.ok && boot.error === "user_not_found" && user) {
    api.user = null;
    boot = await api.get("boot");
  }
  if (!boot.ok) return wait(boot, user);
  api.user = boot.me.id;
  sessionStorage.setItem(KEY, boot.me.id);
  return show(boot, api);
}

function wait(answer, user) {
  fill(root, h("p", { class: "boot", role: "alert" }, answer.message || answer.error));
  setTimeout(() => open(user), RETRY_MS);
}

function show(boot, api) {
  const workspace = new Workspace(boot, api);
  const connection = new Connection(boot.me.id, boot.seq);
  const again = (user) => {
    clearInterval(renewing);
    connection.close();
    shell.stop();
    uncover();
    const address = new URL(location.href);
    address.searchParams.set("user", user);
    history.replaceState(null, "", address);
    open(user);
  };
  const session = new Session({ workspace, api, connection, theme, switchUser: again });
  const renewing = setInterval(() => renewDates(session), RENEW_MS);
  connection.on("time", (time) => workspace.keepTime(time));
  connection.on("push", (push) => workspace.apply(push));
  // What was missed is gone for good, so everything is read again; what was typed and chosen stays in this tab.
  connection.on("reset", () => again(api.user));
  const shell = new Shell(session);
  fill(root, shell.node);
  session.arrive();
  connection.open();
}

open(wantedUser());
