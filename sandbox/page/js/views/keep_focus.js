/** Drawing a part of the page again without taking the focus, the caret or the scroll position away. */

/** @param {Element} old @param {() => Element} replace puts the new node in place of the old and returns it */
export function keepFocus(old, replace) {
  const active = document.activeElement;
  const held = active && old.contains(active) ? describe(active) : null;
  const made = replace();
  if (held) find(made, held)?.focus({ preventScroll: true });
  if (held?.caret) restore(document.activeElement, held.caret);
  return made;
}

function describe(active) {
  const marked = active.closest("[data-action]");
  const caret = typeof active.selectionStart === "number" ? [active.selectionStart, active.selectionEnd] : null;
  return {
    row: active.classList.contains("msg"),
    action: marked?.dataset.action,
    block: marked?.dataset.block,
    label: active.getAttribute("aria-label"),
    name: active.className,
    caret,
  };
}

function find(made, held) {
  if (held.row) {
    const row = made.querySelector(".msg") || made;
    row.tabIndex = 0;
    return row;
  }
  if (held.action !== undefined) {
    const actions = [...made.querySelectorAll("[data-action]")].filter((one) => one.dataset.action === held.action);
    // A block without an id of its own gets a new one each time it is published.
    const same = actions.find((one) => one.dataset.block === held.block) || actions[0];
    return same && (same.matches("button,a,input,textarea") ? same : same.querySelector("button,input,textarea"));
  }
  return [...made.querySelectorAll("button,a,input,textarea,select,summary")].find(
    (one) => one.className === held.name && one.getAttribute("aria-label") === held.label,
  );
}

function restore(field, [from, to]) {
  if (typeof field?.setSelectionRange !== "function") return;
  try {
    field.setSelectionRange(from, to);
  } catch {
    // Some input kinds (date, e-mail) have no caret to set.
  }
}
