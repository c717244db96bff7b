// @ts-check
/** Readings that the rules take at once, and ones that they question. Whole thousandths, no floating point. */
import { api, open } from "./browser.js";

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

/**
 * Fills the first meter, opening it for correction where it was submitted before.
 * @param {import("playwright-core").Page} page
 * @param {bigint} times
 */
export async function fillFirst(page, times) {
  await page.evaluate(() => { sessionStorage.clear(); localStorage.clear(); });
  await open(page, "/readings");
  const { accounts } = await api(page, "/api/readings/meters");
  const meter = accounts[0].meters[0];
  const texts = await values(page, meter, times);
  const field = page.locator(`#value-${meter.meter_id}-0`);
  if (meter.submitted) await page.locator(".meter-field").first().getByRole("button", { name: "Исправить" }).click();
  for (const [rate, text] of texts.entries()) {
    const isSame = text.replace(",", ".") === meter.submitted?.values[rate];
    await page.locator(`#value-${meter.meter_id}-${rate}`).fill(isSame ? bump(text) : text);
  }
  return { meter, field };
}

/**
 * One more of the last digit, so that a correction is one.
 * @param {string} text
 */
function bump(text) {
  const digit = Number(text.at(-1));
  return text.slice(0, -1) + (digit === 9 ? 8 : digit + 1);
}
