/** Says when the workspace cannot be reached, and when it is back. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";

const BACK_MS = 2500;
const SILENT_MS = 700;

/** @param {import("../data/connection.js").Connection} connection */
export function banner(connection) {
  const node = h("div", { class: "banner", role: "status", "aria-live": "polite", hidden: true });
  let lost = false;
  let timer = 0;
  const say = (kind, ...content) => {
    node.className = `banner banner--${kind}`;
    node.hidden = false;
    fill(node, ...content);
  };
  const retry = () =>
    h("button", { class: "banner__button", type: "button", on: { click: () => connection.retry() } }, "Try now");
  connection.on("state", (state) => {
    clearTimeout(timer);
    if (state === "connected") {
      if (!lost) {
        node.hidden = true;
        return;
      }
      lost = false;
      say("back", icon("check"), "Connected again. Nothing was missed.");
      timer = setTimeout(() => {
        node.hidden = true;
      }, BACK_MS);
    } else if (state === "waiting" && !lost) {
      // A connection that comes right back is not worth a word. Once said, it stands: another try puts no other button under the finger.
      timer = setTimeout(() => {
        lost = true;
        say("lost", icon("warning"), "The workspace cannot be reached. Trying again…", retry());
      }, SILENT_MS);
    }
  });
  return node;
}
