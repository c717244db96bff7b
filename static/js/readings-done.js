// @ts-check
/** The confirmation: a big code to keep, and what was recorded. */
import { announce, el, icon } from "./lib/dom.js";
import { count, fullTime, number } from "./lib/format.js";
import { measure, meterDetails, meterTitle } from "./lib/meter.js";

/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Receipt} Receipt */

/**
 * @param {MeterAccount} account
 * @param {Receipt} receipt
 * @param {() => void} onMore
 */
export function confirmation(account, receipt, onMore) {
  const given = new Set(receipt.items.map((item) => item.meter_id));
  const left = account.meters.filter((meter) => !meter.submitted && !given.has(meter.meter_id)).length;
  return el("div", { class: "card confirmation" },
    icon("done"),
    el("h3", { class: "confirmation-title", tabindex: -1 }, "Показания приняты"),
    el("p", {}, `Сохраните код: он подтверждает, что вы передали ${fullTime(receipt.submitted_at)}.`),
    el("p", { class: "confirmation-code", "data-confirmation-code": true }, receipt.confirmation_code),
    el("div", { class: "button-row" },
      copyButton(receipt.confirmation_code),
      el("button", { class: "button button--quiet button--small", type: "button", onclick: () => print() }, "Распечатать")),
    el("dl", { class: "result-list" }, receipt.items.map((item) => resultLine(account, item))),
    receipt.items.some((item) => item.review === "pending") &&
      el("p", { class: "message message--warn" }, "Расход намного больше обычного, поэтому управляющая организация проверит показание. Ничего делать не нужно: если появятся вопросы, вам напишут."),
    left > 0
      ? el("button", { class: "button", type: "button", onclick: onMore }, `Передать ещё ${count(left, "показание", "показания", "показаний")}`)
      : el("a", { class: "button", href: "/" }, "На главную"));
}

/**
 * @param {MeterAccount} account
 * @param {Receipt["items"][number]} item
 */
function resultLine({ meters }, item) {
  const meter = meters.find(({ meter_id }) => meter_id === item.meter_id);
  if (!meter) return null;
  const lines = item.values.map((value, rate) => {
    const used = item.consumption?.[rate];
    return el("dd", {},
      measure(value, meter.unit),
      el("span", { class: "soft small" },
        [meter.rate_names[rate], used && `расход ${number(used)}\u00a0${meter.unit}`].filter(Boolean).join(", ")));
  });
  return el("div", {}, el("dt", {}, meterTitle(meter), el("small", { class: "soft small" }, ` ${meterDetails(meter)}`)), lines);
}

/** @param {string} code */
function copyButton(code) {
  const button = el("button", { class: "button button--quiet button--small", type: "button" }, "Скопировать код");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = "Скопировано";
      announce("Код скопирован");
    } catch {
      getSelection()?.selectAllChildren(/** @type {Node} */ (document.querySelector("[data-confirmation-code]")));
      announce("Код выделен, скопируйте его");
    }
  });
  return button;
}
