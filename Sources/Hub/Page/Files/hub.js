// The hub's calls, with a token.

/** The hub refused, in its own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Asking again will not help: the token is not good for this. */
  get isFinal() {
    return this.status === 401 || this.status === 403;
  }
}

/** A hub that takes longer is not there. */
const answerTimeMs = 10_000;

export class Hub {
  constructor(token) {
    this.token = token;
    /** What the hub's clock is ahead of this machine's. */
    this.aheadMs = 0;
  }

  /** The time by the hub's clock. Of this machine's, the wall clock: others stand still while it sleeps. */
  now() {
    return Date.now() + this.aheadMs;
  }

  validate() {
    return this.#get("/api/v1/token/validate");
  }

  async rooms() {
    return (await this.#get("/api/hub/v1/rooms")).rooms;
  }

  readings(profileID, query) {
    return this.#get(`/api/hub/v1/readings?${new URLSearchParams({ profile_id: profileID, ...query })}`);
  }

  /** A WebSocket cannot have a header of ours, so its token stands in the query, which the hub does not log. */
  stream(path, query = {}) {
    const address = new URL(path, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.search = new URLSearchParams({ ...query, access_token: this.token });
    return new WebSocket(address);
  }

  async #get(path) {
    const askedAt = Date.now();
    const response = await fetch(path, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(answerTimeMs),
    });
    const date = Date.parse(response.headers.get("date"));
    // The header tells whole seconds, cut off: in the middle the mistake is half a second at most.
    if (!Number.isNaN(date)) this.aheadMs = date + 500 - (askedAt + Date.now()) / 2;
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(response.status, body.error_message ?? response.statusText);
    return body;
  }
}
