// @ts-check
/** What happened to a meter beside its readings, the latest first, as a list. */
import { el } from "./dom.js";
import { day, number } from "./format.js";

/** @typedef {import("portal-types").MeterStory} MeterStory */
/** @typedef {import("portal-types").MeterEvent} MeterEvent */

/**
 * What people call an event; those that one of the staff may record stand in this order.
 * @type {Record<string, string>}
 */
export const KINDS = {
  replaced: "Заменён",
  verified: "Поверен",
  failed: "Неисправен",
  restored: "Снова исправен",
  sealed: "Опломбирован",
  access_refused: "Не допустили к проверке",
  removed: "Снят",
  installed: "Установлен",
};

/** @param {MeterStory} story */
export function meterStory({ items }) {
  return el("ul", { class: "stack stack--tight" }, items.map((item) =>
    el("li", {},
      el("strong", {}, KINDS[item.kind] ?? "Событие"), ` ${day(item.happened_on)}`,
      particulars(item).map((text) => el("p", { class: "soft small" }, text)))));
}

/** @param {MeterEvent} item */
function particulars(item) {
  const [last, first] = [item.last, item.first].map((values) => values.map(number).join(" / "));
  const isReplaced = item.kind === "replaced";
  return [
    `№\u00a0${item.serial}${item.new_serial ? `, вместо него №\u00a0${item.new_serial}` : ""}`,
    Boolean(last) && `Было на счётчике: ${last}`,
    Boolean(first) && `${isReplaced ? "На новом" : "Стало"}: ${first}`,
    item.verified_until && `Поверка до ${day(item.verified_until)}`,
    item.act,
  ].filter((text) => typeof text === "string" && text !== "");
}
