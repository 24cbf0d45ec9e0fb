// Signing in with a code, for a screen without a keyboard: it shows the code, and a phone allows it (RFC 8628).

import { base } from "./hub.js";
import { savedToken, tokenKey } from "./session.js";

/** The client that every hub knows. */
const clientID = "strapline-hub";
/** All that a screen on a wall needs. */
const scope = "data:room:read";
/** Where the refresh token of a sign-in with a code stands. */
const renewalKey = `${tokenKey}.renewal`;
/** A hub that does not answer is asked again after this time. */
const retryMs = 5_000;

/**
 * Calls `onCode` with each code and the address to enter it at, until a phone allows one. Then the device remembers the
 * token. True after that; false if the phone denies it, or the signal aborts.
 */
export async function signInWithCode(onCode, signal) {
  while (!signal.aborted) {
    const { body: begun, status } = await post("oauth2/device_authorization", { client_id: clientID, scope });
    if (status !== 200 || !begun.user_code) {
      await pause(retryMs, signal);
      continue;
    }
    onCode(begun.user_code, begun.verification_uri);
    const answer = await decision(begun, signal);
    if (answer.body.access_token) {
      keep(answer.body);
      return true;
    }
    if (answer.body.error !== "expired_token") return false;
  }
  return false;
}

/** The hub's last answer about a code. */
async function decision({ device_code: code, interval }, signal) {
  const form = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: code, client_id: clientID };
  while (!signal.aborted) {
    await pause(interval * 1000, signal);
    const answer = await post("oauth2/token", form);
    const isOpen = ["authorization_pending", "slow_down"].includes(answer.body.error);
    if (!isOpen && isOfHub(answer) && answer.status < 500 && answer.status !== 429) return answer;
  }
  return { status: 0, body: {} };
}

/**
 * Exchanges the token of a sign-in with a code when half of its time is over. True if the device has another token
 * now.
 */
export async function renewIfDue() {
  const renewal = savedRenewal();
  if (!renewal || renewal.accessToken !== savedToken.get() || Date.now() < renewal.dueAt) return false;
  const { status, body } = await post("oauth2/token", {
    grant_type: "refresh_token", refresh_token: renewal.refreshToken, client_id: clientID,
  });
  if (body.access_token) keep(body);
  // The grant has ended. The next call shows whether the access token has, too.
  else if (body.error && (status === 400 || status === 401)) localStorage.removeItem(renewalKey);
  return Boolean(body.access_token);
}

/** Ends what a sign-in with a code has issued, if there was one. */
export function endSignIn() {
  const renewal = savedRenewal();
  if (!renewal) return;
  localStorage.removeItem(renewalKey);
  post("oauth2/revoke", { token: renewal.refreshToken, client_id: clientID });
}

function savedRenewal() {
  return JSON.parse(localStorage.getItem(renewalKey) ?? "null");
}

function keep({ access_token: accessToken, refresh_token: refreshToken, expires_in: seconds }) {
  savedToken.set(accessToken, true);
  const dueAt = Date.now() + (seconds * 1000) / 2;
  localStorage.setItem(renewalKey, JSON.stringify({ accessToken, refreshToken, dueAt }));
}

/** Whether the answer has a token, or an error of OAuth. A network that wants a sign-in answers with a page. */
function isOfHub({ body }) {
  return Boolean(body.access_token ?? body.error);
}

/** The answer to a form; status 0 without one. */
async function post(path, form) {
  try {
    const response = await fetch(new URL(path, base), { method: "POST", body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json().catch(() => undefined)) ?? {} };
  } catch {
    return { status: 0, body: {} };
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
