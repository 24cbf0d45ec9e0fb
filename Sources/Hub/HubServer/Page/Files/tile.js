// One member of a room: name, heart rate, zone, the last minutes.

import { drawChart } from "./chart.js";
import { ageMs, liveness } from "./liveness.js";
import { isMaximumBPM, zoneOf, zones } from "./zones.js";

/** What the chart shows. */
export const chartMs = 5 * 60_000;
/** Straps send a value each second; after this time without one the line is interrupted. */
const gapMs = 10_000;
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });

export class Tile {
  /** By time of measurement, the last minutes of it and the newest. */
  #readings = [];
  #drawnAt = 0;

  constructor(template, profileID, onHistory) {
    this.profileID = profileID;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.parts = Object.fromEntries(
      ["name", "state", "bpm", "zone-name", "percent", "chart", "more"].map((name) => [name, this.element.querySelector(`.${name}`)]),
    );
    this.parts.more.addEventListener("click", () => onHistory(this));
    this.describe({ name: `Profile ${profileID.slice(0, 8)}`, config: {} });
  }

  /** A configuration with a name or a maximum heart rate overrides the page's own values. */
  describe({ name, config }) {
    if (name !== undefined) this.memberName = name;
    if (config !== undefined) this.config = config ?? {};
    const own = this.config.name;
    this.name = typeof own === "string" && own !== "" ? own : this.memberName;
    this.parts.name.textContent = this.name;
    this.parts.name.title = this.name;
    this.parts.more.setAttribute("aria-label", `History of ${this.name}`);
  }

  /** Whether the zones of this member are those of an own maximum. */
  get hasOwnMaximum() {
    return isMaximumBPM(this.config.max_heart_rate);
  }

  /** Takes a reading wherever in time it belongs; one that is there already counts once. */
  add(reading) {
    let index = this.#readings.length;
    while (index > 0 && this.#readings[index - 1].at > reading.at) index--;
    if (this.#readings[index - 1]?.at === reading.at) return;
    this.#readings.splice(index, 0, reading);
    this.#drawnAt = 0;
  }

  /** Shows how things are at `now`. */
  show({ now, isConnected, usualMaximumBPM }) {
    const latest = this.#readings.at(-1);
    this.#readings = this.#readings.filter((reading) => reading.at > now - chartMs || reading === latest);
    const state = liveness(latest, now, isConnected);
    const maximum = this.hasOwnMaximum ? this.config.max_heart_rate : usualMaximumBPM;
    const zone = latest && state !== "offline" ? zoneOf(latest.bpm, maximum) : 0;
    this.liveBPM = state === "live" ? latest.bpm : undefined;
    this.element.dataset.state = state;
    this.element.dataset.zone = zone;
    // An old value is not shown large: from a distance only the number is visible.
    this.#write("bpm", state === "offline" ? "–" : latest.bpm);
    this.#write("zone-name", state === "live" ? zones[zone].name : "");
    this.#write("percent", state === "live" ? `${Math.round((100 * latest.bpm) / maximum)} %` : "");
    this.#write("state", this.#stateText(state, latest, now, isConnected));
    if (now - this.#drawnAt < 1000) return;
    this.#drawnAt = now;
    const points = this.#readings.map(({ at, bpm }) => ({ at, minimum: bpm, average: bpm, maximum: bpm }));
    drawChart(this.parts.chart, { points, fromMs: now - chartMs, toMs: now, gapMs });
  }

  redraw() {
    this.#drawnAt = 0;
  }

  #stateText(state, latest, now, isConnected) {
    if (!latest) return "Nothing yet";
    const seconds = Math.floor(ageMs(latest, now) / 1000);
    if (state === "live") return seconds < 2 ? "Live" : `${seconds} s ago`;
    if (state === "stale") return isConnected ? `No value for ${seconds} s` : `Not connected, ${seconds} s ago`;
    return `Offline since ${clockTime.format(latest.at)}`;
  }

  /** Only changes, to leave screen readers and selections alone. */
  #write(part, text) {
    if (this.parts[part].textContent !== String(text)) this.parts[part].textContent = text;
  }
}
