/**
 * Where a select menu gets its options.
 * @typedef {{value: any, text: string, label: Node|string, detail?: string, mark?: Node, option?: any}} Choice
 * @typedef {{label?: string, choices: Choice[]}} ChoiceGroup
 */
import { h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { plainText } from "../text/mrkdwn.js";
import { avatar, presence } from "../views/avatar.js";

/** @param {any} option @param {boolean} whole the value is the option itself (external selects) @returns {Choice} */
function fromOption(option, whole) {
  return {
    value: whole ? option : option.value,
    text: option.text.text,
    label: plainText(option.text.text, option.text.emoji !== false),
    detail: option.description?.text,
    option,
  };
}

function fromOptions(source, whole) {
  if (source.option_groups)
    return source.option_groups.map((one) => ({
      label: one.label.text,
      choices: one.options.map((option) => fromOption(option, whole)),
    }));
  return [{ choices: (source.options || []).map((option) => fromOption(option, whole)) }];
}

function people(session) {
  return [...session.workspace.users.values()]
    .filter((one) => one.id !== "USLACKBOT")
    .map((one) => personChoice(session, one));
}

function personChoice(session, user) {
  const name = session.workspace.nameOf(user.id);
  return {
    value: user.id,
    text: `${name} ${user.real_name}`,
    label: name,
    detail: user.real_name === name ? "" : user.real_name,
    mark: h("span", { class: "choice-mark" }, avatar(user, "small"), presence(session, user.id)),
  };
}

function conversationChoice(session, channel) {
  if (channel.kind === "im")
    return {
      ...personChoice(
        session,
        session.workspace.users.get(channel.im_user) || { id: channel.im_user, real_name: channel.name },
      ),
      value: channel.id,
    };
  return {
    value: channel.id,
    text: channel.name,
    label: channel.name,
    mark: icon(channel.kind === "private" ? "lock" : "hash"),
  };
}

const INCLUDED = { im: "im", private: "private", channel: "public" };

function conversations(session, element) {
  const wanted = element.filter?.include;
  const noBots = element.filter?.exclude_bot_users;
  return [...session.workspace.channels.values()]
    .filter((one) => !one.is_archived && (!wanted || wanted.includes(INCLUDED[one.kind])))
    .filter((one) => !(noBots && one.kind === "im" && session.workspace.users.get(one.im_user)?.is_bot))
    .map((one) => conversationChoice(session, one));
}

function matching(groups, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (one) => words.every((word) => `${one.text} ${one.detail || ""}`.toLowerCase().includes(word));
  return groups.map((one) => ({ ...one, choices: one.choices.filter(fits) })).filter((one) => one.choices.length);
}

/**
 * The options for what was typed. Throws an Error with the reason when the app gave none.
 * @param {import("./element.js").Drawing} drawing @param {string} query @returns {Promise<ChoiceGroup[]>|ChoiceGroup[]}
 */
export function choicesFor({ scope, blockId, element }, query) {
  const { session } = scope;
  const kind = element.type.replace("multi_", "");
  if (kind === "static_select") return matching(fromOptions(element, false), query);
  if (kind === "users_select") return matching([{ choices: people(session) }], query);
  if (kind === "conversations_select") return matching([{ choices: conversations(session, element) }], query);
  if (kind === "channels_select") {
    const open = [...session.workspace.channels.values()].filter((one) => one.kind === "channel" && !one.is_archived);
    return matching([{ choices: open.map((one) => conversationChoice(session, one)) }], query);
  }
  return external(scope, blockId, element, query);
}

async function external(scope, blockId, element, query) {
  const answer = await scope.session.api.post("options", {
    container: scope.container,
    block_id: blockId,
    action_id: element.action_id,
    query,
  });
  if (!answer.ok) throw new Error(answer.message || answer.error);
  return fromOptions(answer, true).filter((one) => one.choices.length);
}

/** How many characters must be typed before the app is asked. */
export function leastQuery(element) {
  return element.type.endsWith("external_select") ? (element.min_query_length ?? 3) : 0;
}

/** The choice that stands for a stored value (its label may have to be found). @returns {Choice} */
export function choiceOf({ scope, element }, value) {
  const { session } = scope;
  if (value && typeof value === "object") return fromOption(value, true);
  const user = session.workspace.users.get(value);
  const channel = session.workspace.channels.get(value);
  if (element.type.endsWith("users_select") && user) return personChoice(session, user);
  if (channel) return conversationChoice(session, channel);
  const options = element.options || (element.option_groups || []).flatMap((one) => one.options);
  const found = options.find((one) => one.value === value) || element.initial_option;
  return found ? fromOption(found, false) : { value, text: String(value), label: String(value) };
}

/** Whether two values are the same choice. */
export function sameValue(one, other) {
  const key = (value) => (value && typeof value === "object" ? value.value : value);
  return key(one) === key(other);
}
