// @ts-check
/** Money as people write it, and whether a bill is paid. Sums are whole kopecks: nothing is ever rounded. */
import { el } from "./dom.js";
import { day, number, today } from "./format.js";

/** @typedef {import("portal-types").BillSummary} BillSummary */

/**
 * `1140583` → `11 405,83 ₽`
 * @param {number} kopecks
 */
export function rubles(kopecks) {
  const digits = String(Math.abs(kopecks)).padStart(3, "0");
  return `${kopecks < 0 ? "−" : ""}${number(`${digits.slice(0, -2)}.${digits.slice(-2)}`)}\u00a0₽`;
}

/**
 * A price in rubles: kopecks are two digits, more where it has more.
 * @param {string} decimal
 */
export const price = (decimal) => number(decimal.includes(".") ? decimal.replace(/(\.\d)$/, "$10") : `${decimal}.00`);

/**
 * Until when the last bill is to be paid, or that the day is over.
 * @param {string} dueOn
 */
export const dueWords = (dueOn) =>
  dueOn < today("Europe/Moscow") ? `Срок оплаты последней квитанции прошёл ${day(dueOn)}.` : `Последнюю квитанцию нужно оплатить до\u00a0${day(dueOn)}.`;

/**
 * What should have been paid already, with the way to the bill that is late for longest.
 * @param {import("portal-types").BillList["overdue"]} overdue
 */
export function overdueNote(overdue) {
  if (!overdue) return null;
  const words = `Просрочено: ${rubles(overdue.amount)} с\u00a0${day(overdue.since)}`;
  const { bill_number } = overdue;
  return el("p", { class: "button-row" }, el("span", { class: "badge badge--danger" }, words),
    bill_number && el("a", { href: `/bill?${new URLSearchParams({ number: bill_number })}` }, "Открыть квитанцию"));
}

/** What a status is called. @type {Record<string, string>} */
export const STATUSES = { unpaid: "Не\u00a0оплачена", partly: "Оплачена частично", paid: "Оплачена" };

/** @type {Record<string, string>} */
const LOOKS = { unpaid: "badge badge--danger", partly: "badge badge--warn", paid: "badge" };

/** @param {{ status: string }} bill */
export const statusBadge = ({ status }) => el("span", { class: LOOKS[status] }, STATUSES[status]);

/** @param {{ bill_number: string }} bill */
export const billLink = ({ bill_number }) => `/bill?${new URLSearchParams({ number: bill_number })}`;
