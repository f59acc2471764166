/** The live WebSocket: comes back by itself and resumes after the last push it saw. */
import { Emitter } from "../base/emitter.js";

const FIRST_WAIT = 400;
const LONGEST_WAIT = 8000;
const PING_EVERY = 20000;
const SILENCE = 45000;

/** Emits `push` (a push), `time` (the workspace's, {at, pace}), `state` ("connected" | "connecting" | "waiting"), `reset` (pushes were lost). */
export class Connection extends Emitter {
  #socket = null;
  #wait = FIRST_WAIT;
  #timer = 0;
  #beat = 0;
  #heard = 0;
  #missed = 0;
  #closed = false;

  /** @param {string} user @param {number} seq the last push already seen */
  constructor(user, seq) {
    super();
    this.user = user;
    this.seq = seq;
    this.state = "connecting";
    this.retryAt = 0;
    this.wake = () => this.retry();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  open() {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#become("connecting");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(
      `${scheme}://${location.host}/browser/ws?user=${encodeURIComponent(this.user)}&since=${this.seq}`,
    );
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.#socket && this.#lost());
    clearInterval(this.#beat);
    this.#heard = Date.now();
    this.#beat = setInterval(() => this.#check(), PING_EVERY);
  }

  /** Try at once if the connection is down. */
  retry() {
    if (this.state === "waiting" && !document.hidden) this.open();
  }

  /** @param {object} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#socket?.close();
  }

  #hear(push) {
    this.#heard = Date.now();
    // What was missed tells of an earlier time.
    if (push.at && !(push.type !== "hello" && push.seq <= this.#missed)) this.emit("time", push);
    if (push.type === "pong") return;
    if (push.type === "hello") {
      this.#missed = push.seq;
      this.#wait = FIRST_WAIT;
      if (push.reset) {
        this.seq = push.seq;
        this.emit("reset");
      }
      this.#become("connected");
      return;
    }
    if (push.seq > this.seq) this.seq = push.seq;
    this.emit("push", push);
  }

  #check() {
    if (Date.now() - this.#heard > SILENCE) this.#socket?.close();
    else this.send({ type: "ping" });
  }

  #lost() {
    clearInterval(this.#beat);
    if (this.#closed) return;
    const wait = this.#wait * (0.8 + Math.random() * 0.4);
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    this.retryAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.open(), wait);
    this.#become("waiting");
  }

  #become(state) {
    this.state = state;
    this.emit("state", state);
  }
}
