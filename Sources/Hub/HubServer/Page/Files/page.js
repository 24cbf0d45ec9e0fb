// The page at `/`: sign in, then a room, live.

import { endSignIn, renewIfDue, signInWithCode } from "./code.js";
import { follow } from "./follower.js";
import { HistoryDialog } from "./history.js";
import { Hub, Refusal } from "./hub.js";
import { TileOrder } from "./order.js";
import { followLink, savedToken, tokenInAddress, validated } from "./session.js";
import { chartMs, Tile } from "./tile.js";
import { Wall } from "./wall.js";
import { isMaximumBPM, usualMaximumBPM, zones } from "./zones.js";

const allKinds = "heart_rate,room_member_updated,room_member_removed,room_updated";
const orderKey = "strapline.order";
/** How often the page looks whether its token is due for renewal. */
const renewalCheckMs = 3_600_000;
const maximumKey = "strapline.maximum_heart_rate";
const part = (id) => document.getElementById(id);

/** The rooms on the page, while a user is signed in. */
class RoomPage {
  #tiles = new Map();
  #rooms = [];
  #isConnected = false;
  #leaving = new AbortController();
  #historyDialog;
  #order = new TileOrder(part("tiles"));
  #title = "";

  constructor(hub, validation, historyDialog) {
    this.hub = hub;
    this.validation = validation;
    this.#historyDialog = historyDialog;
  }

  /** Follows one room after another until somebody signs out; throws where the hub refuses. */
  async run(signal) {
    const clock = setInterval(() => this.show(), 1000);
    const options = { signal };
    part("room-select").addEventListener("change", () => this.#choose(part("room-select").value), options);
    part("order").addEventListener("change", () => this.#chooseOrder(), options);
    addEventListener("hashchange", () => this.#leaving.abort(), options);
    addEventListener("resize", () => this.redraw(), options);
    document.addEventListener("visibilitychange", () => document.hidden || this.redraw(), options);
    signal.addEventListener("abort", () => this.#leaving.abort());
    try {
      while (!signal.aborted) {
        this.#leaving = new AbortController();
        this.#clear();
        await follow({
          open: () => this.#open(),
          probe: () => this.hub.validate(),
          onMessage: (message) => this.#hear(message),
          onConnected: (isConnected) => this.#connected(isConnected),
          signal: this.#leaving.signal,
        });
      }
    } finally {
      clearInterval(clock);
      this.#clear();
      this.#showTitle();
    }
  }

  /** The room of the address, or the first. */
  get room() {
    const id = new URLSearchParams(location.hash.slice(1)).get("room");
    return this.#rooms.find((room) => room.room_id === id) ?? this.#rooms[0];
  }

  show() {
    const moment = { now: this.hub.now(), isConnected: this.#isConnected, usualMaximumBPM: maximumBPM() };
    for (const tile of this.#tiles.values()) tile.show(moment);
    this.#order.apply(this.#tiles.values(), part("order").value, moment.now);
    this.#showTitle();
  }

  /** The tab shows the own heart rate. Only changes are written. */
  #showTitle() {
    const own = this.#tiles.get(this.validation.profile_id);
    const title = own?.liveBPM ? `♥ ${own.liveBPM} ${own.name}` : "Strapline";
    if (title !== this.#title) document.title = title;
    this.#title = title;
  }

  /** Draws everything again at its present size. */
  redraw() {
    for (const tile of this.#tiles.values()) tile.redraw();
    this.show();
  }

  async #open() {
    await this.#readRooms();
    if (!this.room) throw new Error("no room");
    const path = `api/v2/data/rooms/${encodeURIComponent(this.room.room_id)}/real_time`;
    const socket = this.hub.stream(path, { kinds: allKinds });
    this.#fillCharts();
    return socket;
  }

  async #readRooms() {
    this.#rooms = await this.hub.rooms();
    const { room } = this;
    part("room-choice").hidden = this.#rooms.length < 2;
    part("room-select").replaceChildren(
      ...this.#rooms.map((each) => new Option(roomName(each), each.room_id, false, each === room)),
    );
    part("room-name").textContent = room ? roomName(room) : "No room yet";
    const members = room?.members ?? [];
    for (const member of members) this.#tile(member.profile_id).describe(member);
    this.#showZones();
    for (const profileID of this.#tiles.keys()) {
      if (!members.some((member) => member.profile_id === profileID)) this.#remove(profileID);
    }
    part("empty").hidden = Boolean(room);
    part("empty").textContent = 
      "You are not in a room. Ask the administrator of this hub to add you: strapline-hub room add ROOM NAME";
  }

  /** Loads the readings from before the stream, or from an interruption, while the stream goes on. */
  async #fillCharts() {
    const to = Math.ceil(this.hub.now());
    for (const tile of this.#tiles.values()) {
      const answer = await this.hub.readings(tile.profileID, { from: to - chartMs, to, resolution: 1 }).catch(() => undefined);
      for (const { at, average_bpm: bpm } of answer?.points ?? []) {
        tile.add({ at, arrivedAt: at, bpm: Math.round(bpm) });
      }
      this.show();
    }
  }

  #hear(message) {
    const content = message[message.kind];
    if (message.kind === "heart_rate") {
      const isKnown = this.#tiles.has(content.profile_id);
      const reading = { at: Date.parse(message.timestamp), arrivedAt: this.hub.now(), bpm: content.bpm };
      this.#tile(content.profile_id).add(reading);
      if (!isKnown) this.#readRooms().catch(() => {});
      this.show();
    } else if (message.kind === "room_member_updated") {
      const isKnown = this.#tiles.has(content.profile_id);
      this.#tile(content.profile_id).describe({ config: content.config });
      this.#showZones();
      // The message has no name.
      if (!isKnown) this.#readRooms().catch(() => {});
    } else if (message.kind === "room_member_removed") {
      this.#remove(content.profile_id);
    } else if (message.kind === "room_updated") {
      const { room } = this;
      if (room) room.config = content.config;
      if (room) part("room-name").textContent = roomName(room);
    }
  }

  #showZones() {
    showZones([...this.#tiles.values()].some((tile) => tile.hasOwnMaximum));
  }

  #connected(isConnected) {
    const wasConnected = this.#isConnected;
    this.#isConnected = isConnected;
    part("connection").dataset.connected = isConnected;
    // Only changes: screen readers announce them.
    if (isConnected !== wasConnected || part("connection").textContent === "") {
      part("connection").textContent = isConnected ? "Connected" : "Not connected, trying again …";
    }
    this.show();
  }

  #tile(profileID) {
    const known = this.#tiles.get(profileID);
    if (known) return known;
    const tile = new Tile(part("tile"), profileID, (chosen) => {
      const isOwn = chosen.profileID === this.validation.profile_id;
      const seesWeek = isOwn && this.validation.scopes.includes("data:statistics:read");
      this.#historyDialog.open(this.hub, chosen, { seesWeek });
    });
    this.#tiles.set(profileID, tile);
    part("tiles").append(tile.element);
    this.show();
    return tile;
  }

  #remove(profileID) {
    this.#tiles.get(profileID)?.element.remove();
    this.#tiles.delete(profileID);
  }

  #clear() {
    for (const profileID of [...this.#tiles.keys()]) this.#remove(profileID);
    this.#isConnected = false;
    part("connection").textContent = "";
  }

  #choose(roomID) {
    location.hash = new URLSearchParams({ room: roomID });
  }

  #chooseOrder() {
    const order = part("order").value;
    if (order === "") localStorage.removeItem(orderKey);
    else localStorage.setItem(orderKey, order);
    this.#order.reset();
    if (order === "") part("tiles").replaceChildren(...[...this.#tiles.values()].map((tile) => tile.element));
    this.show();
  }
}

function roomName(room) {
  const { name } = room.config;
  return typeof name === "string" && name !== "" ? name : `Room ${room.room_id.slice(0, 8)}`;
}

function maximumBPM() {
  const value = Number(localStorage.getItem(maximumKey));
  return isMaximumBPM(value) ? value : usualMaximumBPM;
}

/** In percent where members have maximums of their own. */
function showZones(isPercent) {
  const maximum = maximumBPM();
  part("zones").dataset.percent = isPercent;
  part("zones").replaceChildren(
    ...zones.map((zone, number) => {
      const item = document.createElement("li");
      item.dataset.zone = number;
      const from = isPercent ? `${Math.round(100 * zone.from)} %` : Math.ceil(zone.from * maximum);
      item.textContent = number === 0 ? zone.name : `${zone.name} from ${from}`;
      return item;
    }),
  );
}

/** Shows one of the two views, and puts the keyboard where it goes on. */
function showView(name) {
  part("sign-in").hidden = name !== "sign-in";
  part("room").hidden = name !== "room";
  if (name === "sign-in") part("token").focus();
}

/** Waits until somebody has signed in with a token, or with a phone. */
function askForToken() {
  showView("sign-in");
  const signedIn = new AbortController();
  const options = { signal: signedIn.signal };
  return new Promise((resolve) => {
    const finish = () => {
      signedIn.abort();
      resolve();
    };
    part("sign-in").querySelector("form").addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        savedToken.set(part("token").value.trim(), part("remember").checked);
        part("token").value = "";
        finish();
      },
      options,
    );
    const showCode = async () => (await askPhone()) && finish();
    part("code-begin").addEventListener("click", showCode, options);
    // The address for a screen without a keyboard.
    if (location.hash === "#code") showCode();
  });
}

/** Shows codes until a phone allows one. False if it denies it, or somebody cancels. */
async function askPhone() {
  const form = part("sign-in").querySelector("form");
  const cancelled = new AbortController();
  part("code-cancel").addEventListener("click", () => cancelled.abort(), { signal: cancelled.signal });
  part("refused").textContent = "";
  form.hidden = true;
  part("code").hidden = false;
  part("code-cancel").focus();
  const onCode = (code, address) => {
    part("code-address").textContent = address.replace(/^https?:\/\//, "");
    part("code-text").textContent = code;
  };
  const isAllowed = await signInWithCode(onCode, cancelled.signal);
  form.hidden = false;
  part("code").hidden = true;
  part("code-text").textContent = "";
  if (isAllowed) return true;
  if (!cancelled.signal.aborted) part("refused").textContent = "The phone did not allow this screen.";
  cancelled.abort();
  part("code-begin").focus();
  return false;
}

/** Uses a token until it ends. Returns the reason for the sign-in form. */
async function stay(historyDialog) {
  const hub = new Hub(savedToken.get());
  const leaving = new AbortController();
  const signOut = () => {
    savedToken.forget(hub.token);
    endSignIn();
    leaving.abort();
  };
  part("sign-out").addEventListener("click", signOut, { signal: leaving.signal });
  const renewals = setInterval(async () => (await renewIfDue()) && location.reload(), renewalCheckMs);
  const remember = part("remember-link");
  remember.hidden = savedToken.isRemembered(hub.token);
  const rememberToken = () => {
    savedToken.set(hub.token, true);
    remember.hidden = true;
    part("sign-out").focus();
  };
  remember.addEventListener("click", rememberToken, { signal: leaving.signal });
  let page;
  const wall = new Wall({
    tiles: part("tiles"),
    wallButton: part("wall"),
    fullScreenButton: part("full-screen"),
    onChange: () => page?.redraw(),
    signal: leaving.signal,
  });
  try {
    const validation = await validated(hub, leaving.signal, showWaiting);
    if (!validation) return "";
    showView("room");
    page = new RoomPage(hub, validation, historyDialog);
    wall.fit();
    await page.run(leaving.signal);
    return "";
  } catch (error) {
    // Not for trouble of the network: then the token may be as good as ever.
    if (!(error instanceof Refusal)) throw error;
    savedToken.forget(hub.token);
    return `The hub does not take this token: ${error.message}`;
  } finally {
    clearInterval(renewals);
    leaving.abort();
    historyDialog.dialog.close();
  }
}

function showWaiting() {
  showView("room");
  part("connection").textContent = "Not connected, trying again …";
}

async function run() {
  // A link opened in a tab with the page changes only the part behind the #.
  addEventListener("hashchange", () => tokenInAddress() && location.reload());
  part("maximum").value = maximumBPM();
  part("maximum").addEventListener("change", () => {
    localStorage.setItem(maximumKey, part("maximum").value);
    part("maximum").value = maximumBPM();
    showZones(part("zones").dataset.percent === "true");
  });
  showZones(false);
  part("order").value = new URLSearchParams(location.search).get("order") ?? localStorage.getItem(orderKey) ?? "";
  if (part("order").selectedIndex < 0) part("order").value = "";
  const historyDialog = new HistoryDialog(part("history"));
  await followLink(showWaiting);
  for (;;) {
    if (!savedToken.get()) await askForToken();
    await renewIfDue();
    part("refused").textContent = await stay(historyDialog);
  }
}

run();
