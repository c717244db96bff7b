// @ts-check
/** The sign-in form: says what is missing, signs in, leads back to where the person wanted to go. */
import { post } from "./lib/api.js";
import { find, isBusy, onSubmit, setBusy } from "./lib/dom.js";
import { clearErrors, showErrors } from "./lib/error-summary.js";
import { complaints } from "./lib/problem.js";
import { noteSignedIn, safeNext } from "./lib/session.js";

/** @typedef {import("./lib/problem.js").Complaint} Complaint */

/**
 * Browsers drop the session's cookie on such an address: signing in would lead back here for ever.
 * @type {Complaint}
 */
const UNPROTECTED = {
  text: "Адрес начинается с http://, на нём войти нельзя: пароль мог бы прочитать посторонний. Откройте портал по адресу с https://. Если его нет, тот, кто запускал портал, найдёт настройку TLS в docs/operations.md.",
  pointer: null,
};

/** @param {HTMLElement} root */
export function start(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  onSubmit(form, () => submit(form));
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  /** @type {HTMLButtonElement} */
  const button = find("[type=submit]", form);
  if (isBusy(button)) return;
  const { identifier, password } = Object.fromEntries(new FormData(form));
  const missing = absent(String(identifier).trim(), String(password));
  if (missing.length > 0) return showErrors(form, missing);
  if (!isSecureContext) return showErrors(form, [UNPROTECTED]);

  clearErrors(form);
  setBusy(button, true);
  try {
    await post("/api/auth/sign-in", { body: { identifier, password }, isSignIn: true });
    noteSignedIn();
    location.replace(safeNext(new URLSearchParams(location.search).get("next")));
  } catch (error) {
    setBusy(button, false);
    showErrors(form, complaints(error));
  }
}

/**
 * @param {string} identifier
 * @param {string} password
 */
function absent(identifier, password) {
  /** @type {Complaint[]} */
  const missing = [];
  if (!identifier) missing.push({ text: "Введите телефон, почту или логин", pointer: "/identifier" });
  if (!password) missing.push({ text: "Введите пароль", pointer: "/password" });
  return missing;
}
