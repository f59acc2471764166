/** Select menus, single and multiple, of every data source; with search. */
import { append, fill, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { popover } from "../overlays/popover.js";
import { plainText } from "../text/mrkdwn.js";
import { marks } from "./act.js";
import { selectList } from "./select_list.js";
import { choiceOf, sameValue } from "./select_source.js";

/** @typedef {import("./element.js").Drawing} Drawing */

const PLACEHOLDERS = { users: "Select a user", conversations: "Select a conversation", channels: "Select a channel" };

function placeholder(element) {
  const kind = Object.keys(PLACEHOLDERS).find((one) => element.type.includes(one));
  return element.placeholder ? element.placeholder.text : PLACEHOLDERS[kind] || "Select an option";
}

/** `default_to_current_conversation` fills in the channel the person is in. */
function current({ scope, blockId, element }) {
  const chosen = scope.form.get(blockId, element);
  if (chosen !== undefined || !element.default_to_current_conversation) return chosen;
  const here = scope.session.place.channel;
  if (!here) return chosen;
  const value = element.type.startsWith("multi_") ? [here] : here;
  scope.form.set(blockId, element, value);
  return value;
}

function field({ blockId, element, labelledBy, describedBy, required }, kind) {
  return h("button", {
    class: `select select--${kind}`,
    type: "button",
    role: "combobox",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-labelledby": labelledBy,
    "aria-describedby": describedBy,
    "aria-required": required ? "true" : null,
    data: marks(blockId, element),
  });
}

function show(node, drawing, list, describe) {
  const { element } = drawing;
  const id = `${node.id || ""}`;
  fill(
    node,
    h(
      "span",
      { class: `select__value${list ? "" : " select__value--empty"}`, id: id ? `${id}-value` : null },
      list || plainText(placeholder(element)),
    ),
    icon("down"),
  );
  node.setAttribute("aria-label", `${placeholder(element)}${describe ? `: ${describe}` : ""}`);
}

/** @param {Drawing} drawing */
export function singleSelect(drawing) {
  const { element, change } = drawing;
  const node = field(drawing, "single");
  let value = current(drawing);
  const clear = h("button", { class: "select__clear", type: "button", "aria-label": "Clear" }, icon("close"));
  const wrap = h("span", { class: "select-wrap" }, node, drawing.clearable ? clear : null);
  const draw = () => {
    const choice = value === undefined || value === null ? null : choiceOf(drawing, value);
    show(node, drawing, choice && [choice.mark || null, h("span", null, choice.label)], choice?.text);
    clear.hidden = !choice;
  };
  const pick = (next) => {
    value = next;
    draw();
    change(value, node);
  };
  clear.addEventListener("click", () => pick(null));
  node.addEventListener("click", () => {
    const list = selectList(drawing, {
      label: placeholder(element),
      multiple: false,
      isChosen: (one) => sameValue(one, value),
      pick: (choice) => {
        open.close();
        pick(choice.value);
      },
    });
    const open = drop(node, list);
  });
  draw();
  return wrap;
}

/** @param {Drawing} drawing */
export function multiSelect(drawing) {
  const { element, change, scope, blockId } = drawing;
  const node = field(drawing, "multi");
  const most = element.max_selected_items || Infinity;
  let values = [...(current(drawing) || [])];
  const draw = () => {
    const chips = values.map((one) => {
      const choice = choiceOf(drawing, one);
      return h(
        "span",
        { class: "chip" },
        choice.mark || null,
        h("span", { class: "chip__text" }, choice.label),
        h(
          "span",
          {
            class: "chip__remove",
            "aria-hidden": "true",
            title: "Remove",
            on: {
              click: (event) => {
                event.stopPropagation();
                toggle(one);
                change(values, node);
              },
            },
          },
          icon("close"),
        ),
      );
    });
    show(node, drawing, chips.length ? chips : null, values.map((one) => choiceOf(drawing, one).text).join(", "));
  };
  const toggle = (value) => {
    const there = values.some((one) => sameValue(one, value));
    if (!there && values.length >= most) return;
    values = there ? values.filter((one) => !sameValue(one, value)) : [...values, value];
    scope.form.set(blockId, element, values);
    draw();
  };
  node.addEventListener("click", () => {
    const before = values;
    const list = selectList(drawing, {
      label: placeholder(element),
      multiple: true,
      isChosen: (value) => values.some((one) => sameValue(one, value)),
      pick: (choice) => {
        toggle(choice.value);
        list.refresh();
        open.place();
      },
    });
    // Like Slack: the app hears of the whole choice when the menu closes.
    const open = drop(node, list, () => values !== before && change(values, node));
    list.input.addEventListener("keydown", (event) => {
      if (event.key !== "Backspace" || list.input.value || !values.length) return;
      toggle(values.at(-1));
      list.refresh();
    });
  });
  draw();
  return node;
}

function drop(node, list, onClose) {
  node.setAttribute("aria-expanded", "true");
  node.setAttribute("aria-controls", list.id);
  const panel = h("div", { class: "select-drop" });
  append(panel, [list.node]);
  const open = popover(node, panel, {
    width: "anchor",
    class: "popover--select",
    onClose: () => {
      node.setAttribute("aria-expanded", "false");
      onClose?.();
    },
  });
  list.input.focus();
  open.place();
  return open;
}
