// A member's past, in a dialog: a chart with minimum, average and maximum.

import { drawChart, runs } from "./chart.js";

/** Who was away for longer has begun another session. */
const sessionGapMs = 15 * 60_000;
const hourMs = 3600_000;
const spansMs = { hour: hourMs, sixHours: 6 * hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };
const chartPoints = 400;

/** The time from the first to the last of the points that are the latest session; undefined when there are none. */
export function latestSession(points) {
  const session = runs(points, sessionGapMs).at(-1);
  return session && { fromMs: session[0].at, toMs: session.at(-1).at };
}

export class HistoryDialog {
  #asked = 0;

  constructor(dialog) {
    this.dialog = dialog;
    this.parts = Object.fromEntries(
      ["name", "span", "chart", "note", "minimum", "average", "maximum", "duration"].map((name) => [
        name,
        dialog.querySelector(`.${name}`),
      ]),
    );
    this.parts.span.addEventListener("change", () => this.#load());
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    new ResizeObserver(() => this.#draw()).observe(this.parts.chart);
  }

  /** `seesWeek`: the token may see more than the last day of this member. */
  open(hub, { profileID, name }, { seesWeek }) {
    this.hub = hub;
    this.profileID = profileID;
    this.parts.name.textContent = name;
    this.parts.span.querySelector("[value=week]").hidden = !seesWeek;
    this.parts.span.value = "session";
    this.dialog.showModal();
    return this.#load();
  }

  async #load() {
    const asked = ++this.#asked;
    this.#show(undefined, "Loading …");
    try {
      const answer = await this.#answer(this.parts.span.value);
      // The user may have chosen another time since then.
      if (asked === this.#asked) this.#show(answer, answer?.count ? "" : "Nothing was measured in this time.");
    } catch (error) {
      if (asked === this.#asked) this.#show(undefined, `The hub did not answer: ${error.message}`);
    }
  }

  async #answer(span) {
    const now = Math.ceil(this.hub.now());
    if (span !== "session") return this.#readings(now - spansMs[span], now);
    const day = await this.#readings(now - spansMs.day, now);
    const session = latestSession(day.points);
    if (!session) return undefined;
    // A point covers the time after its beginning: the last one goes on, and the first may begin before the session.
    const answer = await this.#readings(session.fromMs, Math.min(now, session.toMs + day.resolution * 1000));
    const [first, last] = [answer.points[0], answer.points.at(-1)];
    return first ? { ...answer, from: first.at, to: last.at + answer.resolution * 1000 } : answer;
  }

  #readings(from, to) {
    const resolution = Math.max(1, Math.ceil((to - from) / 1000 / chartPoints));
    return this.hub.readings(this.profileID, { from, to, resolution });
  }

  #show(answer, note) {
    this.answer = answer;
    this.parts.note.textContent = note;
    const bpm = (value) => (value == null ? "–" : Math.round(value));
    this.parts.minimum.textContent = bpm(answer?.minimum_bpm);
    this.parts.average.textContent = bpm(answer?.average_bpm);
    this.parts.maximum.textContent = bpm(answer?.maximum_bpm);
    const points = answer?.points ?? [];
    const measuredMs = points.length && points.at(-1).at - points[0].at + answer.resolution * 1000;
    this.parts.duration.textContent = measuredMs ? duration(measuredMs) : "–";
    this.#draw();
  }

  #draw() {
    if (!this.answer?.count) {
      this.parts.chart.replaceChildren();
      return;
    }
    const { points, from, to, resolution } = this.answer;
    drawChart(this.parts.chart, {
      points: points.map((point) => ({
        at: point.at,
        minimum: point.minimum_bpm,
        average: point.average_bpm,
        maximum: point.maximum_bpm,
      })),
      fromMs: Math.min(from, points[0].at),
      toMs: to,
      gapMs: Math.max(10_000, 2.5 * resolution * 1000),
      hasAxes: true,
    });
  }
}

function duration(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.round(milliseconds / 1000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
