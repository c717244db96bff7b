// @ts-check
/**
 * Somebody signed in at a provider and is nobody here yet: has a login already, or is new. The consent is an act of its
 * own.
 */
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, find, onSubmit } from "./lib/dom.js";
import { attempt, filled, leaveFor } from "./lib/form.js";
import { paragraphs } from "./lib/legal.js";
import { noteSignedIn, safeNext } from "./lib/session.js";

/** @typedef {import("portal-types").AwaitingIdentity} AwaitingIdentity */
/** @typedef {import("portal-types").ConsentText} ConsentText */
/** @typedef {import("portal-types").Session} Session */

const PURPOSE = "portal";

/** @param {HTMLElement} root */
export async function start(root) {
  const [waiting, session] = await Promise.all([get("/api/auth/identities/awaiting").catch(() => null), signedIn()]);
  if (waiting) decide(root, waiting, session);
  find("[data-identity-nobody]", root).hidden = waiting !== null;
  root.removeAttribute("aria-busy");
  announce("Данные загружены");
}

/** @returns {Promise<Session | null>} */
const signedIn = () => get("/api/auth/session", { isSignIn: true }).catch(() => null);

/**
 * @param {HTMLElement} root
 * @param {AwaitingIdentity} waiting
 * @param {Session | null} session
 */
function decide(root, waiting, session) {
  const who = find("[data-identity-who]", root);
  who.textContent = `Вы вошли через «${waiting.provider_name}»${waiting.name && ` как ${waiting.name}`}. Осталось сказать, кто вы на портале.`;
  /** @type {HTMLFormElement} */
  const link = find("[data-identity-link]", root);
  if (session) offerOwn(link, session);
  onSubmit(link, () => attempt(link, () => (session ? linkToOwn(waiting) : leaveFor("/sign-in?reason=link&next=/identity"))));
  /** @type {HTMLFormElement} */
  const decline = find("[data-identity-decline]", root);
  onSubmit(decline, () => attempt(decline, () => forget(session)));
  for (const part of [who, link, decline]) part.hidden = false;
  if (!session) begin(root, waiting);
}

/**
 * @param {HTMLFormElement} link
 * @param {Session} session
 */
function offerOwn(link, session) {
  find("h2", link).textContent = `Вы вошли на портал как ${session.name}`;
  find("[data-identity-link-words]", link).textContent = "Свяжем оба входа: войти можно будет любым из них. Если это не ваш профиль, сначала выйдите из него.";
  find("[type=submit]", link).textContent = "Связать";
}

/** @param {AwaitingIdentity} waiting */
async function linkToOwn({ unlinked_identity_id, provider, next }) {
  await confirming((confirmation) => post("/api/auth/identities", { body: { unlinked_identity_id }, confirmation }));
  // Who came to prove who they are reads there that it is done; everybody else, in the profile.
  return leaveFor(next === "/level" ? next : `/profile?linked=${encodeURIComponent(provider)}`);
}

/** @param {Session | null} session */
async function forget(session) {
  await del("/api/auth/identities/awaiting");
  return leaveFor(session ? "/profile" : "/sign-in?reason=provider-declined");
}

/**
 * @param {HTMLElement} root
 * @param {AwaitingIdentity} waiting
 */
function begin(root, { unlinked_identity_id, name: known, next }) {
  /** @type {HTMLFormElement} */
  const nameForm = find("[data-identity-name]", root);
  /** @type {HTMLFormElement} */
  const consentForm = find("[data-identity-consent]", root);
  /** @type {{ name: string, text: ConsentText } | null} */
  let chosen = null;

  async function showConsent() {
    const { name = "" } = filled(nameForm, { name: "Напишите, как к вам обращаться" });
    const { items } = await get("/api/auth/consent-texts");
    const text = items.find((/** @type {ConsentText} */ one) => one.purpose === PURPOSE);
    chosen = { name, text };
    find("[data-consent-title]", consentForm).textContent = text.title;
    find("[data-consent-text]", consentForm).replaceChildren(...paragraphs(text.text));
    for (const form of root.querySelectorAll("form")) form.hidden = ![consentForm, find("[data-identity-decline]", root)].includes(form);
    find("[data-consent-title]", consentForm).focus();
  }

  async function register() {
    if (!chosen) return;
    const body = { unlinked_identity_id, name: chosen.name, consent: { purpose: PURPOSE, version: chosen.text.version } };
    const session = await post("/api/auth/identities/registrations", { body });
    noteSignedIn(session);
    return leaveFor(safeNext(next));
  }

  // The name that the provider has is where most people end: whoever is called otherwise types that.
  const input = /** @type {HTMLInputElement} */ (find("[name=name]", nameForm));
  input.value ||= known.slice(0, input.maxLength);
  onSubmit(nameForm, () => attempt(nameForm, showConsent));
  onSubmit(consentForm, () => attempt(consentForm, register));
  nameForm.hidden = false;
}
