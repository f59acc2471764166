/** Listeners by event name. */
export class Emitter {
  #listeners = new Map();

  /** Listen; returns the function that stops it. @param {string} name @param {(detail: any) => void} listener */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  emit(name, detail) {
    for (const listener of [...(this.#listeners.get(name) || [])]) listener(detail);
  }
}
