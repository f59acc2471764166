/** The simulated pipeline: break something on purpose, heal it, run its clock faster. Only where the server offers it. */
import { fill, freshId, h } from "../base/dom.js";
import { icon } from "../base/icons.js";
import { format } from "../base/time.js";
import { toast } from "../overlays/toast.js";
import { panelFrame } from "./panels.js";

const SPEEDS = [1, 10, 60, 600];
const REFRESH_MS = 5000;

async function call(path, options = {}) {
  try {
    const response = await fetch(`/sim/api/${path}`, {
      ...options,
      headers: options.body ? { "Content-Type": "application/json" } : {},
    });
    return response.ok ? await response.json().catch(() => ({})) : null;
  } catch {
    return null;
  }
}

function post(path, body) {
  return call(path, { method: "POST", body: JSON.stringify(body) });
}

/** What the server can break, or null where there is no simulation. */
export function offered() {
  return call("faults");
}

/** The list of faults, whether it comes bare or in an object. */
function kinds(answer) {
  return Array.isArray(answer) ? answer : answer?.faults || [];
}

export class FaultPanel {
  /** @param {import("../data/session.js").Session} session @param {any} faults answer of `/sim/api/faults` @param {() => void} onClose */
  constructor(session, faults, onClose) {
    this.session = session;
    this.faults = kinds(faults);
    const id = freshId("fault");
    this.fault = h(
      "select",
      { class: "input", id: `${id}-kind`, on: { change: () => this.#describe() } },
      this.faults.map((one) => h("option", { value: one.name }, one.name.replaceAll("_", " "))),
    );
    this.about = h("p", { class: "hint", role: "status" });
    this.processor = h("select", { class: "input", id: `${id}-processor` });
    this.processorField = h(
      "div",
      { class: "panel__field" },
      h("label", { class: "field__label", for: `${id}-processor` }, "Processor"),
      this.processor,
    );
    this.date = h("input", { class: "input", id: `${id}-date`, type: "date" });
    this.active = h("ul", { class: "panel__active", "aria-live": "polite" });
    this.clock = h("p", { class: "panel__clock" });
    this.speeds = h(
      "div",
      { class: "segments", role: "group", "aria-label": "Speed of the clock" },
      SPEEDS.map((speed) =>
        h(
          "button",
          { class: "segment", type: "button", data: { speed: String(speed) }, on: { click: () => this.#speed(speed) } },
          `${speed}×`,
        ),
      ),
    );
    this.inject = h("button", { class: "button button--primary", type: "submit" }, "Inject the fault");
    const body = h(
      "div",
      { class: "panel__body" },
      h("section", { class: "panel__part" }, h("h3", null, "Clock"), this.clock, this.speeds),
      h(
        "form",
        {
          class: "panel__part",
          on: {
            submit: (event) => {
              event.preventDefault();
              this.#inject();
            },
          },
        },
        h("h3", null, "Inject a fault"),
        h(
          "div",
          { class: "panel__field" },
          h("label", { class: "field__label", for: `${id}-kind` }, "Kind"),
          this.fault,
          this.about,
        ),
        this.processorField,
        h(
          "div",
          { class: "panel__field" },
          h(
            "label",
            { class: "field__label", for: `${id}-date` },
            "Data date ",
            h("span", { class: "field__optional" }, "(optional)"),
          ),
          this.date,
        ),
        this.inject,
      ),
      h("section", { class: "panel__part" }, h("h3", null, "Active faults"), this.active),
    );
    const words = { sign: "beaker", title: "Pipeline", closes: "Close the pipeline panel" };
    this.node = panelFrame(words, onClose, body).node;
    this.#describe();
    this.#draw(faults);
    this.#load();
    this.timer = setInterval(() => this.refresh(), REFRESH_MS);
  }

  focus() {
    this.fault.focus();
  }

  stop() {
    clearInterval(this.timer);
  }

  async #load() {
    const names = await call("processors");
    const list = Array.isArray(names) ? names : names?.processors || [];
    fill(
      this.processor,
      list.map((name) => h("option", { value: name }, name)),
    );
    this.#time(await call("clock"));
  }

  async refresh() {
    const [faults, clock] = await Promise.all([call("faults"), call("clock")]);
    if (faults) this.#draw(faults);
    this.#time(clock);
  }

  #describe() {
    const one = this.faults.find((fault) => fault.name === this.fault.value);
    this.about.textContent = one?.description || "";
    this.processorField.hidden = one?.processor_needed === false;
  }

  #draw(answer) {
    const active = answer?.active || [];
    const words = (one) => [one.processor, one.date].filter(Boolean).join(" · ");
    const entry = (one) =>
      h(
        "li",
        { class: "panel__fault" },
        icon("warning"),
        h(
          "span",
          { class: "panel__fault-text" },
          h("strong", null, String(one.name || one.id).replaceAll("_", " ")),
          h("span", { class: "hint" }, words(one)),
        ),
        h(
          "button",
          {
            class: "button button--small",
            type: "button",
            "aria-label": `Heal ${one.name || one.id}`,
            on: { click: () => this.#heal(one) },
          },
          icon("heart"),
          "Heal",
        ),
      );
    const open = (answer?.open || []).map((name) => h("li", { class: "panel__open hint" }, `Open: ${name}`));
    const quiet = open.length ? "No fault is active." : "No fault is active, and no incident is open.";
    fill(this.active, [...(active.length ? active.map(entry) : [h("li", { class: "empty" }, quiet)]), ...open]);
  }

  #time(clock) {
    if (!clock) return;
    const seconds = typeof clock.now === "number" ? clock.now : Date.parse(clock.now) / 1000;
    const { me } = this.session.workspace;
    if (Number.isFinite(seconds)) this.session.workspace.keepTime({ at: seconds, pace: Number(clock.speed) });
    fill(
      this.clock,
      Number.isFinite(seconds)
        ? [
            h("strong", null, format(seconds, me.tz, "time_secs")),
            h("span", { class: "hint" }, format(seconds, me.tz, "date_long")),
          ]
        : String(clock.now),
    );
    for (const one of this.speeds.children)
      one.setAttribute("aria-pressed", String(Number(one.dataset.speed) === Number(clock.speed)));
  }

  async #speed(speed) {
    this.#time(await post("clock", { speed }));
    await this.refresh();
  }

  async #inject() {
    this.inject.disabled = true;
    const body = { name: this.fault.value };
    if (!this.processorField.hidden) body.processor = this.processor.value;
    if (this.date.value) body.date = this.date.value;
    const answer = await post("faults", body);
    this.inject.disabled = false;
    if (answer) toast(`Broken: ${body.name.replaceAll("_", " ")}. Watch what the app does.`, "success");
    else toast("The fault could not be injected.", "error");
    await this.refresh();
  }

  async #heal(one) {
    const answer = await call(`faults/${encodeURIComponent(one.id)}`, { method: "DELETE" });
    if (!answer) toast("The fault could not be healed.", "error");
    await this.refresh();
  }
}
