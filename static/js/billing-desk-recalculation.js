// @ts-check
/** Past months of a house that are to be computed anew in its next bills. */
import { del, get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { field } from "./lib/field.js";
import { attempt, filled } from "./lib/form.js";
import { fullPeriod } from "./lib/format.js";

/** @typedef {import("portal-types").HouseRuns} HouseRuns */
/** @typedef {import("portal-types").Recalculation} Recalculation */

/**
 * The card, and what reads it anew.
 * @param {string} houseId
 * @returns {{ card: HTMLElement, load: () => Promise<void> }}
 */
export function recalculationCard(houseId) {
  const path = `/api/billing/desk/houses/${houseId}/recalculations`;
  const list = el("ul", { class: "stack stack--tight" });
  const form = recalculationForm();
  onSubmit(form, () => attempt(form, async () => {
    const { from, reason, account_number } = filled(form, { from: "Укажите первый месяц", reason: "Напишите причину" });
    const body = { from, reason, ...(account_number && { account_number }) };
    await post(path, { body, idempotencyKey: attemptKey("recalculation", body) });
    endAttempt("recalculation");
    form.reset();
    announce("Перерасчёт войдёт в следующие квитанции");
    await load();
  }));
  load();
  return { card: el("section", { class: "card stack" }, el("h2", {}, "Перерасчёт прошлых месяцев"), list, form), load };

  async function load() {
    /** @type {HouseRuns} */
    const { recalculations } = await get(`/api/billing/desk/houses/${houseId}`);
    list.replaceChildren(...recalculations.map(item));
  }

  /** @param {Recalculation} one */
  function item({ recalculation_id, account_number, from, reason, taken_by, may_take_back }) {
    const back = el("button", { class: "link-button", type: "button" }, "Отменить");
    back.addEventListener("click", async () => {
      back.disabled = true;
      await del(`${path}/${recalculation_id}`).finally(load);
    });
    return el("li", {}, `С ${fullPeriod(from)}, ${account_number ? `лицевой счёт ${account_number}` : "весь дом"}: ${reason}. `,
      taken_by ? `Вошёл в квитанции за ${fullPeriod(taken_by)}.` : ["Войдёт в следующие квитанции. ", may_take_back && back]);
  }
}

function recalculationForm() {
  const of = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Record<string, string>} */ attributes) =>
    field(`recalculation-${name}`, name, label, attributes);
  return el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
    el("div", { "data-error-summary": true }),
    of("from", "С какого месяца", { type: "month" }),
    of("account_number", "Лицевой счёт (пусто — весь дом)", { type: "text", maxlength: "30" }),
    of("reason", "Причина, её прочтут жильцы", { type: "text", maxlength: "500" }),
    el("button", { class: "button button--quiet", type: "submit" }, "Назначить перерасчёт"));
}
