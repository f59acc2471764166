/** What was chosen and typed in the elements of one message or view, as the protocol's plain values. */

const INITIAL = {
  static_select: (one) => one.initial_option?.value,
  external_select: (one) => one.initial_option,
  radio_buttons: (one) => one.initial_option?.value,
  multi_static_select: (one) => one.initial_options?.map((option) => option.value),
  multi_external_select: (one) => one.initial_options,
  checkboxes: (one) => one.initial_options?.map((option) => option.value),
  users_select: (one) => one.initial_user,
  conversations_select: (one) => one.initial_conversation,
  channels_select: (one) => one.initial_channel,
  multi_users_select: (one) => one.initial_users,
  multi_conversations_select: (one) => one.initial_conversations,
  multi_channels_select: (one) => one.initial_channels,
  datepicker: (one) => one.initial_date,
  timepicker: (one) => one.initial_time,
  datetimepicker: (one) => one.initial_date_time,
  plain_text_input: (one) => one.initial_value,
  number_input: (one) => one.initial_value,
};

/** The plain value in a state entry of the server (`{type, selected_option: …}`). */
function fromState(entry) {
  const key = Object.keys(entry).find((name) => name !== "type");
  const value = entry[key];
  const external = entry.type.includes("external");
  if (key === "selected_option" && !external) return value?.value;
  if (key === "selected_options" && !external) return value?.map((option) => option.value);
  return value;
}

export class Form {
  /** Values by block id, then action id, with the kind of element they belong to. */
  #values = new Map();

  /** What the server remembers of a view (`view.state.values`). */
  remember(values) {
    for (const [block, actions] of Object.entries(values || {})) {
      for (const [action, entry] of Object.entries(actions)) {
        if (!this.#values.has(`${block} ${action}`))
          this.#put(block, action, entry.type, fromState(entry) ?? null, false);
      }
    }
  }

  #put(block, action, kind, value, touched) {
    this.#values.set(`${block} ${action}`, { block, action, kind, value, touched });
  }

  /** The value now, or the element's initial one; undefined or null when empty. */
  get(block, element) {
    const entry = this.#values.get(`${block} ${element.action_id}`);
    return entry && entry.kind === element.type ? entry.value : INITIAL[element.type]?.(element);
  }

  set(block, element, value) {
    this.#put(block, element.action_id, element.type, value, true);
  }

  /** Forget what belongs to no element of these blocks (they were replaced). @param {Set<string>} present `block action kind` */
  prune(present) {
    for (const [key, { kind }] of this.#values) if (!present.has(`${key} ${kind}`)) this.#values.delete(key);
  }

  /** What the person changed: `{block_id: {action_id: value}}`. */
  changed() {
    const out = {};
    for (const { block, action, value, touched } of this.#values.values()) {
      if (!touched) continue;
      out[block] ??= {};
      out[block][action] = value ?? null;
    }
    return out;
  }
}

/** `block action kind` of every element in these blocks. */
export function elementKeys(blocks) {
  const keys = new Set();
  for (const block of blocks)
    for (const one of [block.accessory, block.element, ...(block.elements || [])])
      if (one?.action_id) keys.add(`${block.block_id} ${one.action_id} ${one.type}`);
  return keys;
}
