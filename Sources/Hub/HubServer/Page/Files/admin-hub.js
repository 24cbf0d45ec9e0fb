// The calls of the administration, with its token.

import { answerTimeMs, base, Refusal } from "./hub.js";
import { sendPatiently } from "./retry.js";

const readerScopes = ["data:heart_rate:read", "data:room:read", "data:statistics:read", "profile:read"];
const uploaderScopes = ["data:heart_rate:write", "cardiogram:beats:write"];
const tokenCharacters = /^[\w-]+$/;
/** A change may take longer: the readings of a user are deleted. */
const changeTimeMs = 60_000;
/** All waits of a call for a busy hub. */
const patienceMs = 30_000;

export class AdminHub {
  constructor(token) {
    this.token = token;
  }

  async rooms() {
    return (await this.#call("GET", "rooms")).rooms;
  }

  async tokens() {
    return (await this.#call("GET", "tokens")).tokens;
  }

  createRoom(name) {
    return this.#call("POST", "rooms", { config: { name } });
  }

  removeRoom(roomID) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomID)}`);
  }

  /** A new user, or the one of this name. */
  async user(name) {
    try {
      return await this.#call("POST", "users", { name });
    } catch (error) {
      if (error.status !== 409) throw error;
      return this.#call("GET", `users/${encodeURIComponent(name)}`);
    }
  }

  async readingCount(userID) {
    return (await this.#call("GET", `users/${userID}?count=readings`)).readings;
  }

  removeUser(userID) {
    return this.#call("DELETE", `users/${userID}`);
  }

  /** Without a `config` the one of a member stays. */
  setMember(roomID, userID, config) {
    return this.#call("PUT", `rooms/${encodeURIComponent(roomID)}/members/${userID}`, config ? { config } : {});
  }

  removeMember(roomID, userID) {
    return this.#call("DELETE", `rooms/${encodeURIComponent(roomID)}/members/${userID}`);
  }

  removeToken(tokenID) {
    return this.#call("DELETE", `tokens/${tokenID}`);
  }

  async uploaderToken(user) {
    return (await this.#issue(user, "uploader", uploaderScopes)).access_token;
  }

  async readerToken(user) {
    return (await this.#issue(user, "reader", readerScopes, true)).access_token;
  }

  async overlayToken(user) {
    return (await this.#issue(user, "overlay", ["data:heart_rate:read"])).access_token;
  }

  /** The rows of a QR code with its light edge: a text of 0 and 1 each. */
  async qrCode(text) {
    return (await this.#call("POST", "qr-codes", { text })).rows;
  }

  #issue(user, label, scopes, mayConsent = false) {
    return this.#call("POST", "tokens", { user: user.user_id, label, scopes, may_consent: mayConsent });
  }

  async #call(method, path, body) {
    if (!tokenCharacters.test(this.token)) throw new Refusal(401, "it has characters that no token has");
    const send = () =>
      fetch(new URL(`api/hub/v1/admin/${path}`, base), {
        method,
        headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(method === "GET" ? answerTimeMs : changeTimeMs),
      });
    const response = await sendPatiently(send, { method, patienceMs });
    if (response.status === 204) return undefined;
    if (!response.ok) throw await Refusal.of(response);
    return response.json();
  }
}
