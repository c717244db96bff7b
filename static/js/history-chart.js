// @ts-check
/** A small picture of consumption by month. The table below it says the same in numbers. */
import { add, compare, parse, ratio } from "./lib/decimal.js";
import { el } from "./lib/dom.js";
import { measure } from "./lib/meter.js";
import { shape } from "./lib/svg.js";

/** @typedef {import("portal-types").HistoryItem} HistoryItem */

const HEIGHT = 96;
const STEP = 28;
const BAR = 20;
const FEWEST = 3;

/**
 * @param {HistoryItem[]} items newest first
 * @param {string} unit
 */
export function consumptionChart(items, unit) {
  const months = items.filter((item) => item.consumption).reverse();
  if (months.length < FEWEST) return null;
  const totals = months.map((item) => add((item.consumption ?? []).map((value) => parse(value) ?? { units: 0n, scale: 0 })));
  const highest = totals.reduce((most, total) => (compare(total, most) > 0 ? total : most));
  const viewBox = `0 0 ${months.length * STEP} ${HEIGHT + 20}`;
  const svg = shape("svg", { class: "chart", viewBox, preserveAspectRatio: "xMinYMid", "aria-hidden": "true" });
  totals.forEach((total, index) => {
    const height = Math.max(2, ratio(total, highest, HEIGHT));
    svg.append(
      shape("rect", { x: index * STEP + 4, y: HEIGHT - height, width: BAR, height, rx: 4 }),
      shape("text", { x: index * STEP + 4 + BAR / 2, y: HEIGHT + 15 }, (months[index]?.period ?? "").slice(5)));
  });
  return el("figure", { class: "no-print" },
    el("figcaption", { class: "soft small" }, "Расход по месяцам, больше всего — ", measure(highest.text, unit)),
    svg);
}
