// @ts-check
/** The dialog over the page in which a person confirms, by one of the ways that are theirs. */
import { get, post } from "./api.js";
import { codeForm } from "./code-form.js";
import { el, find, onSubmit } from "./dom.js";
import { Missing, attempt } from "./form.js";
import { hasPasskeys, proveByPasskey } from "./passkey.js";
import { Declined } from "./problem.js";
import { providerForm } from "./provider-form.js";

/** @typedef {import("portal-types").ConfirmationMethod} Method */
/** @typedef {{ place: HTMLElement, path: string, done: () => void, back: () => void }} Step */

/**
 * @param {NonNullable<import("portal-types").Problem["confirmation"]>} asked
 * @returns {Promise<void>}
 */
export async function confirm({ confirmation_id, words }) {
  const path = `/api/auth/confirmations/${confirmation_id}`;
  /** @type {{ methods: Method[] }} */
  const { methods: all } = await get(path);
  const methods = all.filter(({ method }) => method !== "passkey" || hasPasskeys());
  return new Promise((resolve, reject) => {
    const place = el("div", { class: "stack stack--tight" });
    const dialog = el("dialog", { class: "dialog", "aria-labelledby": "confirm-title" },
      el("h2", { id: "confirm-title", tabindex: -1 }, "Подтвердите, что это вы"),
      el("p", {}, `Действие: ${words}.`),
      place);
    const done = () => { resolve(); dialog.close(); };
    // Closed before it was confirmed, by a button or by Escape, it is declined; after that a rejection changes nothing.
    dialog.addEventListener("close", () => { dialog.remove(); reject(new Declined()); });
    document.body.append(dialog);
    dialog.showModal();
    offer({ place, path, done, back: () => dialog.close() }, methods);
  });
}

/**
 * @param {Step} step
 * @param {Method[]} methods
 */
function offer(step, methods) {
  const forms = methods.flatMap((method) => formsOf(step, method, methods));
  step.place.replaceChildren(...forms, el("p", {}, el("button", { class: "link-button", type: "button", onclick: step.back }, "Не нужно")));
  step.place.querySelector("input")?.focus();
}

/**
 * @param {Step} step
 * @param {Method} method
 * @param {Method[]} methods
 */
function formsOf(step, method, methods) {
  if (method.sign_in_at.length > 0) return signInForms(method);
  switch (method.method) {
    case "password": return [typedForm(step, PASSWORD)];
    case "totp": return [typedForm(step, TOTP)];
    case "recovery-code": return [typedForm(step, RECOVERY_CODE)];
    default: return [plainForm(step, method, methods)];
  }
}

/**
 * The last sign-in there was too long ago. The new one opens another session, so the action is begun again after it.
 * @param {Method} method
 */
function signInForms({ sign_in_at }) {
  const here = location.pathname + location.search;
  return [
    el("p", {}, "Для этого войдите ещё раз. Мы вернём вас на эту страницу, и останется повторить действие, набранное здесь введёте снова: первые пять минут после входа оно подтвердится одной кнопкой."),
    ...sign_in_at.map((one) => providerForm(one, `Войти ещё раз через «${one.name}»`, here, { isAnew: true })),
  ];
}

/**
 * What one press begins: a code that is sent, or a sign-in of a moment ago that is enough.
 * @param {Step} step
 * @param {Method} method
 * @param {Method[]} methods
 */
function plainForm(step, { method, masked_contact }, methods) {
  const words = { passkey: "Подтвердить ключом устройства", sms: `Прислать СМС на ${masked_contact}`, email: `Прислать письмо на ${masked_contact}` }[method] ?? "Подтвердить";
  const form = el("form", { class: "stack stack--tight", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("button", { class: "button button--wide", type: "submit" }, words));
  onSubmit(form, () => attempt(form, async () => {
    if (method === "sign-in") return answer(step, { method });
    if (method === "passkey") return answer(step, { method, passkey: await proveByPasskey() });
    const ask = async () => ({ channel: method, ...await post(`${step.path}/codes`, { body: { method } }) });
    const code = codeForm(await ask(), {
      action: "Подтвердить",
      again: ask,
      send: (_, digits) => post(`${step.path}/answers`, { body: { method, code: digits } }),
      done: step.done,
      back: () => offer(step, methods),
    });
    step.place.replaceChildren(code);
    find("input", code).focus();
  }));
  return form;
}

/** @typedef {{ method: string, field: "password" | "code", label: string, missing: string, attributes: Record<string, string> }} Typed */

/** @type {Typed} */
const PASSWORD = { method: "password", field: "password", label: "Ваш пароль", missing: "Введите пароль", attributes: { class: "input", type: "password", autocomplete: "current-password" } };
/** @type {Typed} */
const TOTP = { method: "totp", field: "code", label: "Код из приложения", missing: "Введите шесть цифр из приложения", attributes: { class: "input input--code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "12" } };
/** @type {Typed} */
const RECOVERY_CODE = { method: "recovery-code", field: "code", label: "Или код восстановления", missing: "Введите код восстановления", attributes: { class: "input", type: "text", autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: "48" } };

/**
 * What is typed and not sent by a message first.
 * @param {Step} step
 * @param {Typed} typed
 */
function typedForm(step, { method, field, label, missing, attributes }) {
  const id = `confirm-${method}`;
  const input = el("input", { ...attributes, id, name: field, "aria-describedby": `${id}-error` });
  const form = el("form", { class: "stack stack--tight", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: id }, label),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": `/${field}` }),
      input),
    el("button", { class: "button button--wide", type: "submit", }, "Подтвердить"));
  onSubmit(form, () => attempt(form, async () => {
    if (!input.value) throw new Missing([{ text: missing, pointer: `/${field}` }]);
    await answer(step, { method, [field]: input.value });
  }));
  return form;
}

/**
 * @param {Step} step
 * @param {object} body
 */
async function answer(step, body) {
  await post(`${step.path}/answers`, { body });
  step.done();
}
