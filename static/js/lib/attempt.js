// @ts-check
/**
 * The Idempotency-Key of one attempt. It is kept until the answer is known, so the same body sent again after a
 * lost answer carries the same key and is never recorded twice.
 */
import { dropDraft, keepDraft, readDraft } from "./draft.js";

/**
 * @param {string} name
 * @param {unknown} body
 * @returns {string}
 */
export function attemptKey(name, body) {
  const text = JSON.stringify(body);
  const waiting = readDraft(`attempt:${name}`, { text: "", key: "" });
  if (waiting.text === text && waiting.key) return waiting.key;
  const key = uuid();
  keepDraft(`attempt:${name}`, { text, key });
  return key;
}

/**
 * The answer came, whatever it said: the next attempt is another one.
 * @param {string} name
 */
export const endAttempt = (name) => dropDraft(`attempt:${name}`);

/** Phones of 2021 and earlier have no `crypto.randomUUID`. */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
