// @ts-check
/** Questions of residents of a house about their bills: the most urgent first, each answered once. */
import { get, post } from "./lib/api.js";
import { rubles } from "./lib/bills.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, day, fullPeriod } from "./lib/format.js";

/** @typedef {import("portal-types").BillQuestion} BillQuestion */
/** @typedef {import("portal-types").WaitingQuestions} WaitingQuestions */

/** @param {string} houseId */
export function questionsCard(houseId) {
  const path = `/api/billing/desk/houses/${houseId}/questions`;
  const list = el("ul", { class: "stack stack--tight" });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  /** @type {string | null} */
  let next = null;
  more.addEventListener("click", () => load(next));
  load(null);
  return el("section", { class: "card stack" },
    el("h2", {}, "Вопросы жильцов о начислениях"), list, el("p", {}, more));

  /** @param {string | null} after */
  async function load(after) {
    /** @type {WaitingQuestions} */
    const page = await get(after === null ? path : `${path}?${new URLSearchParams({ after })}`);
    const items = page.items.map(item);
    if (after === null) list.replaceChildren(...(items.length > 0 ? items : [el("li", { class: "empty" }, "Вопросов без ответа нет.")]));
    else list.append(...items);
    next = page.next ?? null;
    more.hidden = next === null;
  }

  /** @param {BillQuestion} question */
  function item({ question_id, number, account_number, address: where, title, of_period, payable, words, due_on, bill_number }) {
    const id = `answer-${question_id}`;
    const form = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("div", { "data-error-summary": true }),
      el("div", { class: "field" },
        el("label", { for: id }, "Ответ, его прочтут жильцы"),
        el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/answer" }),
        el("textarea", { class: "input", id, name: "answer", rows: 4, maxlength: 500, "aria-describedby": `${id}-error` })),
      el("button", { class: "button button--quiet", type: "submit" }, "Ответить"));
    onSubmit(form, () => attempt(form, async () => {
      const { answer } = filled(form, { answer: "Напишите ответ" });
      await post(`${path}/${question_id}/answer`, { body: { answer } });
      announce(`На вопрос ${number} отвечено`);
      await load(null);
    }));
    return el("li", {}, el("details", {},
      el("summary", {}, `№ ${number}, лицевой счёт ${account_number}: ${title} за ${fullPeriod(of_period)}, ответить до ${day(due_on)}`),
      el("div", { class: "stack stack--tight" },
        el("p", { class: "soft" }, `${address(where)}. Квитанция ${bill_number}, по строке ${rubles(payable)}.`),
        el("p", {}, words), form)));
  }
}
