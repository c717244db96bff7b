// @ts-check
/** The company's desk of meters: finds one by its number, shows its story and records what happened. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { facts } from "./lib/facts.js";
import { address, day } from "./lib/format.js";
import { KINDS, meterStory } from "./lib/meter-story.js";
import { meterDetails, meterTitle } from "./lib/meter.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").DeskMeter} DeskMeter */

const ENDS = ["replaced", "verified", "removed"];
const BEGINS = ["replaced", "verified", "restored"];
const VERIFIES = ["replaced", "verified"];

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, ["accountant", "manager"])) startDesk(root);
}

/** @param {HTMLElement} root */
function startDesk(root) {
  /** @type {HTMLFormElement} */
  const search = find("[data-meter-search]", root);
  const list = find("[data-meter-found]", root);
  onSubmit(search, () => attempt(search, async () => {
    const { serial } = filled(search, { serial: "Впишите номер счётчика" });
    /** @type {{ items: DeskMeter[] }} */
    const { items } = await get(`/api/readings/meter-desk/meters?serial=${encodeURIComponent(serial ?? "")}`);
    list.replaceChildren(...(items.length > 0 ? items.map(card) : [el("p", { class: "empty" }, "В ваших домах счётчика с таким номером нет. Номер нужен целиком, как на корпусе.")]));
    announce(items.length > 0 ? "Счётчик найден" : "Счётчик не найден");
  }));
}

/**
 * @param {DeskMeter} meter
 * @returns {HTMLElement}
 */
function card(meter) {
  const title = el("h2", { tabindex: -1 }, `${meterTitle(meter)}, ${meterDetails(meter)}`);
  const section = el("section", { class: "card stack" },
    title,
    el("dl", { class: "profile-facts" }, facts([
      ["Адрес", address(meter.address)],
      ["Поверка до", meter.verification_due_on ? day(meter.verification_due_on) : null],
      ["Снят", meter.removed_on ? day(meter.removed_on) : null],
    ])),
    el("h3", {}, "Что с ним было"),
    meterStory(meter.story),
    eventForm(meter, (changed) => {
      const next = card(changed);
      section.replaceWith(next);
      find("h2", next).focus();
      announce("Событие записано, жильцы получат уведомление");
    }));
  return section;
}

/**
 * @param {DeskMeter} meter
 * @param {(changed: DeskMeter) => void} onDone
 */
function eventForm(meter, onDone) {
  const id = (/** @type {string} */ name) => `${name}-${meter.meter_id}`;
  const rates = Array.from({ length: meter.rates }, (_, rate) => rate);
  const of = (/** @type {number} */ rate) => (meter.rates > 1 ? `, тариф ${rate + 1}` : "");
  /**
   * @param {string} label
   * @param {string} name
   * @param {string} pointer
   * @param {Record<string, string>} [attributes]
   */
  const field = (label, name, pointer, attributes = {}) =>
    el("div", { class: "field" },
      el("label", { for: id(name) }, label),
      el("p", { class: "field-error", id: id(`${name}-error`), "data-error-for": pointer }),
      el("input", { class: "input", id: id(name), name, type: "text", autocomplete: "off", ...attributes, "aria-describedby": id(`${name}-error`) }));
  const decimal = { inputmode: "decimal" };
  const whole = { inputmode: "numeric" };
  const kind = el("select", { class: "input", id: id("kind"), name: "kind", "aria-describedby": id("kind-error") },
    el("option", { value: "" }, "Выберите"),
    Object.entries(KINDS).filter(([name]) => name !== "installed").map(([name, words]) => el("option", { value: name }, words)));
  const last = el("div", { class: "stack", hidden: true }, rates.map((rate) => field(`Последнее показание${of(rate)}`, `last-${rate}`, `/last/${rate}`, decimal)));
  const first = el("div", { class: "stack", hidden: true }, rates.map((rate) => field(`Первое показание${of(rate)}`, `first-${rate}`, `/first/${rate}`, decimal)));
  const interval = el("div", { hidden: true }, field("На сколько лет поверка", "verification_interval_years", "/verification_interval_years", whole));
  const replacement = el("div", { class: "stack", hidden: true },
    field("Номер нового счётчика", "serial", "/new_meter/serial"),
    field("Сколько цифр до запятой", "digits_integer", "/new_meter/digits_integer", { ...whole, value: String(meter.digits_integer) }),
    field("Сколько цифр после запятой", "digits_fraction", "/new_meter/digits_fraction", { ...whole, value: String(meter.digits_fraction) }),
    field("Когда новый поверен", "verified_on", "/new_meter/verified_on", { type: "date" }));
  const form = el("form", { class: "stack", method: "post", action: "/meter-desk", novalidate: true },
    el("h3", {}, "Записать событие"),
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: id("kind") }, "Что случилось"),
      el("p", { class: "field-error", id: id("kind-error"), "data-error-for": "/kind" }),
      kind),
    field("Когда", "happened_on", "/happened_on", { type: "date" }),
    last, replacement, first, interval,
    field("Документ, если есть", "act", "/act", { maxlength: "200" }),
    el("button", { class: "button", type: "submit" }, "Записать"));
  kind.addEventListener("change", () => {
    last.hidden = !ENDS.includes(kind.value);
    first.hidden = !BEGINS.includes(kind.value);
    interval.hidden = !VERIFIES.includes(kind.value);
    replacement.hidden = kind.value !== "replaced";
  });
  onSubmit(form, () => attempt(form, async () => {
    const texts = filled(form, { kind: "Выберите, что случилось", happened_on: "Укажите день" });
    const body = eventOf(meter, rates, texts);
    const changed = await post("/api/readings/meter-desk/events", { body, idempotencyKey: attemptKey(id("event"), body) });
    endAttempt(id("event"));
    onDone(changed);
  }));
  return form;
}

/**
 * @param {DeskMeter} meter
 * @param {number[]} rates
 * @param {Record<string, string>} texts
 */
function eventOf(meter, rates, texts) {
  const kind = texts.kind ?? "";
  const values = (/** @type {string} */ name) => rates.map((rate) => texts[`${name}-${rate}`] ?? "");
  return {
    meter_id: meter.meter_id,
    kind,
    happened_on: texts.happened_on,
    ...(ENDS.includes(kind) && { last: values("last") }),
    ...(BEGINS.includes(kind) && { first: values("first") }),
    ...(VERIFIES.includes(kind) && { verification_interval_years: Number(texts.verification_interval_years) || 0 }),
    ...(kind === "replaced" && { new_meter: {
      serial: texts.serial,
      digits_integer: Number(texts.digits_integer) || 0,
      digits_fraction: Number(texts.digits_fraction) || 0,
      verified_on: texts.verified_on || texts.happened_on,
    } }),
    ...(texts.act && { act: texts.act }),
  };
}
