// The user's time zone, for a hub that does not know it.

const dayMs = 24 * 3600_000;

/** Minutes east of UTC. */
function offsetAt(ms) {
  return -new Date(ms).getTimezoneOffset();
}

/** The offsets from one time to another as the hub reads them: `60`, or `60,1774746000000:120` with a change. */
export function offsets(fromMs, toMs) {
  const parts = [String(offsetAt(fromMs))];
  for (let at = fromMs; at < toMs; at += dayMs) {
    const end = Math.min(at + dayMs, toMs);
    if (offsetAt(at) === offsetAt(end)) continue;
    let [before, after] = [at, end];
    while (after - before > 1000) {
      const middle = before + Math.floor((after - before) / 2);
      if (offsetAt(middle) === offsetAt(at)) before = middle;
      else after = middle;
    }
    // A change comes at a whole minute.
    const change = Math.round(after / 60_000) * 60_000;
    parts.push(`${change}:${offsetAt(change)}`);
  }
  return parts.join(",");
}

/** `2026-11-29` */
export function dateText(year, month, day) {
  return `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** `42:03`, or `1:12:20` */
export function clockLength(ms) {
  const seconds = Math.round(ms / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
