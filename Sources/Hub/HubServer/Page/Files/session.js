// The token of the page: where it is kept, and how a link brings one.

import { base, Hub, Refusal } from "./hub.js";

/** A browser keeps one store for all hubs below the paths of one host. */
export const tokenKey = base.pathname === "/" ? "strapline.token" : `strapline.token ${base.pathname}`;
const part = (id) => document.getElementById(id);

/** The token of this tab, or the one that the device was asked to remember. */
export const savedToken = {
  get: () => sessionStorage.getItem(tokenKey) ?? localStorage.getItem(tokenKey),
  set(token, isRemembered) {
    (isRemembered ? localStorage : sessionStorage).setItem(tokenKey, token);
    if (isRemembered) sessionStorage.removeItem(tokenKey);
  },
  isRemembered: (token) => localStorage.getItem(tokenKey) === token,
  /** Forgets this token and no other: a link's may stand before one that the device remembers. */
  forget(token) {
    for (const storage of [sessionStorage, localStorage]) {
      if (storage.getItem(tokenKey) === token) storage.removeItem(tokenKey);
    }
  },
};

/** The part of the address behind the `#`, which a browser sends to no server. */
function fragment() {
  return new URLSearchParams(location.hash.slice(1));
}

export function tokenInAddress() {
  return fragment().get("access_token");
}

/**
 * Signs in with the token of a link, in this tab, once the hub has validated it and, if somebody is signed in already, once
 * they want it. Otherwise everything stays as it was. The token does not stay in the address, nor in the history.
 * With `&remember=1` the device remembers it: a screen on a wall signs in again after a restart.
 *
 * `onWaiting` is called while the hub does not answer.
 */
export async function followLink(onWaiting) {
  const token = tokenInAddress();
  if (!token) return;
  const isRemembered = fragment().get("remember") === "1";
  history.replaceState(null, "", location.pathname + location.search);
  const saved = savedToken.get();
  if (token === saved && !isRemembered) return;
  const hub = new Hub(token);
  try {
    const validation = await validated(hub, new AbortController().signal, onWaiting);
    if (saved && token !== saved && !(await isLinkWanted(await ownName(hub, validation)))) return;
    savedToken.set(token, isRemembered);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const notice = part(saved ? "link-refused" : "refused");
    notice.textContent = `The hub does not take the token of this link: ${error.message}`;
    notice.hidden = false;
  }
}

/**
 * The token's scopes, as soon as the hub answers; undefined after a sign-out. Throws the `Refusal`
 * of a token that cannot show a room.
 */
export async function validated(hub, signal, onWaiting) {
  while (!signal.aborted) {
    try {
      const validation = await hub.validate();
      if (!validation.scopes.includes("data:room:read")) {
        throw new Refusal(401, "it lacks the scope data:room:read");
      }
      return validation;
    } catch (error) {
      if (error instanceof Refusal && error.isFinal) throw error;
      onWaiting();
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** The name of a token's user, from one of the user's rooms. */
async function ownName(hub, { profile_id: profileID }) {
  const rooms = await hub.rooms().catch(() => []);
  const own = rooms.flatMap(({ members }) => members).find((member) => member.profile_id === profileID);
  return own?.name ?? `profile ${profileID.slice(0, 8)}`;
}

/** Asks. To close the dialog is to stay. */
function isLinkWanted(name) {
  const dialog = part("link");
  part("link-name").textContent = name;
  dialog.showModal();
  return new Promise((resolve) => {
    const options = { once: true };
    part("link-use").addEventListener("click", () => dialog.close("use"), options);
    part("link-keep").addEventListener("click", () => dialog.close(""), options);
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "use"), options);
  });
}
