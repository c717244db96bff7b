// @ts-check
/** A bill: what is to be paid, its files, its lines, and what changed since an earlier month. */
import { changesCard } from "./bill-changes.js";
import { linesCard } from "./bill-lines.js";
import { penaltiesCard } from "./bill-penalties.js";
import { get } from "./lib/api.js";
import { rubles, statusBadge } from "./lib/bills.js";
import { announce, el } from "./lib/dom.js";
import { facts } from "./lib/facts.js";
import { address as withoutBreaks, capital, day, fullPeriod } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Bill} Bill */
/** @typedef {import("portal-types").BillList} BillList */

const FORMATS = { pdf: "PDF для печати", txt: "Текст", csv: "Таблица CSV", xlsx: "Таблица XLSX" };

/** @param {HTMLElement} root */
export async function start(root) {
  const query = new URLSearchParams(location.search);
  try {
    await whenOnline(root, demandResident);
    const number = query.get("number") || (await whenOnline(root, latest));
    root.replaceChildren(...(number ? shown(await whenOnline(root, () => bill(number, query.get("against")))) : [nothing()]));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : failure(error));
  }
  root.removeAttribute("aria-busy");
}

/** Whoever names no bill is shown the last one. */
async function latest() {
  /** @type {BillList} */
  const { items } = await get("/api/billing/bills");
  return items[0]?.bill_number;
}

/**
 * @param {string} number
 * @param {string | null} against
 * @returns {Promise<Bill>}
 */
const bill = (number, against) =>
  get(`/api/billing/bills/${encodeURIComponent(number)}${against ? `?${new URLSearchParams({ against })}` : ""}`);

function nothing() {
  return el("p", { class: "lead" }, "Квитанций пока нет. Они появятся ", el("a", { href: "/bills" }, "здесь"), ".");
}

/** @param {unknown} error */
function failure(error) {
  return el("div", { class: "message message--danger", role: "alert" },
    complaints(error).map(({ text }) => el("p", {}, text)),
    el("p", {}, el("a", { href: "/bills" }, "Ко всем квитанциям")));
}

/** @param {Bill} bill */
function shown(bill) {
  const back = el("p", {}, el("a", { href: "/bills" }, "Ко всем квитанциям"));
  const cards = [sumsCard(bill), linesCard(bill), penaltiesCard(bill), changesCard(bill), filesCard(bill)];
  return [back, ...cards.filter((card) => card instanceof Element)];
}

/** @param {Bill} bill */
function sumsCard(bill) {
  const isAhead = bill.payable < 0;
  return el("section", { class: "card stack", "aria-labelledby": "bill-title" },
    el("div", {},
      el("h2", { id: "bill-title" }, capital(fullPeriod(bill.period))),
      el("p", { class: "soft" }, withoutBreaks(bill.address)),
      el("p", { class: "soft small" }, `Лицевой счёт ${bill.account_number}, счёт №\u00a0${bill.bill_number}`)),
    el("div", {},
      el("p", {}, isAhead ? "Оплачено вперёд" : "К оплате по этой квитанции"),
      el("p", { class: "sum" }, rubles(Math.abs(bill.payable))),
      el("p", { class: "button-row" }, el("span", { class: "soft" }, `Оплатить до ${day(bill.due_on)}`), statusBadge(bill))),
    el("dl", { class: "sums" }, facts([
      ["Начислено за месяц", rubles(bill.of_month)],
      ["Перерасчёт за прошлые месяцы", bill.corrected ? rubles(bill.corrected) : null],
      [bill.before < 0 ? "Было оплачено вперёд" : "Долг на начало месяца", rubles(Math.abs(bill.before))],
      ["Оплачено с прошлой квитанции", rubles(bill.paid)],
      ["Пени", rubles(bill.penalty)],
      ["Итого", rubles(bill.payable)],
    ])));
}

/** @param {Bill} bill */
function filesCard({ bill_number }) {
  const path = `/api/billing/bills/${encodeURIComponent(bill_number)}/document?format=`;
  return el("section", { class: "card stack stack--tight no-print", "aria-labelledby": "files-title" },
    el("h2", { id: "files-title" }, "Скачать квитанцию"),
    el("p", { class: "button-row button-row--links" }, Object.entries(FORMATS).map(([format, title]) => el("a", { href: path + format, download: true }, title))));
}
