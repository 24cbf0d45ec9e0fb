// Keeps a stream open through restarts of the hub, sleep of the machine and loss of the network.

import { Refusal } from "./hub.js";

const firstWaitMs = 500;
const longestWaitMs = 15_000;
/** After a connection of at least this length, the back-off begins again. */
const goodAfterMs = 5_000;
/** After this time without a message, probe the hub: a browser does not report pings. */
const silenceMs = 30_000;

/** Doubles from half a second to 15 s; then somewhere in its upper half, so that many pages do not come back as one. */
export function waitMs(attempt, random = Math.random) {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10)) * (0.5 + random() / 2);
}

/**
 * Follows until `signal` ends it, or the hub refuses for good: then throws the `Refusal`.
 *
 * - `open` prepares and returns a new WebSocket for each attempt;
 * - `probe` sends a request to the hub, and throws without an answer;
 * - `onMessage` gets each parsed message;
 * - `onConnected` gets true or false.
 */
export async function follow({ open, probe, onMessage, onConnected, signal }) {
  let attempt = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    try {
      await converse(await open(), { probe, onMessage, onConnected, signal });
    } catch (error) {
      if (error instanceof Refusal && error.isFinal) throw error;
    }
    onConnected(false);
    if (Date.now() - startedAt > goodAfterMs) attempt = 0;
    await wait(waitMs(attempt++), signal);
  }
}

/** Returns when the connection has ended, however. */
function converse(socket, { probe, onMessage, onConnected, signal }) {
  return new Promise((resolve) => {
    const ending = new AbortController();
    const end = () => {
      ending.abort();
      // If the other side is gone, closing takes long: do not wait.
      socket.close();
      resolve();
    };
    const options = { signal: ending.signal };
    let heardAt = Date.now();
    const watch = setInterval(async () => {
      if (Date.now() - heardAt < silenceMs) return;
      heardAt = Date.now();
      await probe().catch(end);
    }, silenceMs / 4);
    ending.signal.addEventListener("abort", () => clearInterval(watch));
    socket.addEventListener("open", () => onConnected(true), options);
    socket.addEventListener("close", end, options);
    socket.addEventListener(
      "message",
      (event) => {
        heardAt = Date.now();
        const message = parsed(event.data);
        if (message) onMessage(message);
      },
      options,
    );
    addEventListener("offline", end, options);
    signal.addEventListener("abort", end, options);
    if (signal.aborted) end();
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Ends early when the network is back or somebody looks at the page again. */
export function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const ending = new AbortController();
    const end = () => {
      ending.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    const options = { signal: ending.signal };
    addEventListener("online", end, options);
    document.addEventListener("visibilitychange", () => document.hidden || end(), options);
    signal.addEventListener("abort", end, options);
    if (signal.aborted) end();
  });
}
