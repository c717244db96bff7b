// @ts-check
/** What is to be paid, and the way to the bills. */
import { dueWords, overdueNote, rubles } from "./lib/bills.js";
import { el } from "./lib/dom.js";

/**
 * @param {import("portal-types").BillList} list
 * @returns {HTMLElement[]}
 */
export function billsCard({ years, to_pay, due_on, overdue }) {
  if (years.length === 0) return [];
  return [el("section", { class: "card stack stack--tight", "aria-labelledby": "to-pay" },
    el("h2", { id: "to-pay" }, to_pay > 0 ? "К оплате" : "Всё оплачено"),
    to_pay > 0 && el("p", { class: "sum" }, rubles(to_pay)),
    overdueNote(overdue),
    due_on && el("p", { class: "soft" }, dueWords(due_on)),
    el("p", {}, el("a", { href: "/bills" }, "Посмотреть квитанции")))];
}
