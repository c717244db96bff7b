// @ts-check
/** Asks again until an answer comes: after a pause that grows, and at once when the device finds its network. */
import { ConnectionError, ProblemError } from "./api.js";

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * What `send` answers, whatever that is. Gives up only when `signal` says so, with an `AbortError`.
 * @template T
 * @param {() => Promise<T>} send
 * @param {{ onLost: () => void, signal?: AbortSignal | undefined }} options `onLost` is called after each request without an answer
 * @returns {Promise<T>}
 */
export async function insist(send, { onLost, signal }) {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    signal?.throwIfAborted();
    onLost();
    await chance(pause, signal);
  }
}

/**
 * Whether nobody knows if the request was carried out: no answer, or one of something in front of the portal.
 * @param {unknown} error
 */
export function isLost(error) {
  return error instanceof ConnectionError || (error instanceof ProblemError && [502, 503, 504].includes(error.problem.status));
}

/**
 * @param {number} pause in milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function chance(pause, signal) {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const end = (/** @type {() => void} */ then) => () => {
      clearTimeout(timer);
      stop.abort();
      then();
    };
    const timer = setTimeout(end(resolve), pause);
    addEventListener("online", end(resolve), { signal: stop.signal });
    signal?.addEventListener("abort", end(() => reject(signal.reason)), { signal: stop.signal });
  });
}
