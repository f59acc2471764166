/** Light, dark, or what the system says; the choice is stored in this browser. */
import { Emitter } from "./emitter.js";

const KEY = "workspace-theme";
const ORDER = ["system", "light", "dark"];
export const LABELS = { system: "Same as the system", light: "Light", dark: "Dark" };

export class Theme extends Emitter {
  constructor() {
    super();
    this.choice = ORDER.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "system";
    this.#show();
  }

  /** @param {"system"|"light"|"dark"} choice */
  set(choice) {
    this.choice = choice;
    localStorage.setItem(KEY, choice);
    this.#show();
    this.emit("change", choice);
  }

  /** Whether dark is shown now. */
  get dark() {
    return this.choice === "dark" || (this.choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  }

  toggle() {
    this.set(this.dark ? "light" : "dark");
  }

  #show() {
    if (this.choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.choice;
  }
}
