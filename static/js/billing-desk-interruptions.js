// @ts-check
/** Times of a house without a service: recorded by their acts, withdrawn when they were a mistake. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { field } from "./lib/field.js";
import { attempt, filled } from "./lib/form.js";
import { fullDay } from "./lib/format.js";

/** @typedef {import("portal-types").Interruption} Interruption */
/** @typedef {import("portal-types").InterruptionList} InterruptionList */

/**
 * @param {string} houseId
 * @param {() => void} onChange told when months are to be computed anew
 */
export function interruptionsCard(houseId, onChange) {
  const path = `/api/billing/desk/houses/${houseId}/interruptions`;
  const list = el("ul", { class: "stack stack--tight" });
  const more = el("button", { class: "button button--quiet", type: "button", hidden: true }, "Показать ещё");
  const services = el("select", { class: "input", id: "interruption-service", name: "service", "aria-describedby": "interruption-service-error" });
  const form = interruptionForm(services);
  /** @type {number | null} */
  let next = null;
  onSubmit(form, () => attempt(form, async () => {
    const { service, account_number, since, until, act } = filled(form, {
      since: "Укажите, когда услуга пропала",
      until: "Укажите, когда услуга вернулась",
      act: "Назовите акт",
    });
    const body = { service, since, until, act, ...(account_number && { account_number }) };
    await post(path, { body, idempotencyKey: attemptKey("interruption", body) });
    endAttempt("interruption");
    form.reset();
    announce("Перерыв записан, он войдёт в следующие квитанции");
    await load(null);
    onChange();
  }));
  more.addEventListener("click", () => load(next));
  load(null);
  return el("section", { class: "card stack" },
    el("h2", {}, "Перерывы в услугах"),
    el("p", { class: "soft" }, "Часы сверх допустимых снижают плату за месяц на 0,15\u00a0% каждый (приложение 1 к Правилам № 354). Ежегодное отключение горячей воды по графику сюда не записывайте."),
    list, el("p", {}, more), form);

  /** @param {number | null} before */
  async function load(before) {
    /** @type {InterruptionList} */
    const page = await get(before === null ? path : `${path}?${new URLSearchParams({ before: String(before) })}`);
    if (!services.firstChild) services.append(...page.services.map(option));
    const items = page.items.map(item);
    if (before === null) list.replaceChildren(...(items.length > 0 ? items : [el("li", { class: "empty" }, "Перерывов в этом доме не записано.")]));
    else list.append(...items);
    next = page.next ?? null;
    more.hidden = next === null;
  }

  /** @param {Interruption} one */
  function item({ interruption_id, title, account_number, since, until, act }) {
    const where = account_number ? `лицевой счёт ${account_number}` : "весь дом";
    const form = el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
      el("div", { "data-error-summary": true }),
      field(`${interruption_id}-reason`, "reason", "В чём ошибка, это прочтут жильцы", { type: "text", maxlength: "200" }),
      el("button", { class: "button button--quiet", type: "submit" }, "Отозвать запись"));
    onSubmit(form, () => attempt(form, async () => {
      const { reason } = filled(form, { reason: "Напишите, в чём ошибка" });
      await post(`${path}/${interruption_id}/withdraw`, { body: { reason } });
      announce("Запись отозвана");
      await load(null);
      onChange();
    }));
    return el("li", {}, el("details", {},
      el("summary", {}, `${title}, ${where}: с ${moment(since)} до ${moment(until)}`),
      el("div", { class: "stack stack--tight" }, el("p", { class: "soft" }, act), form)));
  }
}

/** @param {InterruptionList["services"][number]} service */
function option({ service, title, hours_in_month, hours_at_once }) {
  // Narrow phones show no more than this of a choice.
  const allowed = hours_in_month ? `${hours_in_month} и ${hours_at_once}` : `${hours_at_once}`;
  return el("option", { value: service }, `${title}: ${allowed}\u00a0ч`);
}

/** @param {string} at `2026-03-03T10:00`, by the clock of the house */
const moment = (at) => `${fullDay(at.slice(0, 10))} ${at.slice(11)}`;

/** @param {HTMLElement} services */
function interruptionForm(services) {
  const of = (/** @type {string} */ name, /** @type {string} */ label, /** @type {Record<string, string>} */ attributes) =>
    field(`interruption-${name}`, name, label, attributes);
  return el("form", { class: "stack", method: "post", action: "/billing-desk", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "interruption-service" }, "Какой услуги не было"),
      el("p", { class: "hint" }, "Рядом с услугой: сколько часов можно за месяц и сколько подряд."),
      el("p", { class: "field-error", id: "interruption-service-error", "data-error-for": "/service" }),
      services),
    of("account_number", "Лицевой счёт, если не было только у него", { type: "text", maxlength: "30" }),
    of("since", "Когда пропала, по часам дома", { type: "datetime-local" }),
    of("until", "Когда вернулась", { type: "datetime-local" }),
    of("act", "Акт, номер и дата, это прочтут жильцы", { type: "text", maxlength: "200" }),
    el("button", { class: "button button--quiet", type: "submit" }, "Записать перерыв"));
}
