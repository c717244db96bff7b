// @ts-check
/**
 * Keeps what was typed until it has arrived. In the tab it survives errors, a reload and signing in again; on the
 * device also a closed tab, until somebody signs out, and never longer than the portal remembers what it answered.
 */

/** @typedef {"tab" | "device"} Place */

/** The portal keeps its answers under their keys for seven days; an older attempt must not be repeated. */
const DAYS_KEPT = 6;
const DAY_MS = 86_400_000;
const PREFIX = "draft:";

/**
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @param {Place} [place]
 * @returns {T}
 */
export function readDraft(name, fallback, place = "tab") {
  try {
    const { at, value } = JSON.parse(storage(place).getItem(PREFIX + name) ?? "{}");
    return at > Date.now() - DAYS_KEPT * DAY_MS ? value : fallback;
  } catch {
    return fallback;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Place} [place]
 */
export function keepDraft(name, value, place = "tab") {
  try {
    storage(place).setItem(PREFIX + name, JSON.stringify({ at: Date.now(), value }));
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

/**
 * @param {string} name
 * @param {Place} [place]
 */
export function dropDraft(name, place = "tab") {
  try {
    storage(place).removeItem(PREFIX + name);
  } catch {
    // There was nothing to drop.
  }
}

/** Nothing typed may wait for the next person at this device. */
export function dropDrafts() {
  for (const place of /** @type {const} */ (["tab", "device"])) {
    try {
      for (const key of Object.keys(storage(place))) {
        if (key.startsWith(PREFIX)) storage(place).removeItem(key);
      }
    } catch {
      // There was nothing to drop.
    }
  }
}

/** @param {Place} place */
const storage = (place) => (place === "device" ? localStorage : sessionStorage);
