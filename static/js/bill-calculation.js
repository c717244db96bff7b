// @ts-check
/** The whole calculation behind a line of a bill: each step with its value, each figure with where it comes from. */
import { rubles } from "./lib/bills.js";
import { el } from "./lib/dom.js";
import { capital, day } from "./lib/format.js";

/** @typedef {import("portal-types").CalculationStep} CalculationStep */
/** @typedef {import("portal-types").LineCalculation} LineCalculation */

/** @type {Record<string, string>} */
const OPERATIONS = {
  sum: "сложили",
  difference: "из первого вычли второе",
  product: "умножили",
  quotient: "первое разделили на второе",
  least: "взяли меньшее",
  not_below_zero: "если меньше нуля, взяли ноль",
};

/** @type {Record<string, string>} */
const SOURCES = {
  reading: "показание счётчика",
  readings: "показания счётчика",
  register: "по данным управляющей организации",
  entry: "по лицевому счёту",
  setting: "установлено правилами расчёта",
  calendar: "по календарю",
};

/** @param {LineCalculation} calculation */
export function calculationView({ calculations }) {
  return el("div", { class: "stack stack--tight" }, calculations.map(({ title, amount, tree }) =>
    el("div", { class: "stack stack--tight" },
      title && el("p", {}, el("strong", {}, title)),
      el("ul", { class: "calculation" }, step(tree)),
      el("p", {}, "После округления до копейки: ", el("strong", {}, rubles(amount))))));
}

/**
 * @param {CalculationStep} one
 * @returns {HTMLLIElement}
 */
function step({ operation, title, text, source, parts = [] }) {
  return el("li", {},
    el("p", {}, `${capital(title ?? "получилось")}: `, el("strong", {}, text), OPERATIONS[operation] && `, ${OPERATIONS[operation]}:`),
    source && el("p", { class: "soft small" }, origin(source)),
    parts.length > 0 && el("ul", { class: "calculation" }, parts.map(step)));
}

/** @param {NonNullable<CalculationStep["source"]>} source */
function origin({ kind, act }) {
  if (!act) return SOURCES[kind] ?? "";
  const words = `${act.name} № ${act.number} от ${day(act.date)}`;
  return act.link ? el("a", { href: act.link, rel: "external noreferrer" }, words) : words;
}
