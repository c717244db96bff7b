// @ts-check
/** By which prices and norms an account is charged, beside another month, and what a service cost before. */
import { get } from "./lib/api.js";
import { announce, el } from "./lib/dom.js";
import { address as withoutBreaks, capital, fullPeriod, today } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { benefitsTable, comparisonTable, historyTable, normsTable, offersTables, pricesTable } from "./tariff-tables.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").TariffSheet} TariffSheet */
/** @typedef {import("portal-types").TariffHistory} TariffHistory */

/** How many months there are to choose from. */
const MONTHS = 36;

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await whenOnline(root, demandResident);
    /** @type {{ items: Account[] }} */
    const { items } = await whenOnline(root, () => get("/api/homes/accounts"));
    root.replaceChildren(...(items.length > 0 ? await shown(root, items) : [nothing()]));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

function nothing() {
  return el("p", { class: "lead" }, "Здесь будут тарифы вашего дома. Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".");
}

/**
 * @param {HTMLElement} root
 * @param {Account[]} accounts
 */
async function shown(root, accounts) {
  const query = new URLSearchParams(location.search);
  const account = accounts.find(({ account_id }) => account_id === query.get("account_id")) ?? accounts[0];
  if (!account) return [nothing()];
  const base = `/api/billing/accounts/${encodeURIComponent(account.account_id)}`;
  const service = query.get("service");
  if (service) {
    /** @type {TariffHistory} */
    const history = await whenOnline(root, () => get(`${base}/tariff-history?${new URLSearchParams({ service })}`));
    return [historyCard(account, history)];
  }
  const months = new URLSearchParams([...query].filter(([name, value]) => (name === "period" || name === "against") && value));
  /** @type {TariffSheet} */
  const sheet = await whenOnline(root, () => get(`${base}/tariffs?${months}`));
  return [tabs(accounts, account), choice(account, sheet), ...cards(account, sheet)];
}

/**
 * One account alone is no choice.
 * @param {Account[]} accounts
 * @param {Account} current
 */
function tabs(accounts, current) {
  if (accounts.length < 2) return el("p", { class: "lead" }, withoutBreaks(current.address));
  return el("nav", { class: "no-print", "aria-label": "Счета" },
    el("ul", { class: "meter-tabs" }, accounts.map((account) =>
      el("li", {}, el("a", { href: link(account), "aria-current": account === current && "page" }, account.label ?? withoutBreaks(account.address))))));
}

/**
 * The choice stays in the address.
 * @param {Account} account
 * @param {TariffSheet} sheet
 */
function choice(account, sheet) {
  return el("form", { class: "card stack no-print", method: "get", action: "/tariffs" },
    el("input", { type: "hidden", name: "account_id", value: account.account_id }),
    el("div", { class: "field" }, el("label", { for: "period" }, "Месяц"), months("period", sheet.period, false)),
    el("div", { class: "field" }, el("label", { for: "against" }, "Сравнить с месяцем"), months("against", sheet.comparison?.against ?? "", true)),
    el("p", {}, el("button", { class: "button button--small", type: "submit" }, "Показать")));
}

/**
 * @param {string} name
 * @param {string} current
 * @param {boolean} mayBeEmpty
 */
function months(name, current, mayBeEmpty) {
  const [year = 0, month = 0] = today("Europe/Moscow").split("-").map(Number);
  const known = Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(year, month - 1 + 3 - back)).toISOString().slice(0, 7));
  const all = current && !known.includes(current) ? [current, ...known] : known;
  return el("select", { class: "input", id: name, name },
    mayBeEmpty && el("option", { value: "" }, "Не сравнивать"),
    all.map((value) => el("option", { value, selected: value === current }, capital(fullPeriod(value)))));
}

/**
 * @param {Account} account
 * @param {TariffSheet} sheet
 */
function cards(account, sheet) {
  const history = (/** @type {string} */ service) => link(account, { service });
  const wish = (/** @type {import("portal-types").Tariff} */ { tariff_id, service, supplier }) =>
    `/requests?${new URLSearchParams({ account_id: account.account_id, kind: "tariff", service, offer_id: tariff_id, supplier })}`;
  return [
    sheet.comparison && card("compared", `${capital(fullPeriod(sheet.period))} и ${fullPeriod(sheet.comparison.against)}`, comparisonTable(sheet)),
    card("prices", "Цены", sheet.tariffs.length > 0
      ? pricesTable(sheet.tariffs, history)
      : el("p", { class: "empty" }, "Тарифов на этот месяц для вашего дома пока нет.")),
    sheet.offers.length > 0 && card("offers", "Что предлагают другие поставщики", el("p", { class: "soft" }, "По этим ценам ничего не начисляют: так взяли бы другие поставщики."), ...offersTables(sheet, wish)),
    card("wishes", "Что-то изменить", el("p", {}, el("a", { href: `/requests?${new URLSearchParams({ account_id: account.account_id })}` }, "Сменить тариф или добавить услугу"), ": день ответа увидите сразу.")),
    sheet.norms.length > 0 && card("norms", "Нормативы", normsTable(sheet)),
    sheet.benefits.length > 0 && card("benefits", "Льготы", benefitsTable(sheet)),
  ].filter((section) => section instanceof HTMLElement);
}

/**
 * @param {Account} account
 * @param {TariffHistory} history
 */
function historyCard(account, { items }) {
  const title = items[0] ? `${items[0].title}: как менялась цена` : "Тарифов на эту услугу не было";
  return card("history", title,
    el("p", {}, el("a", { href: link(account) }, "Ко всем тарифам")),
    items.length > 0 && historyTable(items));
}

/**
 * @param {string} id
 * @param {string} title
 * @param {...(HTMLElement | false | null)} content
 */
function card(id, title, ...content) {
  return el("section", { class: "card stack", "aria-labelledby": `${id}-title` }, el("h2", { id: `${id}-title` }, title), ...content);
}

/**
 * @param {Account} account
 * @param {Record<string, string>} [more]
 */
const link = ({ account_id }, more = {}) => `/tariffs?${new URLSearchParams({ account_id, ...more })}`;
