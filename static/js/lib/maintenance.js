// @ts-check
/** Announced works on the portal, in words. */
import { time } from "./format.js";
import { serverNow } from "./server-time.js";

/** @typedef {import("portal-types").Maintenance} Maintenance */

const clock = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });

/**
 * `25 июля в 23:00 – 01:00`, in the time of the person's device.
 * @param {Maintenance} works
 */
export const span = (works) => `${time(works.starts_at)} – ${clock.format(new Date(works.ends_at))}`;

/** @param {Maintenance} works */
export const goesOn = (works) => Date.parse(works.starts_at) <= serverNow() && serverNow() < Date.parse(works.ends_at);

/**
 * Whether works begin within so many hours, or go on.
 * @param {Maintenance} works
 * @param {number} hours
 */
export const isNear = (works, hours) =>
  Date.parse(works.starts_at) - serverNow() < hours * 3_600_000 && serverNow() < Date.parse(works.ends_at);
