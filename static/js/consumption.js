// @ts-check
/** What a home used month by month, beside the year before. */
import { yearChart } from "./consumption-chart.js";
import { get } from "./lib/api.js";
import { announce, el } from "./lib/dom.js";
import { address as withoutBreaks, capital, fullPeriod, number } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Consumption} Consumption */
/** @typedef {import("portal-types").KindConsumption} KindConsumption */
/** @typedef {import("portal-types").MonthConsumption} MonthConsumption */

const MONTHS_DRAWN = 12;
const FORMATS = { csv: "Таблица CSV", xlsx: "Таблица XLSX" };

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await whenOnline(root, demandResident);
    /** @type {{ accounts: MeterAccount[] }} */
    const { accounts: reached } = await whenOnline(root, () => get("/api/readings/meters"));
    const accounts = reached.filter(({ delegation }) => delegation?.may_see_history !== false);
    const asked = new URLSearchParams(location.search).get("account_id");
    const account = asked ? accounts.find(({ account_id }) => account_id === asked) : accounts[0];
    root.replaceChildren(...(account ? await ofHome(accounts, account) : [nothing(accounts)]));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/** @param {MeterAccount[]} accounts */
function nothing(accounts) {
  if (accounts.length > 0) return el("div", { class: "stack" }, el("p", { class: "message message--warn" }, "Счёта из этой ссылки среди ваших нет. Выберите счёт:"), tabs(accounts, null));
  return el("p", { class: "lead" }, "Здесь будет расход по месяцам. Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".");
}

/**
 * @param {MeterAccount[]} accounts
 * @param {MeterAccount} account
 */
async function ofHome(accounts, account) {
  /** @type {Consumption} */
  const { items } = await get(`/api/readings/consumption?account_id=${encodeURIComponent(account.account_id)}`);
  return [
    accounts.length > 1 ? tabs(accounts, account) : el("p", { class: "soft" }, withoutBreaks(account.address)),
    ...items.map(ofKind),
    items.length === 0 && el("p", { class: "empty" }, "Счётчиков пока нет, сравнивать нечего."),
    items.length > 0 && files(account),
    el("p", { class: "no-print" }, el("a", { href: "/history" }, "Посмотреть сами показания")),
  ].filter((part) => part !== false);
}

/**
 * @param {MeterAccount[]} accounts
 * @param {MeterAccount | null} current
 */
function tabs(accounts, current) {
  return el("nav", { class: "no-print", "aria-label": "Лицевые счета" },
    el("ul", { class: "meter-tabs" }, accounts.map((account) =>
      el("li", {}, el("a", { href: `?account_id=${encodeURIComponent(account.account_id)}`, "aria-current": account === current && "page" },
        withoutBreaks(account.address))))));
}

/** @param {MeterAccount} account */
function files({ account_id }) {
  const path = `/api/readings/consumption/document?account_id=${encodeURIComponent(account_id)}&format=`;
  return el("p", { class: "button-row button-row--links no-print" }, Object.entries(FORMATS).map(([format, title]) => el("a", { href: path + format, download: true }, title)));
}

/** @param {KindConsumption} item */
function ofKind({ kind, title, unit, months, advice }) {
  const hasSimilar = months.some(({ similar }) => similar);
  return el("section", { class: "card stack", "aria-labelledby": `kind-${kind}` },
    el("h2", { id: `kind-${kind}` }, title),
    advice.map(({ code, text }) => el("p", { class: code === "fallen" ? "message" : "message message--warn" }, text)),
    yearChart(months.slice(-MONTHS_DRAWN), unit),
    el("details", { class: "disclosure" }, el("summary", {}, "Таблица за два года"), el("div", { class: "scroller", role: "region", "aria-label": `${title} по месяцам`, tabindex: "0" },
      el("table", { class: "table" },
        el("caption", { class: "visually-hidden" }, `Расход: ${title}, ${unit}`),
        el("thead", {}, el("tr", {},
          el("th", { scope: "col" }, "Месяц"),
          el("th", { scope: "col", class: "numeric" }, `Расход, ${unit}`),
          el("th", { scope: "col", class: "numeric" }, "Год назад"),
          hasSimilar && el("th", { scope: "col", class: "numeric" }, "Похожие квартиры"))),
        el("tbody", {}, [...months].reverse().map(row))))),
    hasSimilar && el("p", { class: "soft small" }, "Похожие — квартиры вашего дома, где живёт столько же человек. Показываем медиану, середину их ряда, округлённо и только если таких квартир, кроме вашей, не меньше пяти."));

  /** @param {MonthConsumption} month */
  function row({ period, volume, is_spread, last_year, similar }) {
    return el("tr", {},
      el("th", { scope: "row" }, capital(fullPeriod(period)), is_spread && el("small", {}, "поровну между двумя показаниями")),
      el("td", { class: "numeric" }, volume ? number(volume) : "—"),
      el("td", { class: "numeric" }, last_year ? number(last_year) : "—"),
      hasSimilar && el("td", { class: "numeric" }, similar ? number(similar) : "—"));
  }
}
