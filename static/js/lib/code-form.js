// @ts-check
/** Asks for the code that was sent to a contact. */
import { post } from "./api.js";
import { announce, el, onSubmit } from "./dom.js";
import { Missing, attempt, codeAfter, codeHint } from "./form.js";

/** @typedef {import("portal-types").AccountCode} AccountCode */
/** @typedef {import("./form.js").SentCode & { channel: string, masked_contact: string }} Sent */

/**
 * Answers a code about a linked account.
 * @param {AccountCode} sent
 * @param {string} code
 */
export const answerAccountCode = ({ account_code_id }, code) =>
  post(`/api/homes/account-codes/${account_code_id}/confirm`, { body: { code } });

/**
 * @template {Sent} Asked
 * @param {Asked} asked
 * @param {object} what
 * @param {string} what.action
 * @param {() => Promise<Asked>} what.again
 * @param {(asked: Asked, code: string) => Promise<any>} what.send
 * @param {(answer: any) => void} what.done
 * @param {() => void} what.back
 * @returns {HTMLFormElement}
 */
export function codeForm(asked, { action, again, send, done, back }) {
  let current = asked;
  const input = el("input", { class: "input input--code", id: "code", name: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 12, "aria-describedby": "code-hint code-error" });
  const hint = el("p", { class: "hint", id: "code-hint" }, codeHint(asked));
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
      current = await again();
      hint.textContent = codeHint(current);
      input.value = "";
      input.focus();
      announce("Новый код отправлен");
    });
  }

  onSubmit(form, async () => {
    const refusal = await attempt(form, async () => {
      const code = input.value.trim();
      if (!code) throw new Missing([{ text: "Введите код из сообщения", pointer: "/code" }]);
      done(await send(current, code));
    });
    current = codeAfter(current, refusal);
    hint.textContent = codeHint(current);
  });
  return form;
}
