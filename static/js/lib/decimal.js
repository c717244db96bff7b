// @ts-check
/** Exact decimals for what a person types: whole numbers of the last digit, never floating point. */

/** @typedef {{ units: bigint, scale: number }} Decimal */

/**
 * `123,456` or `123.456`; `null` for anything else. The server judges; this only previews.
 * @param {string} text
 * @returns {Decimal | null}
 */
export function parse(text) {
  const match = /^(\d{1,15})(?:[.,](\d{1,7}))?$/.exec(text.trim());
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

/**
 * `now − before`, or `null` where it would be negative.
 * @param {Decimal} now
 * @param {Decimal} before
 */
export function difference(now, before) {
  const scale = Math.max(now.scale, before.scale);
  const units = atScale(now, scale) - atScale(before, scale);
  return units < 0n ? null : print(units, scale);
}

/**
 * The sum, also as text.
 * @param {Decimal[]} decimals
 */
export function add(decimals) {
  const scale = Math.max(0, ...decimals.map((decimal) => decimal.scale));
  const units = decimals.reduce((sum, decimal) => sum + atScale(decimal, scale), 0n);
  return { units, scale, text: print(units, scale) };
}

/**
 * How many of `steps` the part is of the whole, for drawing.
 * @param {Decimal} part
 * @param {Decimal} whole
 * @param {number} steps
 */
export function ratio(part, whole, steps) {
  const scale = Math.max(part.scale, whole.scale);
  const divisor = atScale(whole, scale);
  return divisor === 0n ? 0 : Number((atScale(part, scale) * BigInt(steps)) / divisor);
}

/**
 * Orders decimals from the smallest.
 * @param {Decimal} one
 * @param {Decimal} other
 */
export function compare(one, other) {
  const scale = Math.max(one.scale, other.scale);
  const difference = atScale(one, scale) - atScale(other, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * @param {Decimal} decimal
 * @param {number} scale
 */
const atScale = ({ units, scale: own }, scale) => units * 10n ** BigInt(scale - own);

/**
 * @param {bigint} units
 * @param {number} scale
 */
function print(units, scale) {
  const digits = units.toString().padStart(scale + 1, "0");
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
