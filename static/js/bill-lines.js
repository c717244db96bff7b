// @ts-check
/** The lines of a bill, each folded over the sentence that tells how it comes about. */
import { actButton } from "./lib/act.js";
import { get } from "./lib/api.js";
import { price as told, rubles } from "./lib/bills.js";
import { announce, el, retire } from "./lib/dom.js";
import { capital, fullPeriod, number } from "./lib/format.js";

/** @typedef {import("portal-types").Bill} Bill */
/** @typedef {import("portal-types").BillLine} BillLine */
/** @typedef {import("portal-types").LineCalculation} LineCalculation */

/** @type {Record<string, string>} */
const METHODS = { meter: "по счётчику", norm: "по нормативу" };

/** @param {Bill} bill */
export function linesCard({ bill_number, period, account_id, lines }) {
  const [own, corrections] = [lines.filter(({ of_period }) => of_period === period), lines.filter(({ of_period }) => of_period !== period)];
  return el("section", { class: "card stack stack--tight", "aria-labelledby": "lines-title" },
    el("h2", { id: "lines-title" }, "За что начислено"),
    el("p", { class: "soft" }, "Нажмите на строку, чтобы увидеть, как она посчитана."),
    own.length > 0 ? el("div", {}, own.map(row)) : el("p", { class: "empty" }, "Начислений за этот месяц нет."),
    corrections.length > 0 && el("h3", {}, "Перерасчёт за прошлые месяцы"),
    corrections.length > 0 && el("div", {}, corrections.map(row)),
    el("p", {}, el("a", { href: `/tariffs?${new URLSearchParams({ account_id, period })}` }, "Тарифы этого месяца и их основания")),
    el("p", { class: "no-print" }, el("a", { href: `/absence?${new URLSearchParams({ account_id })}` }, "Не было дома больше пяти дней? Подайте заявление")),
    el("p", { class: "no-print" }, el("a", { href: `/requests?${new URLSearchParams({ account_id, kind: "recalculation", from: period })}` }, "Попросить о перерасчёте")));

  /** @param {BillLine} line */
  function row(line) {
    const isCorrection = line.of_period !== period;
    return el("details", { class: "bill-line" },
      el("summary", {}, el("span", {}, isCorrection ? `${line.title}, ${fullPeriod(line.of_period)}` : line.title), el("span", {}, rubles(line.payable))),
      el("div", { class: "bill-line-body" }, isCorrection ? el("p", {}, `${line.reason ?? "Перерасчёт"}. Как посчитан весь месяц теперь:`) : volume(line),
        line.zones.map((zone) => el("p", { class: "soft" }, zoneTold(line, zone))),
        line.explanation.map((sentence) => el("p", {}, sentence)),
        parts(line).map((part) => el("p", { class: "soft" }, part)),
        line.explanation.length > 0 && calculationButton(bill_number, lines.indexOf(line) + 1),
        questionButton(bill_number, lines.indexOf(line) + 1, line.title)));
  }
}

/**
 * The whole calculation is fetched only for whoever wants to check it.
 * @param {string} billNumber
 * @param {number} lineNo
 */
function calculationButton(billNumber, lineNo) {
  const errors = el("div");
  const button = actButton("Показать расчёт", errors, async () => {
    /** @type {[LineCalculation, typeof import("./bill-calculation.js")]} */
    const [calculation, { calculationView }] = await Promise.all([
      get(`/api/billing/bills/${encodeURIComponent(billNumber)}/lines/${lineNo}/calculation`), import("./bill-calculation.js")]);
    const shown = calculationView(calculation);
    place.append(shown);
    announce("Расчёт показан");
    retire(button, shown);
  });
  const place = el("div", { class: "stack stack--tight" }, el("div", { class: "no-print" }, button, errors));
  return place;
}

/**
 * @param {string} billNumber
 * @param {number} lineNo
 * @param {string} title
 */
function questionButton(billNumber, lineNo, title) {
  const errors = el("div");
  const button = actButton("Сообщить о проблеме", errors, async () => {
    const { questionView } = await import("./bill-question.js");
    const shown = await questionView(billNumber, lineNo, title);
    place.append(shown);
    retire(button, shown);
  }, { label: `Сообщить о проблеме: ${title}` });
  const place = el("div", { class: "stack stack--tight" }, el("div", { class: "no-print" }, button, errors));
  return place;
}

/** @param {BillLine} line */
function volume({ volume: amount, unit, method, price }) {
  const how = METHODS[method] ? ` ${METHODS[method]}` : "";
  return el("p", { class: "soft" }, `${number(amount)}\u00a0${unit}${how}${price ? `, цена ${told(price)}\u00a0₽` : ""}`);
}

/**
 * A rate zone: how much, at which price, and its part of the charge.
 * @param {BillLine} line
 * @param {BillLine["zones"][number]} zone
 */
function zoneTold({ unit }, { name, volume: amount, price, charged }) {
  return `${capital(name)}: ${number(amount)}\u00a0${unit}${price ? `, цена ${told(price)}\u00a0₽` : ""}, ${rubles(charged)}`;
}

/**
 * What the sum has beside the charge.
 * @param {BillLine} line
 */
function parts({ charged, excess, recalculated, discount }) {
  if (!excess && !recalculated && !discount) return [];
  return [
    charged && `Начислено ${rubles(charged)}`,
    excess && `Повышающий коэффициент добавил ${rubles(excess)}`,
    recalculated && `Пересчёт ${rubles(recalculated)}`,
    discount && `Льгота ${rubles(-discount)}`,
  ].filter((part) => typeof part === "string");
}
