// @ts-check
/** Past months of a house that are to be computed anew in its next bills. */
import { del, get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
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
    announce("Перерасчёт войдёт в следующие счета");
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
      taken_by ? `Вошёл в счета за ${fullPeriod(taken_by)}.` : ["Войдёт в следующие счета. ", may_take_back && back]);
  }
}

function recalculationForm() {
  const field = (/** @type {string} */ label, /** @type {string} */ name, /** @type {Record<string, string>} */ attributes) =>
    el("div", { class: "field" },
      el("label", { for: `recalculation-${name}` }, label),
      el("p", { class: "field-error", id: `recalculation-${name}-error`, "data-error-for": `/${name}` }),
      el("input", { class: "input", id: `recalculation-${name}`, name, autocomplete: "off", ...attributes, "aria-describedby": `recalculation-${name}-error` }));
  return el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
    el("div", { "data-error-summary": true }),
    field("С какого месяца", "from", { type: "month" }),
    field("Лицевой счёт (пусто — весь дом)", "account_number", { type: "text", maxlength: "30" }),
    field("Причина, её прочтут жильцы", "reason", { type: "text", maxlength: "500" }),
    el("button", { class: "button button--quiet", type: "submit" }, "Назначить перерасчёт"));
}
