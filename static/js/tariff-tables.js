// @ts-check
/** Tables of prices, norms and benefits, each line with the act behind it. */
import { el } from "./lib/dom.js";
import { day, number } from "./lib/format.js";

/** @typedef {import("portal-types").TariffSheet} TariffSheet */
/** @typedef {import("portal-types").Tariff} Tariff */
/** @typedef {import("portal-types").ComparedPrice} ComparedPrice */

const ZONES = ["", "день и ночь", "пик, ночь и полупик"];

/**
 * @param {Tariff[]} tariffs
 * @param {(service: string) => string} [history] the address of what a service cost before
 */
export function pricesTable(tariffs, history) {
  return table("Цены месяца", ["Услуга", "Цена"], tariffs.map((tariff) => el("tr", {},
    el("th", { scope: "row" },
      tariff.title,
      el("small", {}, tariff.supplier),
      el("small", {}, term(tariff)),
      act(tariff),
      history && el("small", {}, el("a", { href: history(tariff.service), "aria-label": `История: ${tariff.title}` }, "История"))),
    priceCell(tariff))));
}

/**
 * What other suppliers would take beside what is charged by, service by service.
 * @param {TariffSheet} sheet
 * @param {(offer: Tariff) => string} wish the address where an offer is asked for
 */
export function offersTables({ tariffs, offers }, wish) {
  const kind = (/** @type {Tariff} */ one) => `${one.service} ${one.prices.length}`;
  return [...new Set(offers.map(kind))].flatMap((wanted) => {
    const charged = tariffs.filter((one) => kind(one) === wanted);
    const offered = offers.filter((one) => kind(one) === wanted);
    // Where the price changes within the month, the later one stands last; it is what a choice is made against.
    const current = charged.at(-1);
    const name = [offered[0]?.title, ZONES[(offered[0]?.prices.length ?? 0) - 1]].filter(Boolean).join(": ");
    return [
      el("h3", {}, name),
      table(name, ["Поставщик", current ? "Цена и разница с вашей" : "Цена"], [
        ...charged.map((one) => supplierRow(one, "по этой цене начисляют вам")),
        ...offered.map((one) => (current ? comparedRow(current, one, wish(one)) : supplierRow(one, "предложение", [], wish(one)))),
      ]),
    ];
  });
}

/**
 * One figure tells how an offer differs only where a price for a unit is all there is.
 * @param {Tariff} current
 * @param {Tariff} offer
 * @param {string} wish
 */
function comparedRow(current, offer, wish) {
  if ([current, offer].some(({ above_norm, fixed, surcharge_percent }) => above_norm || fixed || surcharge_percent)) {
    return supplierRow(offer, "предложение; есть и другие платежи, одной цифрой не сравнить", [], wish);
  }
  return supplierRow(offer, "предложение", offer.prices.map((price, zone) => difference(current.prices[zone] ?? "", price, "та же")), wish);
}

/**
 * @param {Tariff} tariff
 * @param {string} standing
 * @param {string[]} [differences] from other prices, by rate zone
 * @param {string} [wish] where this offer is asked for
 */
function supplierRow(tariff, standing, differences, wish) {
  return el("tr", {},
    el("th", { scope: "row" }, tariff.supplier, el("small", {}, standing), el("small", {}, term(tariff)), act(tariff),
      wish && el("small", {}, el("a", { href: wish, "aria-label": `Подать заявление: ${tariff.supplier}` }, "Подать заявление"))),
    priceCell(tariff, differences));
}

/** @param {Tariff[]} tariffs */
export function historyTable(tariffs) {
  return table("Цены, новые сверху", ["Когда", "Цена"], tariffs.map((tariff) => el("tr", {},
    el("th", { scope: "row" },
      term(tariff),
      el("small", {}, tariff.is_offer ? `${tariff.supplier}, предложение` : tariff.supplier),
      act(tariff)),
    priceCell(tariff))));
}

/** @param {TariffSheet} sheet */
export function comparisonTable({ period, comparison }) {
  const [now, then] = [period, comparison?.against ?? period].map((month) => month.split("-").reverse().join("."));
  return table("Цены двух месяцев на их первое число", ["Услуга", then ?? "", now ?? ""], (comparison?.items ?? []).map((item) => el("tr", {},
    el("th", { scope: "row" }, item.title, ZONES[item.rates - 1] ? el("small", {}, ZONES[item.rates - 1] ?? "") : null, el("small", {}, `₽ за ${item.unit}`)),
    el("td", { class: "numeric" }, plain(item.before)),
    el("td", { class: "numeric" }, plain(item.now), el("small", {}, change(item))))));
}

/** @param {TariffSheet} sheet */
export function normsTable({ norms, multipliers }) {
  const rows = norms.map((norm) => el("tr", {},
    el("th", { scope: "row" }, norm.title, el("small", {}, norm.dwelling), el("small", {}, term(norm)), act(norm)),
    el("td", { class: "numeric" }, number(norm.value), el("small", {}, `${norm.unit} ${norm.per_title}`))));
  rows.push(...multipliers.map((one) => el("tr", {},
    el("th", { scope: "row" }, "Повышающий коэффициент", el("small", {}, "если счётчика нет, хотя поставить его можно"), act(one)),
    el("td", { class: "numeric" }, number(one.value)))));
  return table("Нормативы по услугам", ["Услуга", "Норматив"], rows);
}

/** @param {TariffSheet} sheet */
export function benefitsTable({ benefits }) {
  return table("Скидки по услугам", ["Кому и на что", "Скидка"], benefits.map((one) => el("tr", {},
    el("th", { scope: "row" }, one.benefit, el("small", {}, one.title), el("small", {}, term(one)), act(one)),
    el("td", { class: "numeric" }, `${number(one.percent)}\u00a0%`, one.limit && el("small", {}, `в пределах ${number(one.limit)} ${one.unit}`)))));
}

/**
 * @param {string} caption
 * @param {string[]} columns the first names the lines
 * @param {HTMLElement[]} rows
 */
function table(caption, columns, rows) {
  const heads = columns.map((column, index) => el("th", { scope: "col", class: index > 0 && "numeric" }, column));
  return el("div", { class: "scroller", role: "region", "aria-label": caption, tabindex: "0" },
    el("table", { class: "table" }, el("caption", { class: "visually-hidden" }, caption), el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)));
}

/**
 * @param {Tariff} tariff
 * @param {string[]} [differences] from other prices, by rate zone
 */
function priceCell({ prices, rate_names, above_norm, fixed, surcharge_percent, unit }, differences = []) {
  return el("td", { class: "numeric" },
    prices.map((price, zone) => el("div", {}, rate_names[zone] ? el("small", {}, rate_names[zone] ?? "") : null, el("span", { class: "nowrap" }, `${number(price)}\u00a0₽`), differences[zone] ? el("small", {}, differences[zone]) : null)),
    el("small", {}, `за ${unit}`),
    above_norm && el("small", {}, `сверх социальной нормы ${above_norm.map(number).join(" и ")} ₽`),
    fixed && el("small", {}, `и ${number(fixed)} ₽ в месяц с жилья`),
    surcharge_percent && el("small", {}, `надбавка ${number(surcharge_percent)}\u00a0%`));
}

/** @param {string[]} prices */
function plain(prices) {
  return prices.length > 0 ? prices.map((price) => el("div", { class: "nowrap" }, number(price))) : "—";
}

/** @param {ComparedPrice} item */
function change({ before: [before], now: [now] }) {
  return before && now ? difference(before, now, "не изменилась") : "";
}

/**
 * In how many percent a price differs, to a tenth; empty where it was nothing. Of money nothing is computed from it.
 * @param {string} from
 * @param {string} to
 * @param {string} same the words for an equal price
 */
function difference(from, to, same) {
  if (Number(from) === 0) return "";
  if (Number(from) === Number(to)) return same;
  const percent = Math.round((Number(to) / Number(from) - 1) * 1000) / 10;
  const sign = Number(to) > Number(from) ? "+" : "−";
  return percent === 0 ? `${sign}\u00a0меньше 0,1\u00a0%` : `${sign}${number(String(Math.abs(percent)))}\u00a0%`;
}

/** @param {{ since: string, until?: string | null }} row */
const term = ({ since, until }) => (until ? `с ${day(since)} по ${day(until)}` : `с ${day(since)}`);

/** @param {{ act: Tariff["act"] }} row */
function act({ act: { name, number: no, date, link } }) {
  const words = `${name} № ${no} от ${day(date)}`;
  return el("small", {}, link ? el("a", { href: link, rel: "external noreferrer" }, words) : words);
}
