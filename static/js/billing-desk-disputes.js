// @ts-check
/** Disputes of a house about debts: no penalty accrues on what is in dispute. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { rubles } from "./lib/bills.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { field } from "./lib/field.js";
import { attempt, filled, Missing } from "./lib/form.js";
import { day, fullPeriod } from "./lib/format.js";

/** @typedef {import("portal-types").Dispute} Dispute */
/** @typedef {import("portal-types").DisputeList} DisputeList */

/** @param {string} houseId */
export function disputesCard(houseId) {
  const path = `/api/billing/desk/houses/${houseId}/disputes`;
  const list = el("ul", { class: "stack stack--tight" });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  const form = disputeForm();
  /** @type {number | null} */
  let next = null;
  onSubmit(form, () => attempt(form, async () => {
    const { account_number, period, fund, amount, reason } = filled(form, {
      account_number: "Впишите номер лицевого счёта",
      period: "Укажите месяц долга",
      amount: "Впишите, сколько оспаривается",
      reason: "Напишите, о чём спор",
    });
    const body = { account_number, period, fund, amount: kopecks(amount), reason };
    await post(path, { body, idempotencyKey: attemptKey("dispute", body) });
    endAttempt("dispute");
    form.reset();
    announce("Спор записан, пени на эту сумму начисляться не будут");
    await load(null);
  }));
  more.addEventListener("click", () => load(next));
  load(null);
  return el("section", { class: "card stack" },
    el("h2", {}, "Споры о долгах"),
    el("p", { class: "soft" }, "Пока идёт спор, пеней на оспариваемую сумму нет. Когда он закончен, следующая квитанция посчитает их за все дни заново."),
    list, el("p", {}, more), form);

  /** @param {number | null} before */
  async function load(before) {
    /** @type {DisputeList} */
    const page = await get(before === null ? path : `${path}?${new URLSearchParams({ before: String(before) })}`);
    const items = page.items.map(item);
    if (before === null) list.replaceChildren(...(items.length > 0 ? items : [el("li", { class: "empty" }, "Споров в этом доме не записано.")]));
    else list.append(...items);
    next = page.next ?? null;
    more.hidden = next === null;
  }

  /** @param {Dispute} one */
  function item(one) {
    const fund = one.fund === "capital_repair" ? ", капитальный ремонт" : "";
    const said = one.settled_at ? `закончен ${day(one.settled_at.slice(0, 10))}: ${one.outcome}` : `идёт с ${day(one.opened_at.slice(0, 10))}`;
    return el("li", {}, el("details", {},
      el("summary", {}, `Лицевой счёт ${one.account_number}: ${rubles(one.amount)} за ${fullPeriod(one.period)}${fund}, ${said}`),
      el("div", { class: "stack stack--tight" }, el("p", { class: "soft" }, one.reason), !one.settled_at && settleForm(one))));
  }

  /** @param {Dispute} one */
  function settleForm({ dispute_id }) {
    const form = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("div", { "data-error-summary": true }),
      field(`${dispute_id}-outcome`, "outcome", "Чем закончился спор", { type: "text", maxlength: "200" }),
      el("button", { class: "button button--quiet", type: "submit" }, "Закончить спор"));
    onSubmit(form, () => attempt(form, async () => {
      const { outcome } = filled(form, { outcome: "Напишите, чем закончился спор" });
      await post(`${path}/${dispute_id}/settle`, { body: { outcome } });
      announce("Спор закончен");
      await load(null);
    }));
    return form;
  }
}

/**
 * `1 200,5` → `120050`
 * @param {string | undefined} text
 */
function kopecks(text) {
  const match = (text ?? "").replaceAll(/\s/g, "").match(/^(\d{1,9})(?:[.,](\d{1,2}))?$/);
  if (!match) throw new Missing([{ text: "Сумма пишется в рублях: 1200 или 1200,50", pointer: "/amount" }]);
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}

function disputeForm() {
  const of = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Record<string, string>} */ attributes) =>
    field(`dispute-${name}`, name, label, attributes);
  return el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
    el("div", { "data-error-summary": true }),
    of("account_number", "Лицевой счёт", { type: "text", maxlength: "30" }),
    of("period", "За какой месяц долг", { type: "month" }),
    el("div", { class: "field" },
      el("label", { for: "dispute-fund" }, "За что"),
      el("select", { class: "input", id: "dispute-fund", name: "fund" },
        el("option", { value: "services" }, "Жилищные и коммунальные услуги"),
        el("option", { value: "capital_repair" }, "Капитальный ремонт"))),
    of("amount", "Сколько оспаривается, ₽", { type: "text", inputmode: "decimal", maxlength: "13" }),
    of("reason", "О чём спор, номер и дата претензии", { type: "text", maxlength: "200" }),
    el("button", { class: "button button--quiet", type: "submit" }, "Записать спор"));
}
