// @ts-check
/** One meter on the form: what it showed before, an input per rate, the consumption as one types, questions. */
import { difference, parse } from "./lib/decimal.js";
import { el } from "./lib/dom.js";
import { capital, count, day, number, period } from "./lib/format.js";
import { SOURCES, measure, meterDetails, meterIcon, meterTitle, meterValues } from "./lib/meter.js";
import { offerBox, questionBox } from "./meter-question.js";

/** @typedef {import("portal-types").Meter} Meter */
/** @typedef {import("portal-types").FieldError} FieldError */
/** @typedef {import("portal-types").Suggestion} Suggestion */
/** @typedef {ReturnType<typeof meterField>} MeterField */

/**
 * @param {Meter} meter
 * @param {string[] | undefined} draft what was typed before, if anything
 * @param {{ onInput: () => void, onAnswered: () => void }} events
 */
export function meterField(meter, draft, { onInput, onAnswered }) {
  const title = meterTitle(meter);
  const inputs = meter.rate_names.map((_, rate) => input(meter, rate, draft?.[rate] ?? ""));
  const previews = meter.rate_names.map((_, rate) => el("p", { class: "consumption", id: `${fieldId(meter, rate)}-used` }));
  const questions = meter.rate_names.map(() => el("div", { class: "stack stack--tight" }));
  /** What was answered with «да, верно», rate by rate. @type {Set<string>[]} */
  const confirmed = meter.rate_names.map(() => new Set());
  let isOpen = !meter.submitted || draft !== undefined;

  const rates = el("div", { class: inputs.length > 1 ? "rate-fields rate-fields--many" : "rate-fields" },
    inputs.map((field, rate) => rateField(meter, rate, field, previews[rate], questions[rate])));
  const body = el("div", {});
  const element = el("fieldset", { class: "card meter-field" },
    el("legend", { class: "visually-hidden" }, `${title}, ${meterDetails(meter)}`),
    el("div", { class: "meter-field-head" },
      meterIcon(meter),
      el("div", {},
        el("span", { class: "meter-field-title", "aria-hidden": "true" }, title),
        el("p", { class: "soft small", "aria-hidden": "true" }, meterDetails(meter)))),
    body);

  inputs.forEach((field, rate) => {
    field.addEventListener("input", () => changed(rate));
    preview(rate);
  });
  body.replaceChildren(meter.submitted && !isOpen ? submittedValue(meter, meter.submitted, open) : rates);

  return {
    element,
    title,
    meterId: meter.meter_id,
    isOpen: () => isOpen,
    isFilled: () => isOpen && typedValues().some(Boolean) && !isUnchanged(),
    faults,
    hush,
    emptyRates: () => typedValues().flatMap((value, rate) => (value ? [] : [rate])),
    rateName: (/** @type {number} */ rate) => meter.rate_names[rate],
    typed: () => (isOpen && typedValues().some(Boolean) ? typedValues() : undefined),
    /** @param {string} taken_on */
    item: (taken_on) => ({ meter_id: meter.meter_id, values: typedValues(), taken_on, confirmed: answers() }),
    ask,
    offer,
    clearQuestions,
    text: (/** @type {number} */ rate) => inputs[rate]?.value ?? "",
    set,
  };

  function open() {
    isOpen = true;
    inputs.forEach((field, rate) => {
      field.value = meter.submitted?.values[rate]?.replace(".", ",") ?? "";
      preview(rate);
    });
    body.replaceChildren(rates);
    inputs[0]?.focus();
    inputs[0]?.select();
    onInput();
  }

  /** @param {number} rate */
  function changed(rate) {
    confirmed[rate]?.clear();
    questions[rate]?.replaceChildren();
    preview(rate);
    onInput();
  }

  /**
   * @param {number} rate
   * @param {string} text as people write it
   */
  function set(rate, text) {
    const field = inputs[rate];
    if (!field) return;
    field.value = text;
    changed(rate);
  }

  function answers() {
    return confirmed.flatMap((codes, rate) => [...codes].map((code) => ({ rate, code })));
  }

  function typedValues() {
    return inputs.map((field) => field.value.trim());
  }

  /** What was typed and cannot be a reading of this meter; of a number the portal may know what was probably meant. */
  function faults() {
    const found = typedValues().map((value, rate) => ({ rate, text: fault(meter, value), isNumber: parse(value) !== null }));
    return isOpen ? found.filter(({ text }) => text) : [];
  }

  /** What is said above an input as an error is not said below it once more. */
  function hush() {
    inputs.forEach((field, rate) => field.hasAttribute("aria-invalid") && previews[rate]?.replaceChildren());
  }

  function isUnchanged() {
    return typedValues().every((value, rate) => value.replace(",", ".") === meter.submitted?.values[rate]);
  }

  /** @param {number} rate */
  function preview(rate) {
    previews[rate]?.replaceChildren(...consumption(meter, rate, inputs[rate]?.value ?? ""));
  }

  function clearQuestions() {
    for (const place of questions) place.replaceChildren();
  }

  /**
   * Shows a question beside its input.
   * @param {number} rate
   * @param {FieldError} question
   * @param {() => void} onMend
   */
  function ask(rate, question, onMend) {
    const box = questionBox(meter, question, {
      onMend,
      onYes: () => {
        if (question.confirm) confirmed[rate]?.add(question.confirm.code);
        box.remove();
        onAnswered();
      },
      onNo: () => {
        confirmed[rate]?.clear();
        box.remove();
        inputs[rate]?.focus();
        inputs[rate]?.select();
      },
    });
    questions[rate]?.append(box);
    return box;
  }

  /**
   * Shows what was probably meant by a value that cannot be true.
   * @param {number} rate
   * @param {Suggestion} suggestion
   * @param {() => void} onMend
   */
  function offer(rate, suggestion, onMend) {
    questions[rate]?.append(offerBox(suggestion, onMend));
  }
}

/**
 * @param {Meter} meter
 * @param {number} rate
 * @param {string} value
 */
function input(meter, rate, value) {
  const id = fieldId(meter, rate);
  const field = el("input", {
    class: "input input--number",
    id,
    type: "text",
    inputmode: meter.digits_fraction > 0 ? "decimal" : "numeric",
    maxlength: 24,
    value,
    "aria-describedby": `${id}-last ${id}-error ${id}-used`,
  });
  // As wide as the dial, so that no digit is out of sight.
  field.style.setProperty("--digits", String(meter.digits_integer + meter.digits_fraction));
  return field;
}

/**
 * @param {Meter} meter
 * @param {number} rate
 * @param {HTMLInputElement} field
 * @param {(HTMLElement | undefined)[]} parts
 */
function rateField(meter, rate, field, ...parts) {
  const name = meter.rate_names[rate];
  const last = meter.last?.values[rate];
  return el("div", { class: "field rate-field" },
    el("label", { for: field.id }, name ? `Показание сейчас, ${name}` : "Показание сейчас"),
    el("p", { class: "hint", id: `${field.id}-last` },
      last === undefined ? "Это первое показание счётчика" : [`Прошлое, за ${period(meter.last?.period ?? "")}: `, el("span", { class: "number" }, number(last))]),
    el("p", { class: "field-error", id: `${field.id}-error`, "data-error-for": `/${meter.meter_id}/${rate}` }),
    el("div", { class: "input-with-unit" }, field, el("span", { class: "unit" }, meter.unit)),
    parts);
}

/**
 * @param {Meter} meter
 * @param {number} rate
 * @param {string} typed
 * @returns {(Node | string)[]}
 */
function consumption(meter, rate, typed) {
  if (!typed.trim()) return [];
  const now = parse(typed);
  const wrong = fault(meter, typed.trim());
  if (!now || wrong) return [wrong];
  const before = parse(meter.last?.values[rate] ?? "");
  if (!before) return [];
  const used = difference(now, before);
  if (used === null) return ["Меньше прошлого показания"];
  return ["Израсходовано ", el("strong", {}, measure(used, meter.unit))];
}

/**
 * Why this is no reading of the meter; empty where it may be one or nothing was typed.
 * @param {Meter} meter
 * @param {string} typed
 */
function fault({ digits_integer, digits_fraction }, typed) {
  if (!typed) return "";
  const [whole = "", fraction = ""] = typed.split(/[.,]/);
  if (/^\d+([.,]\d+)?$/.test(typed) && whole.replace(/^0+/, "").length > digits_integer) {
    return `У счётчика до запятой ${count(digits_integer, "цифра", "цифры", "цифр")}, а здесь больше. Проверьте, нет ли лишней`;
  }
  if (parse(typed) && fraction.length <= digits_fraction) return "";
  if (parse(typed) && digits_fraction === 0) return "У счётчика нет цифр после запятой. Впишите целое число";
  if (parse(typed)) return `У счётчика после запятой ${count(digits_fraction, "цифра", "цифры", "цифр")}, а здесь больше`;
  return `Нужно число, например ${digits_fraction > 0 ? "123,456".slice(0, 4 + digits_fraction) : "123"}`;
}

/**
 * @param {Meter} meter
 * @param {NonNullable<Meter["submitted"]>} submitted
 * @param {() => void} onCorrect
 */
function submittedValue(meter, submitted, onCorrect) {
  return el("div", { class: "submitted-value" },
    el("div", {},
      meterValues(meter, submitted.values),
      el("p", { class: "soft small" }, origin(submitted)),
      submitted.review === "pending" && el("p", {}, el("span", { class: "badge badge--warn" }, "На проверке"))),
    el("button", { class: "button button--quiet button--small", type: "button", onclick: onCorrect, "aria-label": `Исправить: ${meterTitle(meter)}` }, "Исправить"));
}

/**
 * Where a reading comes from. Only the person's own has a code.
 * @param {NonNullable<Meter["submitted"]>} submitted
 */
function origin({ taken_on, source, confirmation_code }) {
  const given = `${capital(SOURCES[source] || "передано")} ${day(taken_on)}`;
  return confirmation_code ? `${given}, код ${confirmation_code}` : given;
}

/**
 * @param {Meter} meter
 * @param {number} rate
 */
const fieldId = (meter, rate) => `value-${meter.meter_id}-${rate}`;
