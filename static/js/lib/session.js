// @ts-check
/** Knows whether somebody was signed in here, and the way to the sign-in page and back. */

import { dropDrafts } from "./draft.js";

const SEEN = "signed-in";
const WHO = "signed-in-person";
const ACTIVE = "active-at";

/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {() => void} listener called after each answer that prolonged the session */
export function onActivity(listener) {
  listeners.add(listener);
}

/** An answer of the API came: the session lives on, in other tabs too. */
export function noteActivity() {
  keep(ACTIVE, String(Date.now()));
  for (const listener of listeners) listener();
}

// Only other tabs hear of what is stored here.
addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key === ACTIVE) for (const listener of listeners) listener();
  // Signed out in another tab: nothing private stays on a page that watches its session.
  if (key === SEEN && newValue === null && listeners.size > 0) leaveForSignIn();
  // Another person signed in there: the page is of the one before, and what it sends would go out in the other's name.
  if (key === WHO && oldValue && newValue && oldValue !== newValue && listeners.size > 0) {
    dropDrafts();
    location.reload();
  }
});

/**
 * Somebody is signed in: a later refusal means that the session ended, not that it never was. What another person typed
 * here or sent without an answer is not to be sent in this one's name.
 * @param {import("portal-types").Session} session
 */
export function noteSignedIn({ person_id, roles }) {
  const earlier = read(WHO);
  if (earlier && earlier !== person_id) dropDrafts();
  keep(WHO, person_id);
  keep(SEEN, roles.join(" ") || "unknown");
}

/** The roles of who signed in last, as far as this device knows. */
export const notedRoles = () => (read(SEEN) ?? "").split(" ");

/** Nobody is signed in any more, and nothing typed may wait for the next person at this device. */
export function noteSignedOut() {
  keep(SEEN, null);
  keep(WHO, null);
  dropDrafts();
}

/** @type {Promise<never> | undefined} */
let leaving;

/**
 * Goes to the sign-in page, which leads back here; once, however many requests of the page are refused. The promise
 * never settles: the page is on its way out.
 * @returns {Promise<never>}
 */
export function leaveForSignIn() {
  leaving ??= new Promise(() => {
    const query = new URLSearchParams({ next: location.pathname + location.search });
    if (read(SEEN)) query.set("reason", "expired");
    location.replace(`/sign-in?${query}`);
  });
  return leaving;
}

/**
 * Where to go after signing in: only a path of this very site.
 * @param {string | null} next
 */
export function safeNext(next) {
  if (!next || !/^\/(?![/\\])/.test(next)) return "/";
  try {
    const url = new URL(next, location.origin);
    const isPage = url.origin === location.origin && !/^\/(sign-in|api)(\/|$)/.test(url.pathname);
    return isPage ? url.pathname + url.search + url.hash : "/";
  } catch {
    return "/";
  }
}

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string | null} value
 */
function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage may be forbidden: the sign-in page then greets without a reason.
  }
}
