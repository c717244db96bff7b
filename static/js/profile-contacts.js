// @ts-check
/** In the profile: by which phone and e-mail the person signs in and is reached, and how to change them. */
import { post } from "./lib/api.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { attempt, filled } from "./lib/form.js";
import { showAddress } from "./profile-address.js";

/** @typedef {import("portal-types").Profile} Profile */
/** @typedef {import("portal-types").ContactChange} ContactChange */

const PATH = "/api/auth/profile/contacts";
const DRAFT = "profile-contact";

/**
 * Loaded when it is wanted: most visits end without.
 * @type {typeof import("./lib/confirm.js").confirming}
 */
const confirming = async (request) => (await import("./lib/confirm.js")).confirming(request);

/** @param {HTMLElement} root */
export function startContacts(root) {
  /** @type {HTMLFormElement} */
  const form = find("[data-profile-contact]", root);
  goOn(form, readDraft(DRAFT, ""));
  onSubmit(form, () => attempt(form, () => change(root, form)));
}

/**
 * The confirmation led to another site and back: what was typed before is only to be sent again.
 * @param {HTMLFormElement} form
 * @param {string} typed
 */
function goOn(form, typed) {
  if (!typed) return;
  /** @type {HTMLInputElement} */
  const input = find("input", form);
  input.value = typed;
  find(".hint", form).textContent = "Вы это уже набрали. Нажмите «Продолжить» ещё раз.";
  input.focus();
  dropDraft(DRAFT);
}

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 */
export function showContacts(root, profile) {
  const { masked_phone, masked_email, is_phone_unproved, is_email_unproved, sign_in_by } = profile;
  const [hasPhone, hasEmail] = [masked_phone && !is_phone_unproved, masked_email && !is_email_unproved];
  const isOnlyName = (/** @type {string} */ name) => sign_in_by.every((one) => one === name);
  find("[data-profile-channels]", root).replaceChildren(
    masked_phone ? contact(root, { channel: "sms", name: "Телефон", masked: masked_phone, isProved: !is_phone_unproved, mayGo: hasEmail || (is_phone_unproved && !isOnlyName("phone")) }) : "",
    masked_email ? contact(root, { channel: "email", name: "Почта", masked: masked_email, isProved: !is_email_unproved, mayGo: hasPhone || (is_email_unproved && !isOnlyName("email")) }) : "");
  showAddress(root, profile);
}

/**
 * @param {HTMLElement} root
 * @param {{ channel: string, name: string, masked: string, isProved: boolean, mayGo?: boolean | string | null }} what
 */
function contact(root, { channel, name, masked, isProved, mayGo }) {
  const form = el("form", { class: "session", novalidate: true },
    el("div", {}, el("p", { class: "soft small" }, name), el("p", {}, masked), !isProved && el("p", {}, `Ждёт подтверждения: коды сюда не приходят. Если контакт ваш, введите его ниже ещё раз. Если его указали не вы, ${mayGo ? "уберите его" : "добавьте ниже свой, потом этот уберите"}: пока он здесь, это имя для входа.`), el("div", { "data-error-summary": true })),
    mayGo && el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Убрать: ${name} ${masked}` }, "Убрать"));
  onSubmit(form, () => attempt(form, async () => {
    const forget = (/** @type {string | undefined} */ confirmation) => post(`${PATH}/forget`, { body: { channel }, confirmation });
    tell(root, await confirming(forget), "Контакт убран");
  }));
  return form;
}

/**
 * The form for the code is loaded when it is wanted: most visits end without.
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 */
async function change(root, form) {
  const body = filled(form, { contact: "Введите телефон или почту" });
  /** @returns {Promise<ContactChange>} */
  const ask = () => confirming((confirmation) => post(PATH, { body, confirmation }));
  keepDraft(DRAFT, body.contact);
  const asked = await ask().finally(() => dropDraft(DRAFT));
  const { codeForm } = await import("./lib/code-form.js");
  const code = codeForm(asked, {
    action: "Подтвердить контакт",
    again: ask,
    send: ({ contact_code_id }, digits) => post(`${PATH}/${contact_code_id}/confirm`, { body: { code: digits } }),
    done: (profile) => {
      form.reset();
      code.replaceWith(form);
      tell(root, profile, "Контакт изменён");
    },
    back: () => { code.replaceWith(form); find("input", form).focus(); },
  });
  form.replaceWith(code);
  find("input", code).focus();
}

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 * @param {string} what
 */
function tell(root, profile, what) {
  showContacts(root, profile);
  announce(what);
  find("#channels-title", root).focus();
}
