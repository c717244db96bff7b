// @ts-check
/** A form that asks the portal for something: once at a time, with what went wrong shown in the form itself. */
import { ProblemError } from "./api.js";
import { find, isBusy, setBusy } from "./dom.js";
import { clearErrors, showErrors } from "./error-summary.js";
import { count } from "./format.js";
import { complaints } from "./problem.js";

/** Fields that were left empty: what to say, and which they are. */
export class Missing extends Error {
  /** @param {import("./problem.js").Complaint[]} fields */
  constructor(fields) {
    super("fields are empty");
    this.fields = fields;
  }
}

/** The person thought better of it: there is nothing to say. */
export class Declined extends Error {}

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

/**
 * How many tries a code has left, in words for the hint beside it.
 * @param {number} left
 */
export function attemptsLeft(left) {
  if (left <= 0) return "Попытки закончились: попросите новый код.";
  return `Шесть цифр. ${left === 1 ? "Осталась" : "Осталось"} ${count(left, "попытка", "попытки", "попыток")}.`;
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
