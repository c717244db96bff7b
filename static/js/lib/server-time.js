// @ts-check
/**
 * The server's clock, by which sessions, codes and works end. A device's own may be hours off: it only tells how much
 * time has passed since the server named its own.
 */

const AHEAD = "server-ahead";

/** By how many milliseconds the server's clock is ahead of the device's. */
let ahead = Number(kept()) || 0;

/**
 * Notes what time the server says it is. Kept in the tab: a page reads what it began before it asks for anything.
 * @param {Response} response
 */
export function noteServerTime(response) {
  const told = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(told)) return;
  ahead = told - Date.now();
  try {
    sessionStorage.setItem(AHEAD, String(ahead));
  } catch {
    // Storage may be forbidden: then each page learns it anew.
  }
}

/** The present moment by the server's clock, in milliseconds since 1970. */
export const serverNow = () => Date.now() + ahead;

function kept() {
  try {
    return sessionStorage.getItem(AHEAD);
  } catch {
    return null;
  }
}
