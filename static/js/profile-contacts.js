// @ts-check
/** In the profile: by which phone and e-mail the person signs in and is reached, and how to change them. */
import { post } from "./lib/api.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { showAddress } from "./profile-address.js";

/** @typedef {import("portal-types").Profile} Profile */
/** @typedef {import("portal-types").ContactChange} ContactChange */

const PATH = "/api/auth/profile/contacts";

/**
 * Loaded when it is wanted: most visits end without.
 * @type {typeof import("./lib/confirm.js").confirming}
 */
const confirming = async (request) => (await import("./lib/confirm.js")).confirming(request);

/** @param {HTMLElement} root */
export function startContacts(root) {
  /** @type {HTMLFormElement} */
  const form = find("[data-profile-contact]", root);
  onSubmit(form, () => attempt(form, () => change(root, form)));
}

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 */
export function showContacts(root, profile) {
  const { masked_phone, masked_email } = profile;
  const mayGo = Boolean(masked_phone && masked_email);
  find("[data-profile-channels]", root).replaceChildren(
    masked_phone ? contact(root, { channel: "sms", name: "Телефон", masked: masked_phone, mayGo }) : "",
    masked_email ? contact(root, { channel: "email", name: "Почта", masked: masked_email, mayGo }) : "");
  showAddress(root, profile);
}

/**
 * @param {HTMLElement} root
 * @param {{ channel: string, name: string, masked: string, mayGo: boolean }} what
 */
function contact(root, { channel, name, masked, mayGo }) {
  const form = el("form", { class: "session", novalidate: true },
    el("div", {}, el("p", { class: "soft small" }, name), el("p", {}, masked), el("div", { "data-error-summary": true })),
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
  const asked = await ask();
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
