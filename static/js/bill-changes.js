// @ts-check
/** What changed since an earlier month: in a sentence, and service by service. */
import { rubles } from "./lib/bills.js";
import { el } from "./lib/dom.js";
import { capital, fullPeriod } from "./lib/format.js";

/** @typedef {import("portal-types").Bill} Bill */
/** @typedef {import("portal-types").BillComparison} BillComparison */

/** @param {Bill} bill */
export function changesCard(bill) {
  const { comparison } = bill;
  if (!comparison) return null;
  return el("section", { class: "card stack", "aria-labelledby": "changes-title" },
    el("h2", { id: "changes-title" }, "Что изменилось"),
    el("p", {}, comparison.sentence),
    bill.earlier.length > 1 && choice(bill, comparison),
    table(bill, comparison),
    el("p", { class: "soft small" }, comparison.marked_when));
}

/**
 * The choice stays in the address.
 * @param {Bill} bill
 * @param {BillComparison} comparison
 */
function choice({ bill_number, earlier }, { against }) {
  return el("form", { class: "filters no-print", method: "get", action: "/bill" },
    el("input", { type: "hidden", name: "number", value: bill_number }),
    el("div", { class: "field" },
      el("label", { for: "against" }, "Сравнить с месяцем"),
      el("select", { class: "input", id: "against", name: "against" },
        earlier.map((period) => el("option", { value: period, selected: period === against }, capital(fullPeriod(period)))))),
    el("p", {}, el("button", { class: "button button--small", type: "submit" }, "Сравнить")));
}

/**
 * @param {Bill} bill
 * @param {BillComparison} comparison
 */
function table({ period }, { against, items, total_before, total_now }) {
  const total = { title: "Всего за месяц", before: total_before, now: total_now, difference: total_now - total_before, is_marked: false };
  const rows = [...items, total].map((item) => el("tr", {},
    el("th", { scope: "row" }, item.title),
    el("td", { class: "numeric" },
      el("div", { class: "nowrap" }, item.now == null ? "—" : rubles(item.now)),
      el("small", { class: "nowrap" }, item.before == null ? "не было" : `было ${rubles(item.before)}`),
      item.difference !== 0 && change(item))));
  const caption = `${capital(fullPeriod(period))} и ${fullPeriod(against)} по услугам`;
  return el("div", { class: "scroller", role: "region", "aria-label": caption, tabindex: "0" },
    el("table", { class: "table" },
      el("caption", { class: "visually-hidden" }, caption),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Услуга"), el("th", { scope: "col", class: "numeric" }, "Сумма"))),
      el("tbody", {}, rows)));
}

/** @param {{ difference: number, is_marked: boolean }} item */
function change({ difference, is_marked }) {
  const words = `${difference > 0 ? "+" : ""}${rubles(difference)}`;
  return is_marked ? el("span", { class: "badge badge--warn" }, el("span", { class: "visually-hidden" }, "Заметно: "), words) : el("small", { class: "nowrap" }, words);
}
