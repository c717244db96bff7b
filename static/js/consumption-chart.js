// @ts-check
/** A picture of a year's consumption beside the year before. The table below it says the same in numbers. */
import { add, compare, parse, ratio } from "./lib/decimal.js";
import { el } from "./lib/dom.js";
import { measure } from "./lib/meter.js";
import { shape } from "./lib/svg.js";

/** @typedef {import("portal-types").MonthConsumption} MonthConsumption */

const HEIGHT = 120;
const STEP = 28;
const BAR = 11;
const FEWEST = 3;

/**
 * @param {MonthConsumption[]} months the oldest first
 * @param {string} unit
 */
export function yearChart(months, unit) {
  const known = months.flatMap(({ volume, last_year, similar }) => [volume, last_year, similar]).map((text) => parse(text ?? "")).filter((decimal) => decimal !== null);
  if (known.length < FEWEST) return null;
  const highest = known.reduce((most, decimal) => (compare(decimal, most) > 0 ? decimal : most));
  const svg = shape("svg", { class: "chart chart--pairs", viewBox: `0 0 ${months.length * STEP} ${HEIGHT + 20}`, "aria-hidden": "true" });
  months.forEach(({ period, volume, last_year, similar }, index) => {
    const left = index * STEP + 2;
    svg.append(...bar(last_year, highest, { x: left, class: "before" }), ...bar(volume, highest, { x: left + BAR + 2, class: "now" }), ...mark(similar, highest, left),
      shape("text", { x: left + BAR + 1, y: HEIGHT + 15 }, period.slice(5)));
  });
  return el("figure", { class: "no-print" },
    el("figcaption", { class: "soft small" }, "Пустой столбик — год назад, закрашенный — сейчас", months.some(({ similar }) => similar) && ", черта — похожие квартиры дома", ". Больше всего — ", measure(add([highest]).text, unit)),
    svg);
}

/**
 * @param {string | null | undefined} text
 * @param {import("./lib/decimal.js").Decimal} highest
 * @param {{ x: number, class: string }} attributes
 */
function bar(text, highest, attributes) {
  const volume = parse(text ?? "");
  if (!volume) return [];
  const height = Math.max(2, ratio(volume, highest, HEIGHT - 2));
  return [shape("rect", { ...attributes, y: HEIGHT - height, width: BAR, height, rx: 2 })];
}

/**
 * A line over both bars of a month.
 * @param {string | null | undefined} text
 * @param {import("./lib/decimal.js").Decimal} highest
 * @param {number} x
 */
function mark(text, highest, x) {
  const volume = parse(text ?? "");
  if (!volume) return [];
  return [shape("rect", { class: "similar", x: x - 1, y: HEIGHT - ratio(volume, highest, HEIGHT - 2) - 1, width: 2 * BAR + 4, height: 2 })];
}
