// @ts-check
/** Keeps what was typed until it has arrived: it survives errors, a reload and signing in again in this tab. */

/**
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @returns {T}
 */
export function readDraft(name, fallback) {
  try {
    return JSON.parse(sessionStorage.getItem(`draft:${name}`) ?? "null") ?? fallback;
  } catch {
    return fallback;
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function keepDraft(name, value) {
  try {
    sessionStorage.setItem(`draft:${name}`, JSON.stringify(value));
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

/** @param {string} name */
export function dropDraft(name) {
  try {
    sessionStorage.removeItem(`draft:${name}`);
  } catch {
    // There was nothing to drop.
  }
}
