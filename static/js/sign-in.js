// @ts-check
/** The sign-in form: says what is missing, signs in, leads back to where the person wanted to go. */
import { get, post } from "./lib/api.js";
import { find, onSubmit } from "./lib/dom.js";
import { attempt, filled, leaveFor } from "./lib/form.js";
import { noteSignedIn, safeNext } from "./lib/session.js";

/** Tells why nobody can sign in at this address, and what to do about it: signing in here would lead back for ever. */
const UNPROTECTED_PAGE = "/tls";

/** @param {HTMLElement} root */
export function start(root) {
  if (!isSecureContext) return location.replace(UNPROTECTED_PAGE);
  const form = /** @type {HTMLFormElement} */ (root);
  const reason = new URLSearchParams(location.search).get("reason");
  onSubmit(form, () => {
    // Why the page appeared is no news beside what comes of a new attempt; what will be linked stays in force.
    if (reason !== "link") document.documentElement.dataset.reason = "";
    attempt(form, () => signIn(form));
  });
  if (reason === "second-factor") resume(form);
  if (reason === "blocked") import("./lib/support-phone.js").then(({ saySupportPhone }) => saySupportPhone(find("[data-support-phone]")));
  if (reason === "link") nameLinked();
}

/** Says which way in will be linked; the page has words without its name. */
async function nameLinked() {
  /** @type {import("portal-types").AwaitingIdentity | null} */
  const waiting = await get("/api/auth/identities/awaiting", { isSignIn: true }).catch(() => null);
  if (waiting) find("[data-link-words]").textContent = `Вход через «${waiting.provider_name}» свяжется с ним.`;
}

/** @param {HTMLFormElement} form */
async function signIn(form) {
  const { identifier, password } = filled(form, {
    identifier: "Введите телефон, почту или логин",
    password: "Введите пароль",
  });
  const session = await post("/api/auth/sign-in", { body: { identifier, password }, isSignIn: true })
    .catch((error) => goOn(form, error));
  if (session) await finish(session);
}

/**
 * Asks for the second step where that is what the first one answered; nobody, where the person went back.
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
async function goOn(form, error) {
  const { askedBy, secondStep } = await import("./lib/second-step.js");
  const asked = askedBy(error);
  if (!asked) throw error;
  return secondStep(form, asked);
}

/**
 * A sign-in at a provider came back, and its second step waits.
 * @param {HTMLFormElement} form
 */
async function resume(form) {
  const asked = await get("/api/auth/sign-ins/awaiting", { isSignIn: true }).catch(() => null);
  if (!asked) return;
  const { secondStep } = await import("./lib/second-step.js");
  const session = await secondStep(form, asked);
  if (session) await finish(session);
}

/** @param {import("portal-types").Session} session */
async function finish(session) {
  if (!(await isCookieKept())) return leaveFor(UNPROTECTED_PAGE);
  noteSignedIn(session);
  return leaveFor(safeNext(new URLSearchParams(location.search).get("next")));
}

/** Some browsers drop it even where others do not: Safari at http://localhost. */
function isCookieKept() {
  return get("/api/auth/session", { isSignIn: true }).then(() => true, (error) => error.problem?.status !== 401);
}
