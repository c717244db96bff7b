// @ts-check
/** Asks for the code that was sent about an account. */
import { post } from "./api.js";
import { announce, el, find, onSubmit } from "./dom.js";
import { Missing, attempt, attemptsLeft, slugOf } from "./form.js";

/** @typedef {import("portal-types").AccountCode} AccountCode */

/**
 * @param {AccountCode} asked
 * @param {{ action: string, again: () => Promise<AccountCode>, done: (answer: any) => void, back: () => void }} what
 * @returns {HTMLFormElement}
 */
export function codeForm(asked, { action, again, done, back }) {
  let { account_code_id, attempts_left } = asked;
  const input = el("input", { class: "input input--code", id: "code", name: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 12, "aria-describedby": "code-hint code-error" });
  const hint = el("p", { class: "hint", id: "code-hint" }, attemptsLeft(attempts_left));
  const form = el("form", { class: "stack stack--tight", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, `${asked.channel === "sms" ? "Отправили СМС с кодом на номер" : "Отправили письмо с кодом на адрес"} ${asked.masked_contact}. Обычно оно приходит за минуту.`),
    el("div", { class: "field" },
      el("label", { for: "code" }, "Код из сообщения"),
      hint,
      el("p", { class: "field-error", id: "code-error", "data-error-for": "/code" }),
      input),
    el("p", {}, el("button", { class: "button", type: "submit" }, action)),
    el("div", { class: "button-row button-row--links" },
      el("button", { class: "link-button", type: "button", onclick: sendAgain }, "Прислать код ещё раз"),
      el("button", { class: "link-button", type: "button", onclick: back }, "Не нужно")));

  function sendAgain() {
    attempt(form, async () => {
      ({ account_code_id, attempts_left } = await again());
      hint.textContent = attemptsLeft(attempts_left);
      input.value = "";
      input.focus();
      announce("Новый код отправлен");
    });
  }

  onSubmit(form, async () => {
    const refusal = await attempt(form, async () => {
      const code = input.value.trim();
      if (!code) throw new Missing([{ text: "Введите код из сообщения", pointer: "/code" }]);
      done(await post(`/api/homes/account-codes/${account_code_id}/confirm`, { body: { code } }));
    });
    if (slugOf(refusal) === "wrong-code") find("#code-hint", form).textContent = attemptsLeft((attempts_left -= 1));
  });
  return form;
}
