// @ts-check
/** A card per personal account, one's own or entrusted by its owner: the address, the meters with their last values, whom to call. */
import { el, icon } from "./lib/dom.js";
import { address, day, period } from "./lib/format.js";
import { meterDetails, meterIcon, meterTitle, meterValues } from "./lib/meter.js";
import { serverNow } from "./lib/server-time.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Meter} Meter */
/** @typedef {NonNullable<MeterAccount["delegation"]>} Delegation */

const DAY_MS = 86_400_000;
const VERIFICATION_WARNING_DAYS = 60;

/**
 * @param {Account[]} accounts
 * @param {MeterAccount[]} metered
 * @returns {HTMLElement[]}
 */
export function accountCards(accounts, metered) {
  const own = accounts.map((account) =>
    accountCard(account, metered.find(({ account_id }) => account_id === account.account_id)?.meters ?? []));
  const entrusted = metered.flatMap((account) => (account.delegation ? [entrustedCard(account, account.delegation)] : []));
  if (own.length + entrusted.length === 0) return [];
  const links = el("p", { class: "button-row" },
    el("a", { href: "/link" }, own.length > 0 ? "Привязать ещё один счёт" : "Привязать свой счёт"),
    own.length > 0 && el("a", { href: "/accounts" }, "Настроить счета"),
    entrusted.length > 0 && el("a", { href: "/delegates" }, "Кто вам доверяет"));
  return [...own, ...entrusted, links];
}

/**
 * @param {Account} account
 * @param {Meter[]} meters
 */
function accountCard(account, meters) {
  const titleId = `account-${account.account_id}`;
  return el("section", { class: "card", "aria-labelledby": titleId },
    el("div", { class: "card-head" },
      el("h2", { id: titleId }, account.label ?? address(account.address)),
      account.label && el("p", {}, address(account.address)),
      el("p", { class: "soft" }, `Лицевой счёт ${account.number}`)),
    meterList(meters, true),
    el("p", { class: "button-row" },
      meters.length > 0 && el("a", { href: `/consumption?account_id=${encodeURIComponent(account.account_id)}`, "aria-label": `Расход по месяцам: ${account.label ?? account.address}` }, "Расход по месяцам"),
      el("a", { href: `/tariffs?account_id=${encodeURIComponent(account.account_id)}`, "aria-label": `Тарифы: ${account.label ?? account.address}` }, "Тарифы")),
    companyLine(account));
}

/**
 * @param {MeterAccount} account
 * @param {Delegation} delegation
 */
function entrustedCard({ account_id, address: where, number, meters }, { granted_by, until, may_see_history, may_submit }) {
  const titleId = `account-${account_id}`;
  const rights = [may_see_history && "смотреть показания", may_submit && "передавать показания"].filter(Boolean).join(", ");
  return el("section", { class: "card", "aria-labelledby": titleId },
    el("div", { class: "card-head" },
      el("h2", { id: titleId }, address(where)),
      el("p", {}, `Вам доверяет ${granted_by}, по ${day(until)}. Можно: ${rights}.`),
      el("p", { class: "soft" }, `Лицевой счёт ${number}`)),
    meterList(meters, may_see_history),
    may_submit && el("p", {}, el("a", { href: "/readings" }, "Передать показания")));
}

/**
 * @param {Meter[]} meters
 * @param {boolean} maySeeHistory
 */
function meterList(meters, maySeeHistory) {
  if (meters.length === 0) return el("p", { class: "empty" }, "Счётчиков на этом счёте нет.");
  return el("ul", { class: "meter-list" }, meters.map((meter) => meterRow(meter, maySeeHistory)));
}

/**
 * @param {Meter} meter
 * @param {boolean} maySeeHistory
 */
function meterRow(meter, maySeeHistory) {
  const shown = meter.submitted ?? meter.last;
  return el("li", { class: "meter-row" },
    meterIcon(meter),
    el("div", {},
      el("h3", {}, meterTitle(meter)),
      el("p", { class: "soft small" }, meterDetails(meter))),
    shown ? meterValues(meter, shown.values) : el("p", { class: "soft" }, "Показаний пока нет"),
    el("p", { class: "meter-facts" },
      meter.submitted
        ? el("span", { class: "badge" }, icon("check", "icon icon--small"), `Передано ${day(meter.submitted.taken_on)}`)
        : meter.last && el("span", {}, `За ${period(meter.last.period)}`),
      meter.submitted?.review === "pending" && el("span", { class: "badge badge--warn" }, "На проверке"),
      verification(meter),
      maySeeHistory && el("a", { href: `/history?meter_id=${encodeURIComponent(meter.meter_id)}`, "aria-label": `История: ${meterTitle(meter)}, ${meterDetails(meter)}` }, "История")));
}

/** @param {Meter} meter */
function verification({ verification_due_on }) {
  if (!verification_due_on) return null;
  const daysLeft = Math.floor((Date.parse(verification_due_on) - serverNow()) / DAY_MS);
  if (daysLeft < -1) return el("span", { class: "badge badge--danger" }, `Поверка истекла ${day(verification_due_on)}`);
  if (daysLeft > VERIFICATION_WARNING_DAYS) return null;
  return el("span", { class: "badge badge--warn" }, `Поверка до ${day(verification_due_on)}`);
}

/** @param {Account} account */
function companyLine({ company: { name, phone, email } }) {
  return el("p", { class: "soft small company" },
    el("span", {}, name),
    phone && el("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, phone),
    email && el("a", { href: `mailto:${email}` }, email));
}
