// @ts-check
/** Numbers, days and words as people write them in Russian. Readings stay text: no digit is ever rounded. */
import { serverNow } from "./server-time.js";

const NARROW_SPACE = "\u202f";
const plurals = new Intl.PluralRules("ru");
const dayMonth = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("ru", { month: "long", timeZone: "UTC" });
const fullMoment = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
const hourMinute = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

/**
 * `12345.678` → `12 345,678`
 * @param {string} decimal
 */
export function number(decimal) {
  const [whole = "", fraction] = decimal.split(".");
  const grouped = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  return fraction === undefined ? grouped : `${grouped},${fraction}`;
}

/**
 * Today there, as `2026-11-30`; on the device's calendar where it does not know the time zone. The day is the server's:
 * it refuses one that has not come.
 * @param {string} timeZone
 */
export function today(timeZone) {
  const parts = calendarOf(timeZone).formatToParts(serverNow());
  return ["year", "month", "day"].map((type) => parts.find((part) => part.type === type)?.value).join("-");
}

/** @param {string} timeZone */
function calendarOf(timeZone) {
  const digits = /** @type {const} */ ({ year: "numeric", month: "2-digit", day: "2-digit" });
  try {
    return new Intl.DateTimeFormat("ru", { ...digits, timeZone });
  } catch {
    return new Intl.DateTimeFormat("ru", digits);
  }
}

/**
 * `2026-11-30` → `30 ноября`, with the year where it is not this one. The year may break off: narrow columns need it.
 * @param {string} isoDate
 */
export function day(isoDate) {
  return unbroken(dayMonth.format(new Date(`${isoDate}T00:00:00Z`))) + yearIfOther(isoDate);
}

/**
 * `2026-11-30` → `30 ноября 2026`, for what is compared with paper.
 * @param {string} isoDate
 */
export const fullDay = (isoDate) => unbroken(`${dayMonth.format(new Date(`${isoDate}T00:00:00Z`))} ${isoDate.slice(0, 4)}`);

/**
 * `2026-11` → `ноябрь`, with the year where it is not this one.
 * @param {string} period
 */
export function period(period) {
  return unbroken(month.format(new Date(`${period}-01T00:00:00Z`)) + yearIfOther(period));
}

/**
 * `2026-11` → `ноябрь 2026`, for what is printed and kept. It may break: it stands in the narrow column of a table.
 * @param {string} period
 */
export const fullPeriod = (period) => `${month.format(new Date(`${period}-01T00:00:00Z`))} ${period.slice(0, 4)}`;

/**
 * A moment with its year, for what is printed and kept: `12 ноября 2026 г. в 18:05`.
 * @param {string} timestamp
 */
export const fullTime = (timestamp) => unbroken(fullMoment.format(new Date(timestamp)));

/**
 * A moment in the time of the person's device: `12 ноября в 18:05`.
 * @param {string} timestamp
 */
export const time = (timestamp) => unbroken(moment.format(new Date(timestamp)));

/**
 * The hour and minute of a moment, in the time of the person's device: `18:05`.
 * @param {string} timestamp
 */
export const clock = (timestamp) => hourMinute.format(new Date(timestamp));

/**
 * `count(3, "показание", "показания", "показаний")` → `3 показания`
 * @param {number} amount
 * @param {string} one
 * @param {string} few
 * @param {string} many
 */
export function count(amount, one, few, many) {
  const form = plurals.select(amount);
  return `${amount}\u00a0${form === "one" ? one : form === "few" ? few : many}`;
}

/**
 * How long to wait, in words: in minutes up to an hour and a half, in hours up to a day and a half, then in days.
 * @param {number} seconds
 */
export function wait(seconds) {
  if (seconds < 60) return count(Math.max(seconds, 1), "секунду", "секунды", "секунд");
  if (seconds <= 5_400) return count(Math.ceil(seconds / 60), "минуту", "минуты", "минут");
  if (seconds <= 129_600) return count(Math.ceil(seconds / 3_600), "час", "часа", "часов");
  return count(Math.ceil(seconds / 86_400), "день", "дня", "дней");
}

/**
 * An address whose short words stay with what they name: «кв. 15» never breaks apart.
 * @param {string} text
 */
export const address = (text) => text.replace(/\. /g, ".\u00a0");

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A date stays in one piece.
 * @param {string} text
 */
const unbroken = (text) => text.replaceAll(" ", "\u00a0");

/** @param {string} isoDate */
function yearIfOther(isoDate) {
  const year = isoDate.slice(0, 4);
  return year === String(new Date(serverNow()).getFullYear()) ? "" : ` ${year}`;
}
