/** The messages of one channel as far as they are loaded, and of the threads that were opened. */

/** @typedef {Record<string, any> & {ts: string}} Message */

const PAGE = 100;

export class Conversation {
  /** @param {string} id @param {import("./api.js").Api} api */
  constructor(id, api) {
    this.id = id;
    this.api = api;
    /** Top-level, broadcast and ephemeral messages, oldest first. @type {Message[]} */
    this.messages = [];
    /** Parent ts to parent and replies. @type {Map<string, Message[]>} */
    this.threads = new Map();
    /** Replies that only this person saw: the server does not store them, so they last as long as the page. */
    this.whispers = [];
    this.loaded = false;
    this.hasMore = false;
    this.loading = null;
  }

  /** Load the newest page once. Returns the server's answer. */
  async open() {
    if (this.loaded) return { ok: true };
    this.loading ??= this.#page().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  /** Load the page before the oldest message; resolves to the messages added. */
  async older() {
    const first = this.messages.find((one) => !one.is_ephemeral);
    if (!this.hasMore || !first) return [];
    const answer = await this.api.get("history", { channel: this.id, before: first.ts, limit: PAGE });
    if (!answer.ok) return [];
    this.hasMore = answer.has_more;
    for (const one of answer.messages) this.upsert(one);
    return answer.messages;
  }

  async #page() {
    const answer = await this.api.get("history", { channel: this.id, limit: PAGE });
    if (!answer.ok) return answer;
    this.hasMore = answer.has_more;
    // What a push brought while the answer was on its way is newer.
    for (const one of answer.messages) if (!this.find(one.ts)) this.upsert(one);
    this.loaded = true;
    return answer;
  }

  /** Load a thread: the parent, then its replies. */
  async openThread(ts) {
    const answer = await this.api.get("replies", { channel: this.id, ts });
    if (!answer.ok) return answer;
    const mine = this.whispers.filter((one) => one.thread_ts === ts);
    this.threads.set(ts, [...answer.messages, ...mine].sort(byTs));
    return answer;
  }

  /** Put a message where it belongs; true if it was not there before. */
  upsert(message) {
    return put(this.messages, message);
  }

  /** As `upsert`, in an opened thread. */
  upsertReply(thread, message) {
    if (message.is_ephemeral) put(this.whispers, message);
    const known = this.threads.get(thread);
    return known ? put(known, message) : false;
  }

  remove(ts) {
    drop(this.messages, ts);
    drop(this.whispers, ts);
    this.threads.delete(ts);
    for (const replies of this.threads.values()) drop(replies, ts);
  }

  find(ts) {
    for (const list of [this.messages, ...this.threads.values()]) {
      const found = list.find((one) => one.ts === ts);
      if (found) return found;
    }
    return undefined;
  }
}

function byTs(a, b) {
  return a.ts < b.ts ? -1 : Number(a.ts > b.ts);
}

function put(list, message) {
  let at = list.length;
  while (at > 0 && list[at - 1].ts > message.ts) at -= 1;
  if (list[at - 1]?.ts === message.ts) {
    list[at - 1] = message;
    return false;
  }
  list.splice(at, 0, message);
  return true;
}

function drop(list, ts) {
  const at = list.findIndex((one) => one.ts === ts);
  if (at >= 0) list.splice(at, 1);
}
