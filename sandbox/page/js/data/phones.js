/** The phones of the workspace's people: read again whenever the workspace says that something has reached one. */
import { Emitter } from "../base/emitter.js";

const PATH = "/sim/api/phones";

/** Emits `changed`. `phones` are {person, number, turn}, whoever is paged first at the top; `entries` the newest first. */
export class Phones extends Emitter {
  #reading = false;
  #again = false;

  /** @param {import("./workspace.js").Workspace} workspace */
  constructor(workspace) {
    super();
    this.phones = [];
    this.entries = [];
    workspace.on("phones", () => this.read());
  }

  /** Whether the server has phones at all. */
  get there() {
    return this.phones.length > 0;
  }

  get ringing() {
    return this.entries.filter((one) => one.kind === "call" && one.state === "ringing");
  }

  /** @param {string} person a user's id */
  of(person) {
    return this.entries.filter((one) => one.person === person);
  }

  async read() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    const answer = await ask(PATH);
    this.#reading = false;
    if (Array.isArray(answer?.phones)) {
      this.phones = answer.phones;
      this.entries = answer.entries;
      this.emit("changed");
    }
    if (this.#again) {
      this.#again = false;
      await this.read();
    }
  }

  /** Do something with an entry; the words of a refusal, or null. @param {string} id @param {object} body */
  async act(id, body) {
    const headers = { "Content-Type": "application/json" };
    const answer = await ask(`${PATH}/${id}`, { method: "POST", headers, body: JSON.stringify(body) });
    return answer?.ok ? null : answer?.error || "The phone cannot be reached.";
  }
}

async function ask(path, options = {}) {
  try {
    return await (await fetch(path, options)).json();
  } catch {
    return null;
  }
}
