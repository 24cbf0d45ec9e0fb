// Whether a heart rate is what the heart does now. Nothing else on the page decides that.

/** From this age on a value is stale: straps tell one each second. */
export const staleAfterMs = 10_000;
/** From this age on nobody is there; Pulsoid's own client says so after the same time. */
export const offlineAfterMs = 30_000;

/**
 * How old a reading is. By when it was measured, for what was kept during an outage arrives late; and by when it arrived,
 * for a strap's machine may have a clock that is ahead.
 */
export function ageMs(reading, now) {
  return Math.max(0, now - reading.at, now - reading.arrivedAt);
}

/** `live`, `stale` or `offline`. Without a connection to the hub nothing is live. */
export function liveness(reading, now, isConnected) {
  if (!reading) return "offline";
  const age = ageMs(reading, now);
  if (age >= offlineAfterMs) return "offline";
  return isConnected && age < staleAfterMs ? "live" : "stale";
}
