// One session: numbers, curve, time in zones, heart rate variability.

import { drawChart } from "./chart.js";
import { clockLength } from "./local-time.js";

const part = (id) => document.getElementById(id);
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit",
});

export class SessionView {
  constructor() {
    new ResizeObserver(() => this.#draw()).observe(part("curve"));
  }

  show(detail) {
    this.detail = detail;
    const { session } = detail;
    part("session").hidden = false;
    part("session-title").textContent = dayAndTime.format(session.start);
    part("session-note").textContent = [
      session.is_running ? "Running." : "",
      detail.is_summarized ? "Too long to read: curve and zones are averages of five minutes." : "",
    ].join(" ").trim();
    part("duration").textContent = clockLength(session.end - session.start);
    part("average").textContent = Math.round(session.average_bpm);
    part("highest").textContent = session.maximum_bpm;
    part("lowest").textContent = session.minimum_bpm;
    part("maximum").value = detail.max_heart_rate;
    showZones(detail.zones);
    const [words, note] = variabilityWords(detail);
    part("variability").textContent = words;
    part("variability-note").textContent = note;
    part("files").querySelector('[data-format="rr"]').hidden = session.intervals === 0;
    part("files-note").textContent = "";
    this.#draw();
  }

  #draw() {
    if (!this.detail) return;
    const { session, points, resolution } = this.detail;
    drawChart(part("curve"), {
      points: points.map((point) => ({
        at: point.at, minimum: point.minimum_bpm, average: point.average_bpm, maximum: point.maximum_bpm,
      })),
      fromMs: Math.min(session.start, points[0]?.at ?? session.start),
      toMs: session.end,
      gapMs: Math.max(10_000, 2.5 * resolution * 1000),
      hasAxes: true,
    });
  }
}

function showZones(zones) {
  const whole = zones.reduce((sum, zone) => sum + zone.ms, 0);
  part("zones").replaceChildren(
    ...zones.toReversed().map((zone) => {
      const item = document.createElement("li");
      item.dataset.zone = zone.zone;
      const share = whole === 0 ? 0 : zone.ms / whole;
      const bar = document.createElement("div");
      bar.className = "bar";
      const filling = document.createElement("div");
      filling.style.width = `${100 * share}%`;
      bar.append(filling);
      item.append(
        span("name", zone.name[0].toUpperCase() + zone.name.slice(1)),
        span("from", zone.zone === 0 ? "" : `from ${zone.from_bpm}`),
        bar,
        span("time", `${clockLength(zone.ms)} · ${Math.round(100 * share)} %`),
      );
      return item;
    }),
  );
}

/** Never 0 for a value that there is not. */
function variabilityWords({ session, hrv, is_summarized: isSummarized }) {
  if (session.intervals === 0) {
    return ["No RR intervals", "Optical sensors have none, and Polar straps send none in broadcast mode."];
  }
  if (isSummarized) return ["–", "A session of more than a day, or of several straps, has no value."];
  if (hrv?.rmssd_ms == null) return ["Too few RR intervals", ""];
  const share = Math.round((1000 * hrv.artefacts) / hrv.intervals) / 10;
  const gaps = hrv.gaps === 1 ? "1 gap" : `${hrv.gaps} gaps`;
  return [
    `RMSSD ${Math.round(hrv.rmssd_ms)} ms · SDNN ${Math.round(hrv.sdnn_ms)} ms · pNN50 ${Math.round(hrv.pnn50_percent)} %`,
    `${hrv.is_reliable ? "" : "Not reliable: "}${hrv.intervals} RR intervals, ${share} % artefacts, ${gaps}.` +
      (hrv.rr_may_be_ms ? " They may be in ms instead of 1/1024 s: all values are 2.3 % too small then." : ""),
  ];
}

function span(className, text) {
  const result = document.createElement("span");
  result.className = className;
  result.textContent = text;
  return result;
}
