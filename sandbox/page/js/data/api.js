/** The workspace's browser API over HTTP; answers never throw, failures are `{ok: false, error, message}`. */

const OFFLINE = {
  ok: false,
  error: "offline",
  message: "The workspace cannot be reached. Check that it is still running.",
};

export class Api {
  /** @param {string|null} user the acting user's id; null lets the server choose */
  constructor(user) {
    this.user = user;
  }

  /** @param {string} path @param {Record<string, string|number|undefined>} [params] */
  get(path, params = {}) {
    const query = new URLSearchParams();
    if (this.user) query.set("user", this.user);
    for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, String(value));
    return answer(fetch(`/browser/api/${path}?${query}`));
  }

  /** @param {string} path @param {object} body */
  post(path, body) {
    const headers = { "Content-Type": "application/json" };
    return answer(
      fetch(`/browser/api/${path}`, { method: "POST", headers, body: JSON.stringify({ user: this.user, ...body }) }),
    );
  }
}

async function answer(request) {
  try {
    const response = await request;
    return await response.json();
  } catch {
    return OFFLINE;
  }
}
