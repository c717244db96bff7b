// @ts-check
/** Registers in three steps: the contact, the consent as an act of its own, then the code with name and password. */
import { get, post } from "./lib/api.js";
import { announce, find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { attempt, codeAfter, codeHint, demandProtection, filled, leaveFor, slugOf } from "./lib/form.js";
import { paragraphs } from "./lib/legal.js";
import { serverNow } from "./lib/server-time.js";
import { noteSignedIn } from "./lib/session.js";

/** @typedef {import("portal-types").Registration} Registration */
/** @typedef {import("portal-types").ConsentText} ConsentText */
/** @typedef {{ contact: string, name: string, request: Registration | null, consent: number | null }} Progress */

/** @type {Progress} */
const NOTHING = { contact: "", name: "", request: null, consent: null };
const PURPOSE = "portal";

/** @param {HTMLElement} root */
export function start(root) {
  // A reload may begin at another step, whose place on the page is another: it begins at the top.
  history.scrollRestoration = "manual";
  const forms = {
    /** @type {HTMLFormElement} */ contact: find("[data-register-contact]", root),
    /** @type {HTMLFormElement} */ consent: find("[data-register-consent]", root),
    /** @type {HTMLFormElement} */ code: find("[data-register-code]", root),
  };
  const contact = input("#contact", root);
  const name = input("#name", root);
  /** @type {Promise<ConsentText> | null} */
  let asked = null;
  let progress = readDraft("register", NOTHING);

  const keep = (/** @type {Partial<Progress>} */ changed) => keepDraft("register", (progress = { ...progress, ...changed }));

  /** @param {keyof typeof forms} step */
  function show(step) {
    for (const [name, form] of Object.entries(forms)) form.hidden = name !== step;
    find("[data-register-step]", root).textContent = `Шаг ${Object.keys(forms).indexOf(step) + 1} из 3`;
  }

  async function askCode() {
    filled(forms.contact, { contact: "Введите телефон или почту" });
    demandProtection();
    const isAgain = progress.request !== null;
    const request = await post("/api/auth/registrations", { body: { contact: contact.value.trim() } });
    keep({ request });
    if (progress.consent === null) return showConsent();
    showCode(request);
    if (isAgain) announce("Новый код отправлен");
  }

  async function showConsent() {
    asked ??= get("/api/auth/consent-texts").then(({ items }) => items.find((/** @type {ConsentText} */ one) => one.purpose === PURPOSE));
    const text = await asked.catch((error) => {
      asked = null;
      throw error;
    });
    find("[data-consent-title]", root).textContent = text.title;
    find("[data-consent-text]", root).replaceChildren(...paragraphs(text.text));
    show("consent");
    find("[data-consent-title]", root).focus();
  }

  async function agree() {
    const text = await asked;
    if (!text || !progress.request) return show("contact");
    keep({ consent: text.version });
    showCode(progress.request);
  }

  /** @param {Registration} request */
  function showCode(request) {
    show("code");
    const where = request.channel === "sms" ? "СМС с кодом на номер" : "письмо с кодом на адрес";
    const sent = find("[data-register-sent]", root);
    sent.textContent = `Мы отправили ${where} ${request.masked_contact}. Обычно сообщение приходит за минуту.`;
    find("[data-register-attempts]", root).textContent = codeHint(request);
    sent.focus();
  }

  async function confirm() {
    const { code, password } = filled(forms.code, {
      code: "Введите код из сообщения",
      name: "Напишите, как к вам обращаться",
      password: "Придумайте пароль",
    });
    const consent = { purpose: PURPOSE, version: progress.consent };
    const body = { code, name: name.value.trim(), password, consent };
    const session = await post(`/api/auth/registrations/${progress.request?.registration_id}/confirm`, { body });
    dropDraft("register");
    noteSignedIn(session);
    return leaveFor("/");
  }

  /** @param {unknown} error */
  function afterRefusal(error) {
    if (error && progress.request) {
      const request = codeAfter(progress.request, error);
      keep({ request });
      find("[data-register-attempts]", root).textContent = codeHint(request);
    }
    if (slugOf(error) === "consent-outdated") {
      asked = null;
      keep({ consent: null });
      attempt(forms.consent, showConsent);
    }
  }

  onSubmit(forms.contact, () => attempt(forms.contact, askCode));
  onSubmit(forms.consent, () => attempt(forms.consent, agree));
  onSubmit(forms.code, () => attempt(forms.code, confirm).then(afterRefusal));
  find("[data-consent-refuse]", root).addEventListener("click", () => {
    find("[data-consent-refused]", root).hidden = false;
    find("[data-consent-refused]", root).focus();
  });
  find("[data-register-again]", root).addEventListener("click", () => attempt(forms.code, askCode));
  find("[data-register-back]", root).addEventListener("click", () => {
    keep({ request: null });
    show("contact");
    contact.focus();
  });
  contact.addEventListener("input", () => keep({ contact: contact.value }));
  name.addEventListener("input", () => keep({ name: name.value }));

  contact.value = progress.contact;
  name.value = progress.name;
  const { request, consent } = progress;
  if (request && consent !== null && Date.parse(request.expires_at) > serverNow()) showCode(request);
}

/**
 * @param {string} selector
 * @param {HTMLElement} root
 * @returns {HTMLInputElement}
 */
const input = (selector, root) => find(selector, root);
