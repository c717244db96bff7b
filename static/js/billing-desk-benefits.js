// @ts-check
/** The benefits of a house: recorded by their documents, ended with a day or as if they never were. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { field } from "./lib/field.js";
import { attempt, filled } from "./lib/form.js";
import { day, number } from "./lib/format.js";

/** @typedef {import("portal-types").Benefit} Benefit */
/** @typedef {import("portal-types").BenefitList} BenefitList */

/**
 * @param {string} houseId
 * @param {() => void} onChange told when months are to be computed anew
 */
export function benefitsCard(houseId, onChange) {
  const path = `/api/billing/desk/houses/${houseId}/benefits`;
  const list = el("ul", { class: "stack stack--tight" });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  const kinds = el("datalist", { id: "benefit-kinds" });
  const form = benefitForm(kinds);
  /** @type {number | null} */
  let next = null;
  onSubmit(form, () => attempt(form, async () => {
    const texts = filled(form, {
      account_number: "Впишите номер лицевого счёта",
      benefit: "Выберите льготу",
      document: "Назовите документ",
      since: "Укажите первый день льготы",
    });
    const { account_number, benefit, document, since, until, persons, norm_area } = texts;
    const body = { account_number, benefit, document, since, ...(until && { until }), ...(persons && { persons: Number(persons) }), ...(norm_area && { norm_area }) };
    await post(path, { body, idempotencyKey: attemptKey("benefit", body) });
    endAttempt("benefit");
    form.reset();
    announce("Льгота записана, она войдёт в следующие квитанции");
    await load(null);
    onChange();
  }));
  more.addEventListener("click", () => load(next));
  load(null);
  return el("section", { class: "card stack" },
    el("h2", {}, "Льготы"),
    el("p", { class: "soft" }, "Месяцы, за которые квитанции уже выставлены, исправит перерасчёт в следующих квитанциях."),
    list, el("p", {}, more), form);

  /** @param {number | null} before */
  async function load(before) {
    /** @type {BenefitList} */
    const page = await get(before === null ? path : `${path}?${new URLSearchParams({ before: String(before) })}`);
    kinds.replaceChildren(...page.kinds.map((kind) => el("option", { value: kind })));
    const items = page.items.map(item);
    if (before === null) list.replaceChildren(...(items.length > 0 ? items : [el("li", { class: "empty" }, "Льгот в этом доме не записано.")]));
    else list.append(...items);
    next = page.next ?? null;
    more.hidden = next === null;
  }

  /** @param {Benefit} one */
  function item(one) {
    const { account_number, benefit, persons, norm_area, document, since, until } = one;
    const terms = [persons && `человек с льготой: ${persons}`, norm_area && `в пределах ${number(norm_area)} м²`, document].filter(Boolean).join(", ");
    return el("li", {}, el("details", {},
      el("summary", {}, `Лицевой счёт ${account_number}: «${benefit}» с ${day(since)}${until ? ` по ${day(until)}` : ""}`),
      el("div", { class: "stack stack--tight" }, el("p", { class: "soft" }, terms), endForm(one))));
  }

  /** @param {Benefit} one */
  function endForm({ benefit_id }) {
    const end = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("div", { "data-error-summary": true }),
      field(`${benefit_id}-until`, "until", "Последний день (пусто — льготы не было вовсе)", { type: "date" }),
      field(`${benefit_id}-reason`, "reason", "Почему, это прочтут жильцы", { type: "text", maxlength: "200" }),
      el("button", { class: "button button--quiet", type: "submit" }, "Закончить льготу"));
    onSubmit(end, () => attempt(end, async () => {
      const { until, reason } = filled(end, { reason: "Напишите, почему льгота закончилась" });
      await post(`${path}/${benefit_id}/end`, { body: { reason, ...(until && { until }) } });
      announce("Льгота закончена");
      await load(null);
      onChange();
    }));
    return end;
  }
}

/** @param {HTMLElement} kinds */
function benefitForm(kinds) {
  const of = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Record<string, string>} */ attributes) =>
    field(`benefit-${name}`, name, label, attributes);
  return el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
    el("div", { "data-error-summary": true }),
    of("account_number", "Лицевой счёт", { type: "text", maxlength: "30" }),
    of("benefit", "Льгота", { type: "text", list: "benefit-kinds" }),
    kinds,
    of("document", "Документ, номер и дата", { type: "text", maxlength: "200" }),
    of("since", "Первый день", { type: "date" }),
    of("until", "Последний день (пусто — не известен)", { type: "date" }),
    of("persons", "У скольких человек (пусто — у всех, кто там живёт)", { type: "text", inputmode: "numeric", maxlength: "2" }),
    of("norm_area", "Социальная норма, м² (пусто — как в тарифах дома)", { type: "text", inputmode: "decimal", maxlength: "7" }),
    el("button", { class: "button button--quiet", type: "submit" }, "Записать льготу"));
}
