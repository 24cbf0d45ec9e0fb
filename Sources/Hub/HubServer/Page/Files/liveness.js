// Whether a heart rate is what the heart does now. Nothing else on the page decides that.

/** From this age on a value is stale: straps send one each second. */
export const staleAfterMs = 10_000;
/** From this age on the user is offline, as in Pulsoid's own client. */
export const offlineAfterMs = 30_000;

/**
 * The age of a reading. Counted from the measurement, because readings of an outage arrive late; and from the arrival,
 * because the clock of a strap's machine may be ahead.
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
