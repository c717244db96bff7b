// @ts-check
/**
 * One attempt to send something: its body and its Idempotency-Key, kept on the device until the answer is known. The
 * same body sent again after a lost answer, even from another tab next day, carries the same key and is never recorded
 * twice.
 */
import { dropDraft, keepDraft, readDraft } from "./draft.js";

/** @typedef {{ text: string, key: string, isWaiting: boolean }} Attempt */

/** @type {Attempt} */
const NONE = { text: "", key: "", isWaiting: false };

/**
 * @param {string} name
 * @param {unknown} body
 * @returns {string}
 */
export function attemptKey(name, body) {
  const text = JSON.stringify(body);
  const known = read(name);
  if (known.text === text && known.key) return known.key;
  const key = uuid();
  keep(name, { text, key, isWaiting: false });
  return key;
}

/**
 * No answer came: the attempt goes on when there is a connection, if need be when the page is opened again.
 * @param {string} name
 */
export function noteWaiting(name) {
  keep(name, { ...read(name), isWaiting: true });
}

/**
 * The body that waits for a connection, if one does.
 * @param {string} name
 * @returns {any}
 */
export function waitingBody(name) {
  const { text, isWaiting } = read(name);
  return isWaiting && text ? JSON.parse(text) : null;
}

/**
 * The answer came, whatever it said: the next attempt is another one.
 * @param {string} name
 */
export const endAttempt = (name) => dropDraft(`attempt:${name}`, "device");

/** @param {string} name */
const read = (name) => readDraft(`attempt:${name}`, NONE, "device");

/**
 * @param {string} name
 * @param {Attempt} attempt
 */
const keep = (name, attempt) => keepDraft(`attempt:${name}`, attempt, "device");

/** Phones of 2021 and earlier have no `crypto.randomUUID`. */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
