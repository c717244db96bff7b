// @ts-check
/** A form that asks the portal for something: once at a time, with what went wrong shown in the form itself. */
import { ProblemError } from "./api.js";
import { find, isBusy, setBusy } from "./dom.js";
import { clearErrors, showErrors } from "./error-summary.js";
import { clock, count } from "./format.js";
import { Declined, complaints } from "./problem.js";

/** Fields that were left empty: what to say, and which they are. */
export class Missing extends Error {
  /** @param {import("./problem.js").Complaint[]} fields */
  constructor(fields) {
    super("fields are empty");
    this.fields = fields;
  }
}

/**
 * Browsers drop the session's cookie on such an address: signing in would lead back to the start for ever.
 * @type {import("./problem.js").Complaint}
 */
const UNPROTECTED = {
  text: "Адрес начинается с http://, на нём войти нельзя: пароль мог бы прочитать посторонний. Откройте портал по адресу с https://. Если его нет, тот, кто запускал портал, найдёт настройку TLS в docs/operations.md.",
  pointer: null,
};

/** Refuses to send a password where anybody on the way could read it. */
export function demandProtection() {
  if (!isSecureContext) throw new Missing([UNPROTECTED]);
}

/**
 * The texts of a form's fields, spaces around them left out, but a password as it was typed.
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} demands what to say where the field of this name is empty
 * @returns {Record<string, string>}
 */
export function filled(form, demands) {
  const texts = Object.fromEntries([...new FormData(form)].map(([name, value]) => {
    const text = String(value);
    return [name, name === "password" ? text : text.trim()];
  }));
  const missing = Object.entries(demands).filter(([name]) => !texts[name]);
  if (missing.length > 0) throw new Missing(missing.map(([name, text]) => ({ text, pointer: `/${name}` })));
  return texts;
}

/**
 * Runs what a form asks for. Answers what refused it, if anything.
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} action
 * @returns {Promise<unknown>}
 */
export async function attempt(form, action) {
  /** @type {HTMLButtonElement} */
  const button = find("[type=submit]", form);
  if (isBusy(button)) return null;
  clearErrors(form);
  setBusy(button, true);
  try {
    await action();
    return null;
  } catch (error) {
    if (!(error instanceof Declined)) showErrors(form, error instanceof Missing ? error.fields : complaints(error));
    return error;
  } finally {
    setBusy(button, false);
  }
}

/**
 * The problem's stable name, where a refusal is one of the portal.
 * @param {unknown} error
 */
export const slugOf = (error) => (error instanceof ProblemError ? error.slug : "");

/** @typedef {{ attempts_left: number, expires_at: string }} SentCode */

/**
 * Until when a code counts, in the same words wherever one is typed.
 * @param {string} expiresAt
 */
export const codeUntil = (expiresAt) => `Код действует до ${clock(expiresAt)}.`;

/**
 * The hint beside the field for a code: until when it counts and how many tries are left; of one that counts no more, that.
 * @param {SentCode} sent
 */
export function codeHint({ attempts_left, expires_at }) {
  if (attempts_left <= 0) return "Этот код больше не подойдёт: попросите новый.";
  const left = count(attempts_left, "попытка", "попытки", "попыток");
  return `Шесть цифр. ${codeUntil(expires_at)} ${attempts_left === 1 ? "Осталась" : "Осталось"} ${left}.`;
}

/** What a refusal makes of a code that is over or was used. */
const DEAD = ["code-expired", "code-spent", "confirmation-stale"];

/**
 * What is left of a code after a refusal: a wrong one has cost a try, one that is over or was used has none.
 * @template {SentCode} Sent
 * @param {Sent} sent
 * @param {unknown} refusal
 * @returns {Sent}
 */
export function codeAfter(sent, refusal) {
  const slug = slugOf(refusal);
  if (slug === "wrong-code") return { ...sent, attempts_left: sent.attempts_left - 1 };
  return DEAD.includes(slug) ? { ...sent, attempts_left: 0 } : sent;
}

/**
 * Goes to another page. The promise never settles: until then the button stays as it is and takes no second press.
 * @param {string} path
 * @returns {Promise<never>}
 */
export function leaveFor(path) {
  location.replace(path);
  return new Promise(() => {});
}
