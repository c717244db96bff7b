// @ts-check
/** What residents of a house ask of their charges: the most urgent first, each decided once. */
import { get, post } from "./lib/api.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, day, fullPeriod } from "./lib/format.js";

/** @typedef {import("portal-types").ChargeRequest} ChargeRequest */
/** @typedef {import("portal-types").WaitingRequests} WaitingRequests */

/**
 * @param {string} houseId
 * @param {() => void} onChange told when past months wait to be computed anew
 */
export function requestsCard(houseId, onChange) {
  const path = `/api/billing/desk/houses/${houseId}/requests`;
  const list = el("ul", { class: "stack stack--tight" });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  /** @type {string | null} */
  let next = null;
  more.addEventListener("click", () => load(next));
  load(null);
  return el("section", { class: "card stack" },
    el("h2", {}, "Заявления о тарифах, услугах и перерасчёте"), list, el("p", {}, more));

  /** @param {string | null} after */
  async function load(after) {
    /** @type {WaitingRequests} */
    const page = await get(after === null ? path : `${path}?${new URLSearchParams({ after })}`);
    const items = page.items.map(item);
    if (after === null) list.replaceChildren(...(items.length > 0 ? items : [el("li", { class: "empty" }, "Заявлений без решения нет.")]));
    else list.append(...items);
    next = page.next ?? null;
    more.hidden = next === null;
  }

  /** @param {ChargeRequest} request */
  function item({ request_id, number, account_number, address: where, kind, title, service, supplier, from, words, due_on }) {
    const id = `request-${request_id}`;
    const decision = (/** @type {string} */ value, /** @type {string} */ label) =>
      el("label", { class: "check" }, el("input", { type: "radio", name: "decision", value }), el("span", {}, label));
    const form = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("div", { "data-error-summary": true }),
      el("fieldset", { class: "field" },
        el("legend", {}, "Решение"),
        el("p", { class: "field-error", id: `${id}-decision-error`, "data-error-for": "/decision" }),
        decision("accepted", "Принять"),
        decision("refused", "Отказать")),
      el("div", { class: "field" },
        el("label", { for: id }, "Ответ, его прочтут жильцы"),
        el("p", { class: "hint", id: `${id}-hint` }, kind === "recalculation"
          ? "Сначала внесите то, что меняет суммы: показание, акт, льготу. Месяцы посчитаются заново по тому, что известно, ответ станет причиной перерасчёта."
          : "Напишите, с какого дня и что изменится. Тарифы и услуги дома приходят файлами."),
        el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/answer" }),
        el("textarea", { class: "input", id, name: "answer", rows: 4, maxlength: 500, "aria-describedby": `${id}-hint ${id}-error` })),
      el("button", { class: "button button--quiet", type: "submit" }, "Сохранить решение"));
    onSubmit(form, () => attempt(form, async () => {
      const { answer, decision: chosen } = filled(form, { decision: "Выберите решение", answer: "Напишите ответ" });
      await post(`${path}/${request_id}/decision`, { body: { is_accepted: chosen === "accepted", answer } });
      announce(`По заявлению ${number} решено`);
      await load(null);
      onChange();
    }));
    const about = [service, supplier, from && `с ${fullPeriod(from)}`].filter(Boolean).join(", ");
    return el("li", {}, el("details", {},
      el("summary", {}, `№ ${number}, лицевой счёт ${account_number}: ${title}${about ? `, ${about}` : ""}, решить до ${day(due_on)}`),
      el("div", { class: "stack stack--tight" },
        el("p", { class: "soft" }, `${address(where)}.`),
        el("p", {}, words), form)));
  }
}
