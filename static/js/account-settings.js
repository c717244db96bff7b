// @ts-check
/** What an account is called and how its notices come. */
import { post } from "./lib/api.js";
import { el, onSubmit } from "./lib/dom.js";
import { attempt } from "./lib/form.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {(changed: Account, told: string, focus: string) => void} Redraw */

const LABEL_CHARACTERS_MAX = 40;

/**
 * @param {Account} account
 * @param {Redraw} redraw
 */
export function settingsCard(account, redraw) {
  const { label, notices } = account;
  const input = el("input", { class: "input", id: "label", name: "label", type: "text", maxlength: LABEL_CHARACTERS_MAX, autocomplete: "off", value: label ?? "", "aria-describedby": "label-hint label-error" });
  const form = el("form", { class: "card stack", novalidate: true, "data-account-settings": true },
    el("h2", { tabindex: -1 }, "Название и уведомления"),
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "label" }, "Как назвать счёт"),
      el("p", { class: "hint", id: "label-hint" }, "Например, «Дача» или «Квартира мамы». Название видите только вы."),
      el("p", { class: "field-error", id: "label-error", "data-error-for": "/label" }),
      input),
    el("fieldset", { class: "fieldset", "aria-describedby": "ways-hint ways-error" },
      el("legend", {}, "Как сообщать о счёте"),
      el("p", { class: "hint", id: "ways-hint" }, "Сейчас уведомления приходят только в ленту на главной странице. СМС и писем с ними портал пока не отправляет: отметьте, что вам удобно, и мы запомним это на будущее."),
      el("p", { class: "field-error", id: "ways-error", "data-error-for": "/notify_by" }),
      way("sms", "СМС", notices.masked_phone, notices.notify_by),
      way("email", "Письмо", notices.masked_email, notices.notify_by)),
    el("p", {}, el("button", { class: "button", type: "submit" }, "Сохранить")));
  onSubmit(form, () => attempt(form, async () => {
    const notify_by = new FormData(form).getAll("notify_by");
    const changed = await post(`/api/homes/accounts/${account.account_id}/settings`, { body: { label: input.value, notify_by } });
    redraw(changed, "Настройки сохранены", "[data-account-settings] h2");
  }));
  return form;
}

/**
 * @param {string} channel
 * @param {string} name
 * @param {string | null | undefined} contact
 * @param {string[]} chosen
 */
function way(channel, name, contact, chosen) {
  return el("label", { class: "check" },
    el("input", { type: "checkbox", name: "notify_by", value: channel, checked: chosen.includes(channel), disabled: !contact }),
    el("span", {}, contact ? `${name} на ${contact}` : `${name}: сначала добавьте контакт ниже`));
}
