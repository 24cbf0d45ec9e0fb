// A chart of heart rate over time, drawn as SVG.

/** Heart rates that lie closer together do not fill the height: calm shall look calm. */
const leastSpanBPM = 30;
const axisWidth = 34;
const axisHeight = 22;
/** Room for the end of the line beside the edge. */
const marginWidth = 6;

/**
 * Draws points `{ at, minimum, average, maximum }`, in order of time, from `fromMs` to `toMs`. Where `gapMs` or more lie
 * between two of them nothing was measured, and nothing is drawn.
 */
export function drawChart(svg, { points, fromMs, toMs, gapMs, hasAxes = false }) {
  const { clientWidth: width, clientHeight: height } = svg;
  if (width === 0 || height === 0) return;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const left = hasAxes ? axisWidth : 0;
  const right = hasAxes ? width - marginWidth : width;
  const bottom = hasAxes ? height - axisHeight : height;
  const visible = points.filter((point) => point.at >= fromMs && point.at <= toMs);
  const range = rangeOf(visible);
  const x = (at) => left + ((at - fromMs) / (toMs - fromMs)) * (right - left);
  const y = (bpm) => bottom - 4 - ((bpm - range.low) / (range.high - range.low)) * (bottom - 12);
  const parts = [];
  if (hasAxes) parts.push(...axes({ range, fromMs, toMs, x, y, left, width, height }));
  for (const run of runs(visible, gapMs)) {
    parts.push(...runParts(run, { x, y, bottom, hasAxes }));
  }
  svg.replaceChildren(...parts);
}

/** Parts of `points` without a gap between them. */
export function runs(points, gapMs) {
  const result = [];
  for (const point of points) {
    const run = result.at(-1);
    if (run && point.at - run.at(-1).at < gapMs) run.push(point);
    else result.push([point]);
  }
  return result;
}

function rangeOf(points) {
  if (points.length === 0) return { low: 50, high: 150 };
  const low = Math.min(...points.map((point) => point.minimum));
  const high = Math.max(...points.map((point) => point.maximum));
  const padding = Math.max(0, leastSpanBPM - (high - low)) / 2;
  return { low: low - padding, high: high + padding };
}

function runParts(run, { x, y, bottom, hasAxes }) {
  const first = run[0];
  const last = run.at(-1);
  if (run.length === 1) return [element("circle", { class: "line-dot", cx: x(first.at), cy: y(first.average), r: 2 })];
  const line = run.map((point) => `${x(point.at).toFixed(1)},${y(point.average).toFixed(1)}`);
  const parts = [];
  if (hasAxes) {
    const upper = run.map((point) => `${x(point.at).toFixed(1)},${y(point.maximum).toFixed(1)}`);
    const lower = run.map((point) => `${x(point.at).toFixed(1)},${y(point.minimum).toFixed(1)}`).reverse();
    parts.push(element("path", { class: "area", d: `M${upper.join("L")}L${lower.join("L")}Z` }));
  } else {
    parts.push(element("path", { class: "area", d: `M${x(first.at)},${bottom}L${line.join("L")}L${x(last.at)},${bottom}Z` }));
  }
  parts.push(element("path", { class: "line", d: `M${line.join("L")}` }));
  return parts;
}

function axes({ range, fromMs, toMs, x, y, left, width, height }) {
  const parts = [];
  const step = [10, 20, 25, 50, 100].find((size) => (range.high - range.low) / size <= 5) ?? 100;
  for (let bpm = Math.ceil(range.low / step) * step; bpm <= range.high; bpm += step) {
    parts.push(element("line", { class: "grid", x1: left, x2: width, y1: y(bpm), y2: y(bpm) }));
    parts.push(element("text", { class: "tick", x: left - 8, y: y(bpm) + 4, "text-anchor": "end" }, bpm));
  }
  const labels = Math.max(2, Math.min(5, Math.floor((width - left) / 110)));
  for (let index = 0; index < labels; index++) {
    const at = fromMs + ((toMs - fromMs) * index) / (labels - 1);
    const anchor = index === 0 ? "start" : index === labels - 1 ? "end" : "middle";
    parts.push(element("text", { class: "tick", x: x(at), y: height - 5, "text-anchor": anchor }, label(at, toMs - fromMs)));
  }
  return parts;
}

function label(at, spanMs) {
  const time = { hour: "numeric", minute: "2-digit" };
  if (spanMs < 10 * 60_000) time.second = "2-digit";
  const day = spanMs > 24 * 3600_000 ? { weekday: "short" } : {};
  return new Intl.DateTimeFormat(undefined, { ...day, ...time }).format(at);
}

function element(name, attributes, text) {
  const result = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) result.setAttribute(key, value);
  if (text !== undefined) result.textContent = text;
  return result;
}
