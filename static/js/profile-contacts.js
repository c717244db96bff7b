// @ts-check
/** In the profile: by which phone and e-mail the person signs in and is reached, and how to change them. */
import { post } from "./lib/api.js";
import { codeForm } from "./lib/code-form.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";

/** @typedef {import("portal-types").Profile} Profile */
/** @typedef {import("portal-types").ContactChange} ContactChange */

const PATH = "/api/auth/profile/contacts";

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 */
export function showContacts(root, { masked_phone, masked_email }) {
  /**
   * @param {Profile} changed
   * @param {string} told
   */
  const redraw = (changed, told) => {
    showContacts(root, changed);
    announce(told);
    root.querySelector("h3")?.focus();
  };
  const isBoth = Boolean(masked_phone && masked_email);
  root.replaceChildren(
    el("h3", { tabindex: -1 }, "Телефон и почта"),
    masked_phone ? contact("sms", "Телефон", masked_phone, isBoth, redraw) : "",
    masked_email ? contact("email", "Почта", masked_email, isBoth, redraw) : "",
    newContact(isBoth, redraw));
}

/**
 * @param {string} channel
 * @param {string} name
 * @param {string} masked
 * @param {boolean} mayGo
 * @param {(changed: Profile, told: string) => void} redraw
 */
function contact(channel, name, masked, mayGo, redraw) {
  const form = el("form", { class: "session", novalidate: true },
    el("div", {}, el("p", { class: "soft small" }, name), el("p", {}, masked), el("div", { "data-error-summary": true })),
    mayGo && el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Убрать: ${name} ${masked}` }, "Убрать"));
  onSubmit(form, () => attempt(form, async () => {
    const forget = (/** @type {string} */ confirmation) => post(`${PATH}/forget`, { body: { channel }, confirmation });
    redraw(await confirming(forget), "Контакт убран");
  }));
  return form;
}

/**
 * @param {boolean} isBoth
 * @param {(changed: Profile, told: string) => void} redraw
 */
function newContact(isBoth, redraw) {
  const input = el("input", { class: "input", id: "contact", name: "contact", type: "text", inputmode: "email", autocomplete: "off", spellcheck: "false", maxlength: 254, "aria-describedby": "contact-hint contact-error" });
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "contact" }, isBoth ? "Сменить телефон или почту" : "Другой телефон или почта"),
      el("p", { class: "hint", id: "contact-hint" }, "Попросим подтвердить, что это вы, и пришлём код на новый контакт. На прежний сообщим о замене."),
      el("p", { class: "field-error", id: "contact-error", "data-error-for": "/contact" }),
      input),
    el("p", {}, el("button", { class: "button button--quiet button--small", type: "submit" }, "Продолжить")));
  onSubmit(form, () => attempt(form, async () => {
    const text = input.value.trim();
    if (!text) throw new Missing([{ text: "Введите телефон или почту", pointer: "/contact" }]);
    /** @returns {Promise<ContactChange>} */
    const ask = () => confirming((confirmation) => post(PATH, { body: { contact: text }, confirmation }));
    const code = codeForm(await ask(), {
      action: "Подтвердить контакт",
      again: ask,
      send: ({ contact_code_id }, digits) => post(`${PATH}/${contact_code_id}/confirm`, { body: { code: digits } }),
      done: (changed) => redraw(changed, "Контакт изменён"),
      back: () => { code.replaceWith(form); input.focus(); },
    });
    form.replaceWith(code);
    code.querySelector("input")?.focus();
  }));
  return form;
}
