// @ts-check
/** Where else notices of an account may go: contacts, each confirmed by a code. */
import { post } from "./lib/api.js";
import { el, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { answerAccountCode, codeForm } from "./lib/code-form.js";

/** @typedef {import("portal-types").Account} Account */

/**
 * @param {Account} account
 * @param {import("./account-settings.js").Redraw} redraw
 */
export function contactsCard(account, redraw) {
  const path = `/api/homes/accounts/${account.account_id}/contacts`;
  const { masked_phone, masked_email } = account.notices;
  const card = el("section", { class: "card stack", "data-account-contacts": true },
    el("h2", { tabindex: -1 }, "Контакты для уведомлений"),
    masked_phone && contact("sms", "Телефон", masked_phone),
    masked_email && contact("email", "Почта", masked_email),
    newContact());

  /**
   * @param {string} channel
   * @param {string} name
   * @param {string} masked
   */
  function contact(channel, name, masked) {
    const form = el("form", { class: "session", novalidate: true },
      el("div", {}, el("p", { class: "soft small" }, name), el("p", {}, masked), el("div", { "data-error-summary": true })),
      el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Убрать: ${name} ${masked}` }, "Убрать"));
    onSubmit(form, () => attempt(form, async () => {
      redraw(await post(`${path}/forget`, { body: { channel } }), "Контакт убран", "[data-account-contacts] h2");
    }));
    return form;
  }

  function newContact() {
    const input = el("input", { class: "input", id: "contact", name: "contact", type: "text", inputmode: "email", autocomplete: "off", spellcheck: "false", maxlength: 254, "aria-describedby": "contact-hint contact-error" });
    const form = el("form", { class: "stack stack--tight", novalidate: true },
      el("div", { "data-error-summary": true }),
      el("div", { class: "field" },
        el("label", { for: "contact" }, masked_phone || masked_email ? "Другой телефон или почта" : "Телефон или почта"),
        el("p", { class: "hint", id: "contact-hint" }, "Пришлём туда код: так мы поймём, что контакт ваш."),
        el("p", { class: "field-error", id: "contact-error", "data-error-for": "/contact" }),
        input),
      el("p", {}, el("button", { class: "button button--quiet", type: "submit" }, "Получить код")));
    onSubmit(form, () => attempt(form, async () => {
      const text = input.value.trim();
      if (!text) throw new Missing([{ text: "Введите телефон или почту", pointer: "/contact" }]);
      const ask = () => post(path, { body: { contact: text } });
      const code = codeForm(await ask(), {
        action: "Подтвердить контакт",
        again: ask,
        send: answerAccountCode,
        done: (answer) => redraw(answer.account, "Контакт подтверждён", "[data-account-contacts] h2"),
        back: () => { code.replaceWith(form); input.focus(); },
      });
      form.replaceWith(code);
      code.querySelector("input")?.focus();
    }));
    return form;
  }

  return card;
}
