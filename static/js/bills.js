// @ts-check
/** The bills of all accounts: chosen by year, status and account, in an order; all of it stays in the address. */
import { get } from "./lib/api.js";
import { STATUSES, billLink, dueWords, overdueNote, rubles, statusBadge } from "./lib/bills.js";
import { announce, el, icon } from "./lib/dom.js";
import { address as withoutBreaks, capital, day, fullPeriod } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").BillList} BillList */
/** @typedef {import("portal-types").BillSummary} BillSummary */

/** @type {Record<string, { title: string, compare: (one: BillSummary, other: BillSummary) => number }>} */
const ORDERS = {
  "-period": { title: "Сначала новые", compare: (one, other) => other.period.localeCompare(one.period) },
  period: { title: "Сначала старые", compare: (one, other) => one.period.localeCompare(other.period) },
  "-sum": { title: "Сначала большие суммы", compare: (one, other) => other.charged - one.charged },
  sum: { title: "Сначала маленькие суммы", compare: (one, other) => one.charged - other.charged },
};

/** @param {HTMLElement} root */
export async function start(root) {
  const query = new URLSearchParams(location.search);
  const asked = new URLSearchParams([...query].filter(([name, value]) => (name === "year" || name === "status") && value));
  try {
    await whenOnline(root, demandResident);
    /** @type {[BillList, { items: Account[] }]} */
    const [list, { items: accounts }] = await whenOnline(root, () =>
      Promise.all([get(`/api/billing/bills${asked.size > 0 ? `?${asked}` : ""}`), get("/api/homes/accounts")]));
    root.replaceChildren(...shown(list, accounts, query));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {BillList} list
 * @param {Account[]} accounts
 * @param {URLSearchParams} query
 */
function shown(list, accounts, query) {
  if (accounts.length === 0) return [el("p", { class: "lead" }, "Здесь будут ваши квитанции. Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".")];
  if (list.years.length === 0) return [el("p", { class: "lead" }, "Квитанций пока нет. Первая появится, когда управляющая организация выставит её.")];
  const account = accounts.find(({ account_id }) => account_id === query.get("account_id"));
  const order = Object.keys(ORDERS).find((name) => name === query.get("sort")) ?? "-period";
  const items = list.items.filter(({ account_id }) => !account || account.account_id === account_id).sort(ORDERS[order]?.compare);
  return [toPay(list), choice(list, accounts, { account, order, status: query.get("status") ?? "" }), billsCard(items, accounts, files(list, query.get("status") ?? ""))];
}

/** @param {BillList} list */
function toPay({ to_pay, due_on, overdue }) {
  if (to_pay <= 0) return el("section", { class: "hero hero--done" }, icon("done"), el("h2", {}, "Всё оплачено"), el("p", {}, "Долга по вашим счетам нет."));
  return el("section", { class: "card stack stack--tight", "aria-labelledby": "to-pay" },
    el("h2", { id: "to-pay" }, "К оплате"),
    el("p", { class: "sum" }, rubles(to_pay)),
    overdueNote(overdue),
    due_on && el("p", { class: "soft" }, dueWords(due_on)));
}

/**
 * The choice stays in the address.
 * @param {BillList} list
 * @param {Account[]} accounts
 * @param {{ account: Account | undefined, order: string, status: string }} chosen
 */
function choice({ year, years }, accounts, { account, order, status }) {
  const known = years.includes(year) ? years : [year, ...years];
  return el("form", { class: "card stack no-print", method: "get", action: "/bills" },
    el("div", { class: "filters" },
      select("year", "Год", known.map((one) => [String(one), String(one)]), String(year)),
      select("status", "Оплата", [["", "Любая"], ...Object.entries(STATUSES)], status),
      accounts.length > 1 && select("account_id", "Лицевой счёт", [["", "Все"], ...accounts.map(title)], account?.account_id ?? ""),
      select("sort", "Порядок", Object.entries(ORDERS).map(([name, { title: words }]) => [name, words]), order)),
    el("p", {}, el("button", { class: "button button--small", type: "submit" }, "Показать")));
}

/**
 * @param {Account} account
 * @returns {[string, string]}
 */
const title = (account) => [account.account_id, account.label ?? withoutBreaks(account.address)];

/**
 * @param {string} name
 * @param {string} label
 * @param {[string, string][]} options
 * @param {string} current
 */
function select(name, label, options, current) {
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    el("select", { class: "input", id: name, name }, options.map(([value, words]) => el("option", { value, selected: value === current }, words))));
}

/**
 * @param {BillList} list
 * @param {string} status
 */
function files({ year }, status) {
  const query = { year: String(year), ...(status && { status }) };
  return el("p", { class: "button-row button-row--links no-print" }, ["csv", "xlsx"].map((format) =>
    el("a", { href: `/api/billing/bills/document?${new URLSearchParams({ ...query, format })}`, download: true }, `Список за ${year} год, ${format.toUpperCase()}`)));
}

/**
 * @param {BillSummary[]} items
 * @param {Account[]} accounts
 * @param {HTMLElement} files
 */
function billsCard(items, accounts, files) {
  const content = items.length > 0 ? billsTable(items, accounts) : el("p", { class: "empty" }, "Таких квитанций нет. Измените год или оплату.");
  return el("section", { class: "card stack", "aria-labelledby": "bills-title" }, el("h2", { id: "bills-title" }, "По месяцам"), content, files);
}

/**
 * @param {BillSummary[]} items
 * @param {Account[]} accounts
 */
function billsTable(items, accounts) {
  const name = (/** @type {BillSummary} */ bill) => accounts.find(({ account_id }) => account_id === bill.account_id)?.label ?? withoutBreaks(bill.address);
  return el("div", { class: "scroller", role: "region", "aria-label": "Квитанции по месяцам", tabindex: "0" },
    el("table", { class: "table" },
      el("caption", { class: "visually-hidden" }, "Квитанции по месяцам"),
      el("thead", {}, el("tr", {},
        el("th", { scope: "col" }, "Месяц"),
        el("th", { scope: "col", class: "numeric" }, "Начислено"))),
      el("tbody", {}, items.map((bill) => el("tr", {},
        el("th", { scope: "row" },
          el("a", { href: billLink(bill) }, capital(fullPeriod(bill.period))),
          accounts.length > 1 && el("small", {}, name(bill)),
          el("small", {}, `Оплатить до ${day(bill.due_on)}`)),
        el("td", { class: "numeric" },
          el("div", { class: "nowrap" }, rubles(bill.charged)),
          statusBadge(bill)))))));
}
