/** A panel next to what opened it, inside the window. */
import { h } from "../base/dom.js";
import { lay } from "./layers.js";

const GAP = 6;
const MARGIN = 8;

/**
 * @param {Element} anchor @param {HTMLElement} content
 * @param {{label?: string, role?: string, width?: "anchor"|number, align?: "start"|"end", above?: boolean,
 *   onClose?: () => void, restore?: boolean, class?: string}} options
 */
export function popover(anchor, content, options = {}) {
  const node = h(
    "div",
    { class: `popover ${options.class || ""}`, role: options.role, "aria-label": options.label },
    content,
  );
  const place = () => position(node, anchor, options);
  const watch = new ResizeObserver(place);
  const { close } = lay(node, {
    anchor,
    restore: options.restore,
    onClose: () => {
      watch.disconnect();
      removeEventListener("resize", place);
      document.removeEventListener("scroll", scrolled, true);
      options.onClose?.();
    },
  });
  function scrolled(event) {
    if (node.contains(event.target)) return;
    const box = anchor.getBoundingClientRect();
    if (!anchor.isConnected || box.bottom < 0 || box.top > innerHeight) close();
    else place();
  }
  watch.observe(node);
  addEventListener("resize", place);
  document.addEventListener("scroll", scrolled, true);
  place();
  return { node, close, place };
}

function position(node, anchor, options) {
  const box = anchor.getBoundingClientRect();
  if (options.width === "anchor")
    node.style.setProperty("min-width", `${Math.min(box.width, innerWidth - 2 * MARGIN)}px`);
  else if (options.width) node.style.setProperty("width", `${Math.min(options.width, innerWidth - 2 * MARGIN)}px`);
  const below = innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  node.style.setProperty("max-height", "none");
  const wanted = node.offsetHeight;
  const up = options.above ? above > Math.min(wanted, 160) || above > below : below < wanted && above > below;
  const room = Math.max(120, up ? above : below);
  node.style.setProperty("max-height", `${room}px`);
  const height = Math.min(wanted, room);
  const wide = node.offsetWidth;
  const left = options.align === "end" ? box.right - wide : box.left;
  node.style.setProperty("left", `${Math.max(MARGIN, Math.min(left, innerWidth - wide - MARGIN))}px`);
  const at = up ? box.top - GAP - height : box.bottom + GAP;
  node.style.setProperty("top", `${Math.max(MARGIN, Math.min(at, innerHeight - height - MARGIN))}px`);
}
