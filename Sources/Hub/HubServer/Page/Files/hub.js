// The hub's calls, with a token.

import { sendPatiently } from "./retry.js";

/** The hub refused, in its own words; or something in front of it, which says nothing about the token. */
export class Refusal extends Error {
  constructor(status, message, isOfHub = true) {
    super(message);
    this.status = status;
    this.isOfHub = isOfHub;
  }

  /** The `Refusal` of an answer. */
  static async of(response) {
    const message = (await response.json().catch(() => undefined))?.error_message;
    return new Refusal(response.status, message ?? (response.statusText || `answer ${response.status}`), Boolean(message));
  }

  /** Asking again will not help: the token is not good for this. */
  get isFinal() {
    return this.status === 401 || (this.status === 403 && this.isOfHub);
  }
}

/** A hub that takes longer is not there. */
export const answerTimeMs = 10_000;
/** The subprotocol that carries a token, which stands behind it. */
const tokenProtocol = "strapline.token";
/** A token goes into a header, and into a list of subprotocols (RFC 9110, 5.6.2). */
const tokenCharacters = /^[\w!#$%&'*+.^`|~-]+$/;

/** The hub's own address, from that of this file: a proxy may serve the hub below a path. */
export const base = new URL("../", import.meta.url);

export class Hub {
  /** A call waits `patienceMs` at most while the hub is busy. `onWait` gets the length of each wait. */
  constructor(token, { patienceMs = 10_000, onWait } = {}) {
    this.token = token;
    this.patienceMs = patienceMs;
    this.onWait = onWait;
    /** What the hub's clock is ahead of this machine's. */
    this.aheadMs = 0;
  }

  /** The time by the hub's clock. Of this machine's, the wall clock: others stand still while it sleeps. */
  now() {
    return Date.now() + this.aheadMs;
  }

  validate() {
    return this.#get("api/v1/token/validate");
  }

  async rooms() {
    return (await this.#get("api/hub/v1/rooms")).rooms;
  }

  /** The member of a name or a profile, who this token may see. */
  member(name) {
    return this.#get(`api/hub/v1/members/${encodeURIComponent(name)}`);
  }

  readings(profileID, query) {
    return this.#get(`api/hub/v1/readings?${new URLSearchParams({ profile_id: profileID, ...query })}`);
  }

  // The own sessions.

  sessions(query) {
    return this.#get(`api/hub/v1/sessions?${new URLSearchParams(query)}`);
  }

  session(at, query) {
    return this.#get(`api/hub/v1/sessions/${at}?${new URLSearchParams(query)}`);
  }

  calendar(query) {
    return this.#get(`api/hub/v1/calendar?${new URLSearchParams(query)}`);
  }

  mornings(query) {
    return this.#get(`api/hub/v1/hrv?${new URLSearchParams(query)}`);
  }

  profile() {
    return this.#get("api/hub/v1/profile");
  }

  async setProfile(profile) {
    return (await this.#request("api/hub/v1/profile", { method: "PUT", body: JSON.stringify(profile) })).json();
  }

  /** A file of a session with the name that the hub gives it. */
  async sessionFile(at, query) {
    const response = await this.#request(`api/hub/v1/sessions/${at}/export?${new URLSearchParams(query)}`);
    const disposition = response.headers.get("content-disposition") ?? "";
    return { blob: await response.blob(), name: /filename="([^"]+)"/.exec(disposition)?.[1] ?? "session" };
  }

  /** The token of a WebSocket is a subprotocol: no address has it, which proxies log. */
  stream(path, query = {}) {
    const address = new URL(path, base);
    address.protocol = base.protocol === "https:" ? "wss:" : "ws:";
    address.search = new URLSearchParams(query);
    return new WebSocket(address, [tokenProtocol, this.token]);
  }

  async #get(path) {
    return (await this.#request(path)).json().catch(() => ({}));
  }

  async #request(path, options = {}) {
    if (!tokenCharacters.test(this.token)) throw new Refusal(401, "it has characters that no token has");
    // Other pages with the same token may be reading a history.
    const response = await sendPatiently(() => this.#send(path, options), {
      method: options.method, patienceMs: this.patienceMs, onWait: this.onWait,
    });
    if (response.ok) return response;
    throw await Refusal.of(response);
  }

  async #send(path, options) {
    const askedAt = Date.now();
    const response = await fetch(new URL(path, base), {
      ...options,
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(answerTimeMs),
    });
    const date = Date.parse(response.headers.get("date"));
    // The header has whole seconds, rounded down: adding half a second leaves an error of at most that.
    if (!Number.isNaN(date)) this.aheadMs = date + 500 - (askedAt + Date.now()) / 2;
    return response;
  }
}
