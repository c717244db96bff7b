// @ts-check
/** «Сообщить о проблеме» on a line of a bill: what was asked about it before, and the form. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { day, fullTime } from "./lib/format.js";

/** @typedef {import("portal-types").BillQuestion} BillQuestion */
/** @typedef {import("portal-types").QuestionList} QuestionList */

/**
 * @param {string} billNumber
 * @param {number} lineNo
 * @param {string} title of the line
 */
export async function questionView(billNumber, lineNo, title) {
  /** @type {QuestionList} */
  const { items } = await get("/api/billing/questions");
  const asked = el("ul", { class: "stack stack--tight" },
    items.filter((one) => one.bill_number === billNumber && one.line_no === lineNo).map(item));
  const id = `question-${lineNo}`;
  const form = el("form", { class: "stack stack--tight", method: "post", action: "/bill", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: id }, "Что не так"),
      el("p", { class: "hint", id: `${id}-hint` }, "Номер квитанции, строку и сумму приложим сами."),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/words" }),
      el("textarea", { class: "input", id, name: "words", rows: 4, maxlength: 500, "aria-describedby": `${id}-hint ${id}-error` })),
    el("p", {}, el("button", { class: "button button--small", type: "submit", "aria-label": `Отправить вопрос: ${title}` }, "Отправить вопрос")));
  onSubmit(form, () => attempt(form, async () => {
    const { words } = filled(form, { words: "Напишите, что не так" });
    const body = { words };
    const path = `/api/billing/bills/${encodeURIComponent(billNumber)}/lines/${lineNo}/questions`;
    /** @type {BillQuestion} */
    const question = await post(path, { body, idempotencyKey: attemptKey(`question-${billNumber}-${lineNo}`, body) });
    endAttempt(`question-${billNumber}-${lineNo}`);
    form.reset();
    asked.prepend(item(question));
    announce(`Вопрос ${question.number} отправлен`);
  }));
  return el("div", { class: "stack stack--tight no-print" }, asked, form);
}

/** @param {BillQuestion} question */
function item({ number, words, asked_at, due_on, answer, answered_at }) {
  return el("li", { class: "message" },
    el("p", {}, el("strong", {}, `Вопрос № ${number}`), `, ${fullTime(asked_at)}: ${words}`),
    answer && answered_at
      ? el("p", {}, `Ответ, ${fullTime(answered_at)}: ${answer}`)
      : el("p", { class: "soft" }, `Организация ответит не позже: ${day(due_on)}. Сообщим сразу.`));
}
