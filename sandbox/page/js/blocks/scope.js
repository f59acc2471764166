/** Where blocks stand: what their elements need to act. */
import { Form, elementKeys } from "../data/forms.js";

/**
 * @typedef {{type: "message", channel: string, ts: string} | {type: "view", view_id: string}} Container
 * @typedef {{session: import("../data/session.js").Session, surface: "message"|"modal"|"home", container: Container,
 *   form: Form, blocks: any[]}} Scope
 */

/** All blocks of a message, those of its attachments too. */
export function allBlocks(message) {
  return [...(message.blocks || []), ...(message.attachments || []).flatMap((one) => one.blocks || [])];
}

/** @param {import("../data/session.js").Session} session @param {any} message @returns {Scope} */
export function messageScope(session, message) {
  const blocks = allBlocks(message);
  const container = { type: "message", channel: message.channel, ts: message.ts };
  return {
    session,
    surface: "message",
    container,
    form: formOf(session, `${message.channel} ${message.ts}`, blocks),
    blocks,
  };
}

/** @param {import("../data/session.js").Session} session @param {any} view @returns {Scope} */
export function viewScope(session, view) {
  const form = formOf(session, view.id, view.blocks);
  form.remember(view.state?.values);
  return { session, surface: view.type, container: { type: "view", view_id: view.id }, form, blocks: view.blocks };
}

/** The form of a place survives its being drawn again; what belongs to elements that are gone is forgotten. */
function formOf(session, key, blocks) {
  if (!session.forms.has(key)) session.forms.set(key, new Form());
  const form = session.forms.get(key);
  form.prune(elementKeys(blocks));
  return form;
}

/** A key that marks a container's node, so that a failure finds its element. @param {Container} container */
export function containerKey(container) {
  return container.type === "view" ? container.view_id : `${container.channel} ${container.ts}`;
}
