// @ts-check
/** A month of a house: computed in steps, looked at by what is odd, approved. */
import { absencesCard } from "./billing-desk-absences.js";
import { benefitsCard } from "./billing-desk-benefits.js";
import { disputesCard } from "./billing-desk-disputes.js";
import { interruptionsCard } from "./billing-desk-interruptions.js";
import { questionsCard } from "./billing-desk-questions.js";
import { requestsCard } from "./billing-desk-requests.js";
import { recalculationCard } from "./billing-desk-recalculation.js";
import { get, post } from "./lib/api.js";
import { rubles } from "./lib/bills.js";
import { confirming } from "./lib/confirm.js";
import { announce, el } from "./lib/dom.js";
import { address, capital, day, fullPeriod, number } from "./lib/format.js";
import { Declined, complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Run} Run */
/** @typedef {import("portal-types").Draft} Draft */
/** @typedef {import("portal-types").DraftPage} DraftPage */
/** @typedef {import("portal-types").DraftLines} DraftLines */

/** What is worth a look, as the filter and the lists call it. @type {Record<string, string>} */
const LOOKS = {
  problem: "не рассчитаны",
  corrected: "с перерасчётом",
  by_average: "по среднему",
  by_norm: "по нормативу",
  nothing: "нулевые строки",
  below_zero: "строки меньше нуля",
  jump: "резкая разница с прошлым месяцем",
  year_not_settled: "год отопления не сверен: нет показаний дома",
};

/**
 * @param {number} runId
 * @param {() => void} onChange told when the month is at another step
 * @returns {Promise<HTMLElement>}
 */
export async function runSection(runId, onChange) {
  const path = `/api/billing/desk/runs/${runId}`;
  const section = el("section", { class: "stack" });
  /** @type {Run} */
  const run = await get(path);
  show(run);
  return section;

  /** @param {Run} shown */
  function show(shown) {
    const recalculations = recalculationCard(shown.house_id);
    const desks = [recalculations.card, absencesCard(shown.house_id, recalculations.load), benefitsCard(shown.house_id, recalculations.load), interruptionsCard(shown.house_id, recalculations.load), disputesCard(shown.house_id), questionsCard(shown.house_id), requestsCard(shown.house_id, recalculations.load)];
    const parts = [sums(shown), ...desks, ...(shown.bills > 0 ? [services(shown), billsCard(path)] : [])];
    section.replaceChildren(...parts);
    if (["open", "approved"].includes(shown.state)) go(shown);
  }

  /** @param {Run} shown */
  function sums(shown) {
    const isToApprove = shown.state === "previewed";
    const fault = el("div", {});
    const renew = el("button", { class: "button button--quiet", type: "button" }, "Рассчитать заново");
    const approve = el("button", { class: "button", type: "button" }, "Утвердить и выставить квитанции");
    /** @param {HTMLButtonElement} button @param {() => Promise<unknown>} act */
    const on = (button, act) => button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await act();
        await refresh();
      } catch (error) {
        button.disabled = false;
        if (!(error instanceof Declined)) fault.replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
      }
    });
    on(renew, () => post(`${path}/preview`));
    const haste = el("input", { type: "checkbox", "aria-describedby": "awaits" });
    on(approve, () => confirming((confirmation) => post(`${path}/approve${haste.checked ? "?without_readings=true" : ""}`, { confirmation })));
    approve.disabled = Boolean(shown.awaits);
    haste.addEventListener("change", () => { approve.disabled = !haste.checked; });
    return el("section", { class: "card stack" },
      el("h2", { tabindex: -1 }, `${capital(fullPeriod(shown.period))}, ${address(shown.address)}`),
      el("p", { "data-progress": true, role: "status" }, told(shown)),
      el("dl", { class: "sums" }, [["Квитанций", String(shown.bills)], ["Начислено за месяц", rubles(shown.charged)], ["Перерасчёт прошлых месяцев", rubles(shown.corrected)], ["Итого", rubles(shown.charged + shown.corrected)]]
        .map(([name = "", value = ""]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
      shown.problems > 0 && el("div", { class: "message message--warn" }, el("p", {}, `Не рассчитано квитанций: ${shown.problems}. Пока они есть, месяц не утвердить: посмотрите, чего не хватает, исправьте и рассчитайте заново.`)),
      isToApprove && shown.problems === 0 && shown.awaits && el("div", { class: "message message--warn" },
        el("p", { id: "awaits" }, `Показания за этот месяц принимают по ${day(shown.awaits.until)}, а счётчиков без показаний: ${shown.awaits.meters}. Недостающее рассчитано по среднему или по нормативу.`),
        el("label", { class: "check" }, haste, el("span", {}, "Утвердить, не дожидаясь показаний"))),
      isToApprove && el("p", { class: "soft" }, "Выставленные квитанции не меняются: ошибки потом исправляет перерасчёт в следующих."),
      fault,
      isToApprove && el("p", { class: "button-row" }, shown.problems === 0 && approve, renew));
  }

  /**
   * Takes steps until there are none to take: the schedule takes them too.
   * @param {Run} shown
   */
  async function go(shown) {
    try {
      for (let hasMore = true; hasMore;) {
        const step = await post(`${path}/step`);
        // Another month is looked at by now.
        if (!section.isConnected) return;
        hasMore = step.has_more;
        const line = section.querySelector("[data-progress]");
        if (line) line.textContent = told({ ...shown, bills: step.run.bills });
      }
      await refresh();
    } catch (error) {
      section.prepend(el("div", { class: "message message--warn", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text)), el("p", {}, "Расчёт продолжится сам: откройте месяц позже.")));
    }
  }

  async function refresh() {
    show(await get(path));
    announce("Данные обновлены");
    onChange();
  }
}

/** @param {{ state: string, bills: number }} run */
function told({ state, bills }) {
  if (state === "open") return `Рассчитываем: готово квитанций ${bills}…`;
  if (state === "approved") return "Выставляем квитанции…";
  return state === "issued" ? "Квитанции выставлены, жильцы получили уведомления." : "Рассчитано. Проверьте и утвердите.";
}

/** @param {Run} run */
function services({ services: totals }) {
  const row = (/** @type {Run["services"][number]} */ total) => el("tr", {},
    el("th", { scope: "row" }, total.title, el("small", {}, total.oddities.map(({ oddity, lines }) => `${LOOKS[oddity]}: ${lines}`).join("; "))),
    el("td", { class: "numeric" }, `${number(total.volume)}\u00a0${total.unit}`, total.volume_by_house_meter && el("small", {}, `по счётчику дома ${number(total.volume_by_house_meter)}`)),
    el("td", { class: "numeric" }, rubles(total.payable), el("small", {}, `было ${rubles(total.payable_before)}`)));
  return el("details", { class: "card disclosure" },
    el("summary", {}, el("h2", {}, "По услугам")),
    el("table", { class: "table table--stacked" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Услуга"), el("th", { scope: "col", class: "numeric" }, "Объём"), el("th", { scope: "col", class: "numeric" }, "Сумма"))),
      el("tbody", {}, totals.map(row))));
}

/** @param {string} path */
function billsCard(path) {
  const list = el("div", {});
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  const look = el("select", { class: "input", id: "look" }, el("option", { value: "" }, "все"), Object.entries(LOOKS).map(([name, words]) => el("option", { value: name }, words)));
  let next = 0;
  const load = async () => {
    /** @type {DraftPage} */
    const page = await get(`${path}/bills?${new URLSearchParams({ after: String(next), ...(look.value && { look: look.value }) })}`);
    list.append(...page.items.map((draft) => draftRow(path, draft)));
    if (list.childElementCount === 0) list.append(el("p", { class: "empty" }, "Таких квитанций нет."));
    next = page.next ?? 0;
    more.hidden = page.next === null;
  };
  const begin = () => { next = 0; list.replaceChildren(); return load(); };
  look.addEventListener("change", begin);
  more.addEventListener("click", load);
  begin();
  const files = el("p", { class: "button-row button-row--links" }, ["csv", "xlsx"].map((format) =>
    el("a", { href: `${path}/document?${new URLSearchParams({ format })}`, download: true, "aria-label": `Все квитанции месяца, ${format.toUpperCase()}` }, format.toUpperCase())));
  return el("section", { class: "card stack" },
    el("h2", {}, "Квитанции месяца"),
    el("div", { class: "field" }, el("label", { for: "look" }, "Показать"), look),
    list, more, files);
}

/**
 * @param {string} path
 * @param {Draft} draft
 */
function draftRow(path, draft) {
  const body = el("div", { class: "bill-line-body" });
  const row = el("details", { class: "bill-line" },
    el("summary", {},
      el("span", {}, `${draft.account_number}, ${address(draft.address)}`),
      el("span", {}, draft.problem ? "не рассчитан" : rubles(draft.charged + draft.corrected))),
    body);
  row.addEventListener("toggle", async () => {
    if (!row.open || body.childElementCount > 0) return;
    try {
      const { lines } = /** @type {DraftLines} */ (await get(`${path}/bills/${draft.bill_id}`));
      body.append(...[draft.problem && el("p", {}, draft.problem), ...lines.map(lineOf)].filter((part) => part instanceof Node));
    } catch (error) {
      body.append(...complaints(error).map(({ text }) => el("p", {}, text)));
    }
  });
  return row;
}

/** @param {DraftLines["lines"][number]} line */
function lineOf({ title, of_period, reason, payable, oddities, explanation }) {
  const marks = oddities.map((oddity) => LOOKS[oddity]).join(", ");
  return el("div", {},
    el("p", {}, el("strong", {}, `${title}: ${rubles(payable)}`), reason && ` за ${fullPeriod(of_period)}: ${reason}`, marks && ` (${marks})`),
    explanation.map((sentence) => el("p", { class: "soft" }, sentence)));
}
