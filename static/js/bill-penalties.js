// @ts-check
/** What the penalty of a bill is made of: each debt folded over its days and rates. */
import { rubles } from "./lib/bills.js";
import { el } from "./lib/dom.js";
import { day, number } from "./lib/format.js";

/** @typedef {import("portal-types").Bill} Bill */
/** @typedef {import("portal-types").BillPenalty} BillPenalty */

/** @param {Bill} bill */
export function penaltiesCard({ penalties }) {
  return penalties.length > 0 && el("section", { class: "card stack stack--tight", "aria-labelledby": "penalties-title" },
    el("h2", { id: "penalties-title" }, "Откуда пени"),
    el("p", { class: "soft" }, "Первые 30 дней после срока оплаты пеней нет. С 31-го дня каждый день добавляет 1/300 ставки Банка России, с 91-го за услуги — 1/130 (статья 155 Жилищного кодекса)."),
    el("div", {}, penalties.map(row)));
}

/** @param {BillPenalty} penalty */
function row({ title, amount, before, disputed, explanation, days }) {
  return el("details", { class: "bill-line" },
    el("summary", {}, el("span", {}, title), el("span", {}, rubles(amount))),
    el("div", { class: "bill-line-body" },
      explanation && el("p", {}, explanation),
      days.map((part) => el("p", { class: "soft" }, stretch(part))),
      before !== 0 && el("p", { class: "soft" }, `В прошлых квитанциях уже начислено ${rubles(before)}`),
      disputed !== 0 && el("p", { class: "soft" }, `${rubles(disputed)} оспаривается: на эту сумму пени не начисляются`)));
}

/** @param {BillPenalty["days"][number]} days */
function stretch({ since, until, days, portion, percent, divisor, paid_on }) {
  const paid = paid_on ? `оплачено ${day(paid_on)}` : "не оплачено";
  return `С ${day(since)} по ${day(until)}, дней: ${days}. Долг ${rubles(portion)}, ${paid}. Ставка ${number(percent)}\u00a0%, за день 1/${divisor} ставки.`;
}
