// @ts-check
/** Letting an account's reminders rest, and unlinking it. */
import { post } from "./lib/api.js";
import { el, find, onSubmit } from "./lib/dom.js";
import { answerAccountCode, codeForm } from "./lib/code-form.js";
import { attempt } from "./lib/form.js";
import { day } from "./lib/format.js";

/** @typedef {import("portal-types").Account} Account */

/**
 * @param {Account} account
 * @param {import("./account-settings.js").Redraw} redraw
 */
export function restCard({ account_id, suspended_at }, redraw) {
  const form = el("form", { class: "card stack stack--tight", novalidate: true, "data-account-rest": true },
    el("h2", { tabindex: -1 }, suspended_at ? "Напоминания приостановлены" : "Напоминания"),
    el("div", { "data-error-summary": true }),
    el("p", {}, suspended_at
      ? `Молчим с ${day(suspended_at.slice(0, 10))}. Показания по-прежнему видны, и передать их можно.`
      : "Надолго уезжаете? Напоминания можно приостановить: показания останутся видны, и передать их можно будет как обычно."),
    el("p", {}, el("button", { class: "button button--quiet", type: "submit" }, suspended_at ? "Напоминать снова" : "Приостановить")));
  const [step, told] = suspended_at ? ["resume", "Напоминания включены"] : ["suspend", "Напоминания приостановлены"];
  onSubmit(form, () => attempt(form, async () => {
    redraw(await post(`/api/homes/accounts/${account_id}/${step}`), told, "[data-account-rest] h2");
  }));
  return form;
}

/** @param {Account} account */
export function leaveCard({ account_id }) {
  const ask = () => post(`/api/homes/accounts/${account_id}/unlink`);
  const form = el("form", { class: "stack stack--tight", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, "Счёт исчезнет из вашего списка, напоминаний по нему не будет. То, что вы передали, останется в архиве. Привязать счёт снова можно в любой день. Чтобы это точно были вы, пришлём код."),
    el("p", {}, el("button", { class: "button button--quiet", type: "submit" }, "Отвязать счёт")));
  const card = el("section", { class: "card stack", "data-account-leave": true }, el("h2", { tabindex: -1 }, "Отвязать счёт"), form);
  onSubmit(form, () => attempt(form, async () => {
    const code = codeForm(await ask(), {
      action: "Отвязать",
      again: ask,
        send: answerAccountCode,
      done: () => unlinked(card),
      back: () => { code.replaceWith(form); find("h2", card).focus(); },
    });
    form.replaceWith(code);
    code.querySelector("input")?.focus();
  }));
  return card;
}

/** @param {HTMLElement} card */
function unlinked(card) {
  const done = el("section", { class: "card stack stack--tight" },
    el("h2", { tabindex: -1 }, "Счёт отвязан"),
    el("p", {}, "То, что вы по нему передали, осталось в архиве."),
    el("p", {}, el("a", { class: "button", href: "/accounts" }, "К списку счетов")));
  card.parentElement?.replaceChildren(done);
  find("h2", done).focus();
}
