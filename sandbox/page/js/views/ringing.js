/** The bar that says whose phone rings, while the phones themselves are not shown. */
import { fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";

/** @param {import("../data/phones.js").Phones} phones @param {(id: string) => string} nameOf @param {() => boolean} shown @param {() => void} open */
export function ringingBar(phones, nameOf, shown, open) {
  const node = h("div", { class: "ringing", role: "status", "aria-live": "polite", hidden: true });
  let said = "";
  const draw = () => {
    const calls = shown() ? [] : phones.ringing;
    const words = calls.length ? rings(calls, nameOf) : "";
    node.hidden = !words;
    if (words === said) return;
    said = words;
    const look = () => h("button", { class: "banner__button", type: "button", on: { click: open } }, "Look");
    fill(node, words ? [icon("phone"), h("span", { class: "ringing__text" }, words), look()] : null);
  };
  phones.on("changed", draw);
  return { node, draw };
}

function rings(calls, nameOf) {
  const names = [...new Set(calls.map((one) => nameOf(one.person)))];
  const about = [...new Set(calls.flatMap((one) => [one.severity, one.incident]))].filter(Boolean).join(" ");
  const whose = names.length > 1 ? `${names.length} phones ring` : `The phone of ${names[0]} rings`;
  return about ? `${whose}: ${about}` : whose;
}
