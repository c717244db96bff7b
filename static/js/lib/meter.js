// @ts-check
/** Words and pictures of meters, shared by the pages that show them. */
import { el, icon } from "./dom.js";
import { number } from "./format.js";

/** @typedef {import("portal-types").Meter} Meter */

/** @type {Record<string, string>} */
const TITLES = {
  cold_water: "Холодная вода",
  hot_water: "Горячая вода",
  electricity: "Электричество",
  gas: "Газ",
  heat: "Отопление",
};

/**
 * Who gave a reading; nothing where residents did.
 * @type {Record<string, string>}
 */
export const SOURCES = {
  resident: "",
  company: "записала компания",
  control: "контрольная проверка",
  verification: "при поверке",
};

/**
 * By which way a reading came, where that is not the usual one.
 * @type {Record<string, string>}
 */
export const CHANNELS = { sms: "по СМС", link: "по наклейке", token: "передал прибор" };

/** @param {{ kind: string }} meter */
export const meterTitle = (meter) => TITLES[meter.kind] ?? "Счётчик";

/** @param {{ place?: string | null, serial: string }} meter */
export const meterDetails = (meter) => [meter.place, `№\u00a0${meter.serial}`].filter(Boolean).join(" · ");

/** @param {Meter} meter */
export const meterIcon = (meter) => el("span", { class: `meter-icon meter-icon--${meter.kind}` }, icon(meter.kind));

/**
 * Values as on the dial, one line per rate.
 * @param {Meter} meter
 * @param {string[]} values
 */
export function meterValues(meter, values) {
  const isRated = values.length > 1;
  const lines = values.map((value, rate) =>
    el("div", {},
      isRated && el("span", { class: "soft small" }, meter.rate_names[rate]),
      measure(value, meter.unit, isRated ? "number" : "number number--big")));
  return el("div", { class: isRated ? "meter-values meter-values--rates" : "meter-values" }, lines);
}

/**
 * A number with its unit that never break apart.
 * @param {string} value
 * @param {string} unit
 * @param {string} [className]
 */
export function measure(value, unit, className = "number") {
  return el("span", { class: className }, number(value), " ", el("span", { class: "unit" }, unit));
}
