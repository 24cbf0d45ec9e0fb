// The overlay at `/overlay/{member}`: one heart rate on nothing, for OBS and its like.

import { follow } from "./follower.js";
import { Hub, Refusal } from "./hub.js";
import { liveness } from "./liveness.js";

const part = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
/** A name or a profile. */
const memberName = memberInAddress();
const label = part("label");
/** The smallest part of its size to which a long label shrinks. Below that it ends with an ellipsis. */
const leastLabelScale = 0.5;
const hub = new Hub(takeTokenFromAddress() ?? query.get("access_token") ?? keptToken() ?? "");
let profileID;
let latest;
let isConnected = false;

function memberInAddress() {
  const name = location.pathname.split("/").pop();
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function tokenKey() {
  return `strapline.overlay ${location.pathname}`;
}

/** The token that an address had behind its `#`, before the page was loaded again. */
function keptToken() {
  try {
    return sessionStorage.getItem(tokenKey());
  } catch {
    return null;
  }
}

/**
 * The token behind the `#`. It leaves the address, where others may read it, and stays in this tab: OBS loads the page again
 * at the address that it has then. Where the tab may keep nothing, the token stays in the address.
 */
function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("access_token");
  if (!token) return null;
  try {
    sessionStorage.setItem(tokenKey(), token);
    history.replaceState(null, "", location.pathname + location.search);
  } catch {
    // Without storage.
  }
  return token;
}

/** The look. Invalid options are ignored: an overlay cannot show errors. */
function dress() {
  const root = document.documentElement;
  const size = Number(query.get("size"));
  if (size >= 8 && size <= 1000) root.style.setProperty("--size", `${size}px`);
  for (const name of ["color", "heart"]) {
    // Colours like ff0000 are meant as #ff0000, for a # would begin the fragment.
    const value = (query.get(name) ?? "").replace(/^(?=([0-9a-f]{3,4}){1,2}$)/i, "#");
    if (CSS.supports("color", value)) root.style.setProperty(`--${name}`, value);
  }
  for (const name of ["style", "stale", "shadow"]) root.dataset[name] = query.get(name) ?? "";
  label.textContent = query.get("label") ?? "";
  fitLabel();
}

/** A long label shrinks to the width of the source, in one line. */
function fitLabel() {
  label.style.removeProperty("font-size");
  const box = label.getBoundingClientRect();
  const room = document.documentElement.clientWidth - box.left - parseFloat(getComputedStyle(document.body).paddingRight);
  label.style.maxWidth = `${Math.max(0, room)}px`;
  if (label.scrollWidth <= room) return;
  const size = parseFloat(getComputedStyle(label).fontSize);
  label.style.fontSize = `${size * Math.max(leastLabelScale, room / label.scrollWidth)}px`;
}

/** A stream with this profile: the token's own, or a room with both. */
async function open() {
  if (memberName === "") throw new Refusal(403, "The address names no member. It ends with /overlay/NAME#access_token=TOKEN");
  if (!hub.token) throw new Refusal(401, "The address has no token. It ends with #access_token=TOKEN");
  const { profile_id: ownID, scopes } = await hub.validate();
  profileID = (await member()).profile_id;
  if (ownID === profileID && scopes.includes("data:heart_rate:read")) return hub.stream("api/v1/data/real_time");
  if (!scopes.includes("data:room:read")) {
    throw new Refusal(403, "This token may not read heart rates. Use one with the scope data:heart_rate:read");
  }
  const rooms = await hub.rooms();
  const room = rooms.find(({ members }) => members.some((each) => each.profile_id === profileID));
  if (!room) throw new Refusal(403, `No member called ${memberName}`);
  return hub.stream(`api/v2/data/rooms/${encodeURIComponent(room.room_id)}/real_time`);
}

/** The member of the address, or the `Refusal` in plain words. */
async function member() {
  try {
    return await hub.member(memberName);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    throw new Refusal(403, `No member called ${memberName}`);
  }
}

/** Words for a `Refusal` of the hub. */
function explanation({ message }) {
  if (message === "token_not_found") return "The hub does not know this token. Copy the address again";
  if (message === "token_expired") return "This token has expired. Ask for a new one";
  return message;
}

/** The reading out of a message of either stream; undefined when it is another's. */
function reading(message) {
  const arrivedAt = hub.now();
  if (message.data) return { at: message.measured_at, arrivedAt, bpm: message.data.heart_rate };
  if (message.kind !== "heart_rate" || message.heart_rate.profile_id !== profileID) return undefined;
  return { at: Date.parse(message.timestamp), arrivedAt, bpm: message.heart_rate.bpm };
}

function show() {
  const state = liveness(latest, hub.now(), isConnected);
  part("overlay").dataset.state = state;
  const text = state === "offline" ? "–" : String(latest.bpm);
  if (part("bpm").textContent !== text) part("bpm").textContent = text;
  // There is none where motion is to be reduced.
  if (state === "live") for (const beat of part("heart").getAnimations()) beat.updatePlaybackRate(latest.bpm / 60);
}

// An address with the same path differs only behind the #.
addEventListener("hashchange", () => location.reload());
addEventListener("resize", fitLabel);
dress();
setInterval(show, 1000);
follow({
  open,
  probe: () => hub.validate(),
  onMessage(message) {
    const heard = reading(message);
    if (heard && !(latest?.at >= heard.at)) latest = heard;
    show();
  },
  onConnected(value) {
    isConnected = value;
    show();
  },
  signal: new AbortController().signal,
}).catch((error) => {
  // Only visible while the overlay is set up: a token that worked goes on working, or the hub is unreachable.
  part("overlay").hidden = true;
  part("trouble").textContent = `Strapline: ${explanation(error)}.`;
  part("trouble").hidden = false;
});
