// Requests to a busy hub: they wait as it says, and are sent again.

/** Without a `Retry-After`, as proxies answer. */
const usualWaitMs = 2_000;
const leastWaitMs = 250;

/**
 * How long an answer asks to wait; undefined if it is no answer of a busy hub. A proxy's 503 may come after the hub has
 * done its work, so a POST is not sent again after one.
 */
function waitMs(response, method) {
  const isBusy = response.status === 429 || (response.status === 503 && method !== "POST");
  if (!isBusy) return undefined;
  const value = response.headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // A date is one of the server's clock.
  const [until, now] = [Date.parse(value), Date.parse(response.headers.get("date") ?? "")];
  return Number.isNaN(until) ? usualWaitMs : until - (Number.isNaN(now) ? Date.now() : now);
}

/**
 * Calls `send` until the hub is not busy, and returns the last answer. All waits together are no longer than
 * `patienceMs`; `onWait` gets the length of each. A wait is somewhat longer than the hub asks: pages that were refused
 * together do not come back together.
 */
export async function sendPatiently(send, { method = "GET", patienceMs, onWait = () => {} }) {
  let leftMs = patienceMs;
  for (;;) {
    const response = await send();
    const askedMs = waitMs(response, method);
    if (askedMs === undefined || askedMs > leftMs) return response;
    const pauseMs = Math.max(leastWaitMs, askedMs) * (1 + Math.random() / 4);
    leftMs -= pauseMs;
    onWait(pauseMs);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
