// @ts-check
/** Readings that the rules take at once, and ones that they question. Whole thousandths, no floating point. */
import { api } from "./browser.js";

const SCALE = 7;

/**
 * @param {string} text
 */
function units(text) {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(SCALE, "0"));
}

/**
 * As people type it: with a comma, with the digits that the dial has.
 * @param {bigint} value
 * @param {number} digits
 */
function typed(value, digits) {
  const text = value.toString().padStart(SCALE + 1, "0");
  const fraction = text.slice(-SCALE).slice(0, digits);
  return text.slice(0, -SCALE) + (fraction && `,${fraction}`);
}

/**
 * What to type for a meter so that the consumption is `times` the average of its last half a year.
 * @param {import("playwright-core").Page} page
 * @param {any} meter
 * @param {bigint} times
 * @returns {Promise<string[]>}
 */
export async function values(page, meter, times) {
  const { items } = await api(page, `/api/readings/history?meter_id=${meter.meter_id}&limit=8`);
  const known = items.filter((/** @type {any} */ item) => item.consumption && item.period < "9").slice(0, 6);
  return meter.last.values.map((/** @type {string} */ last, /** @type {number} */ rate) => {
    const used = known.map((/** @type {any} */ item) => units(item.consumption[rate]));
    const average = used.reduce((/** @type {bigint} */ sum, /** @type {bigint} */ one) => sum + one, 0n) / BigInt(used.length);
    return typed(units(last) + average * times, meter.digits_fraction);
  });
}
