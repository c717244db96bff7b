// @ts-check
/** Applications of residents who were away, waiting for the accountant's decision. */
import { get, post } from "./lib/api.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { day } from "./lib/format.js";

/** @typedef {import("portal-types").WaitingAbsences} WaitingAbsences */
/** @typedef {import("portal-types").Absence} Absence */

/**
 * @param {string} houseId
 * @param {() => void} onChange told when months are to be computed anew
 */
export function absencesCard(houseId, onChange) {
  const path = `/api/billing/desk/houses/${houseId}/absences`;
  const list = el("div", { class: "stack" });
  load();
  return el("section", { class: "card stack" }, el("h2", {}, "Заявления о временном отсутствии"), list);

  /** The oldest ones; the next come up when these are decided. */
  async function load() {
    /** @type {WaitingAbsences} */
    const { items } = await get(path);
    list.replaceChildren(...(items.length > 0 ? items.map(item) : [el("p", { class: "empty" }, "Заявлений, которые ждут решения, нет.")]));
  }

  /** @param {Absence} one */
  function item({ absence_id, account_number, persons, left_on, returned_on, asked_on, document }) {
    const id = (/** @type {string} */ name) => `${absence_id}-${name}`;
    const option = (/** @type {string} */ value, /** @type {string} */ label) =>
      el("label", { class: "check" }, el("input", { type: "radio", name: "decision", value }), el("span", {}, label));
    const form = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("h3", {}, `Лицевой счёт ${account_number}: с ${day(left_on)} по ${day(returned_on)}`),
      el("p", { class: "soft" }, `Отсутствовало человек: ${persons}. Подтверждение: ${document}. Подано ${day(asked_on)}.`),
      el("div", { "data-error-summary": true }),
      el("fieldset", { class: "field" },
        el("legend", {}, "Решение"),
        el("p", { class: "field-error", id: id("decision-error"), "data-error-for": "/decision" }),
        option("accepted", "Вернуть плату по числу проживающих"),
        option("impossible", "Вернуть и плату по нормативу: есть акт, что счётчик поставить нельзя"),
        option("refused", "Отказать")),
      el("div", { class: "field" },
        el("label", { for: id("reason") }, "Почему, это прочтут жильцы"),
        el("p", { class: "field-error", id: id("reason-error"), "data-error-for": "/reason" }),
        el("input", { class: "input", id: id("reason"), name: "reason", type: "text", maxlength: "200", autocomplete: "off", "aria-describedby": id("reason-error") })),
      el("button", { class: "button button--quiet", type: "submit" }, "Записать решение"));
    onSubmit(form, () => attempt(form, async () => {
      const { decision, reason } = filled(form, { decision: "Выберите решение", reason: "Напишите, почему так решено" });
      await post(`${path}/${absence_id}/decision`, { body: { is_accepted: decision !== "refused", meter_is_impossible: decision === "impossible", reason } });
      announce("Решение записано, жильцы получат уведомление");
      await load();
      onChange();
    }));
    return form;
  }
}
