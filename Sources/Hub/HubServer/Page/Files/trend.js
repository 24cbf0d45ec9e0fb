// The trend of the mornings' heart rate variability.

const dayMs = 24 * 3600_000;
const meanDays = 7;
const left = 38;
const bottomHeight = 22;

/** The mean of the seven days up to each morning, of reliable values: `{ at, mean }`. */
export function means(mornings) {
  const good = mornings.filter(({ hrv }) => hrv.is_reliable);
  return good.map(({ at }) => {
    const values = good.filter((other) => other.at <= at && other.at > at - meanDays * dayMs).map(({ hrv }) => hrv.rmssd_ms);
    return { at, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
  });
}

/** The trend in words. */
export function trendWords(mornings) {
  const last = mornings.findLast(({ hrv }) => hrv.rmssd_ms != null);
  if (!last) return mornings.length ? "Too few RR intervals." : "No RR intervals.";
  const mean = means(mornings).at(-1);
  const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" }).format(last.at);
  const average = mean ? `, ${Math.round(mean.mean)} ms on average of its seven days` : "";
  return `${Math.round(last.hrv.rmssd_ms)} ms on ${day}${average}`;
}

export function drawTrend(svg, mornings, { fromMs, toMs }) {
  const { clientWidth: width, clientHeight: height } = svg;
  const shown = mornings.filter(({ hrv }) => hrv.rmssd_ms != null);
  svg.replaceChildren();
  if (width === 0 || height === 0 || shown.length === 0) return;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const high = Math.max(...shown.map(({ hrv }) => hrv.rmssd_ms)) * 1.1;
  const bottom = height - bottomHeight;
  const x = (at) => left + ((at - fromMs) / (toMs - fromMs)) * (width - left - 6);
  const y = (value) => bottom - (value / high) * (bottom - 6);
  const step = [5, 10, 20, 25, 50, 100].find((size) => high / size <= 5) ?? 200;
  for (let value = 0; value <= high; value += step) {
    svg.append(element("line", { class: "grid", x1: left, x2: width, y1: y(value), y2: y(value) }));
    svg.append(element("text", { class: "tick", x: left - 8, y: y(value) + 4, "text-anchor": "end" }, value));
  }
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
  for (const [at, anchor] of [[fromMs, "start"], [(fromMs + toMs) / 2, "middle"], [toMs, "end"]]) {
    svg.append(element("text", { class: "tick", x: x(at), y: height - 5, "text-anchor": anchor }, date.format(at)));
  }
  const line = means(mornings).map(({ at, mean }) => `${x(at).toFixed(1)},${y(mean).toFixed(1)}`);
  if (line.length > 1) svg.append(element("path", { class: "mean", d: `M${line.join("L")}` }));
  for (const { at, hrv } of shown) {
    const kind = hrv.is_reliable ? "reliable" : "unreliable";
    svg.append(element("circle", { class: kind, cx: x(at).toFixed(1), cy: y(hrv.rmssd_ms).toFixed(1), r: 3.5 }));
  }
}

function element(name, attributes, text) {
  const result = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  if (text !== undefined) result.textContent = text;
  return result;
}
