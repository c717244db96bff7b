// @ts-check
/** What needs attention first: one box, one thing to do. */
import { el, icon } from "./lib/dom.js";
import { address, count, day, period } from "./lib/format.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").MeterAccount} MeterAccount */

/**
 * @param {Account[]} accounts
 * @param {MeterAccount[]} metered
 * @returns {HTMLElement[]}
 */
export function tasks(accounts, metered) {
  if (accounts.length + metered.length === 0) return [linkTask()];
  // Who may only look at somebody's readings has nothing to do there.
  const withMeters = metered.filter(({ meters, delegation }) => meters.length > 0 && delegation?.may_submit !== false);
  const [first] = withMeters;
  if (!first) return [];
  const open = withMeters.filter((account) => account.window.is_open);
  if (open.length === 0) return [closedNote(first)];
  const waiting = open.filter((account) => missing(account) > 0);
  return [waiting.length > 0 ? readingsTask(waiting) : doneNote(open)];
}

/** @param {MeterAccount} account */
const missing = (account) => account.meters.filter((meter) => !meter.submitted).length;

/** @param {MeterAccount[]} accounts */
const closesOn = (accounts) => accounts.map((account) => account.window.closes_on).sort()[0] ?? "";

function linkTask() {
  return el("section", { class: "hero" },
    el("h2", {}, "Привяжите лицевой счёт"),
    el("p", {}, "Понадобятся номер с квитанции и телефон или почта, которые знает управляющая организация. Это две минуты."),
    el("a", { class: "button button--hero", href: "/link" }, "Привязать счёт"));
}

/** @param {MeterAccount[]} accounts */
function readingsTask(accounts) {
  const left = (/** @type {MeterAccount[]} */ some) => some.reduce((sum, account) => sum + missing(account), 0);
  const total = left(accounts);
  const entrusted = left(accounts.filter(({ delegation }) => delegation));
  const shared = entrusted > 0 && entrusted < total ? `, из них ${entrusted} по доверенным вам счетам` : "";
  const where = accounts.length === 1 ? `: ${address(accounts[0]?.address ?? "")}` : shared;
  return el("section", { class: "hero" },
    el("h2", {}, `Передайте показания до\u00a0${day(closesOn(accounts))}`),
    el("p", {}, `Осталось передать ${count(total, "показание", "показания", "показаний")}${where}.`),
    el("a", { class: "button button--hero", href: "/readings" }, "Передать показания"));
}

/** @param {MeterAccount[]} accounts */
function doneNote(accounts) {
  return el("section", { class: "hero hero--done" },
    icon("done"),
    el("h2", {}, `Показания за ${period(accounts[0]?.window.period ?? "")} переданы`),
    el("p", {}, `До ${day(closesOn(accounts))} их можно `, el("a", { href: "/readings" }, "посмотреть и исправить"), "."));
}

/**
 * Owners are reminded, those whom they trust are not.
 * @param {MeterAccount} account
 */
function closedNote({ window, delegation }) {
  return el("section", { class: "hero hero--done" },
    icon("done"),
    el("h2", {}, "Сейчас ничего не нужно"),
    el("p", {}, `Приём показаний откроется ${day(window.opens_on)}.${delegation ? "" : " Мы напомним."}`));
}
