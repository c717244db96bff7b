// @ts-check
/** A question about a value: why it is asked, the numbers to compare with, and one tap for each answer. */
import { el } from "./lib/dom.js";
import { number, period } from "./lib/format.js";
import { measure } from "./lib/meter.js";

/** @typedef {import("portal-types").Meter} Meter */
/** @typedef {import("portal-types").FieldError} FieldError */
/** @typedef {import("portal-types").Suggestion} Suggestion */

/**
 * @param {Meter} meter
 * @param {FieldError} question
 * @param {{ onMend: () => void, onYes: () => void, onNo: () => void }} answers
 */
export function questionBox(meter, { detail, hint }, { onMend, onYes, onNo }) {
  const suggestion = hint?.suggestion;
  return el("div", { class: "message message--warn question", role: "group", tabindex: -1, "aria-label": `Всё верно? ${detail}` },
    el("h3", {}, "Всё верно?"),
    el("p", {}, detail),
    facts(meter, hint),
    suggestion && el("p", {}, guess(suggestion)),
    el("div", { class: "button-row" },
      suggestion && mendButton(suggestion, onMend),
      button("Да, верно", onYes, suggestion ? "button--quiet" : ""),
      button(suggestion ? "Ввести заново" : "Исправить", onNo, "button--quiet")));
}

/**
 * @param {Suggestion} suggestion
 * @param {() => void} onMend
 */
export function offerBox(suggestion, onMend) {
  return el("div", { class: "message" },
    el("p", {}, guess(suggestion)),
    el("div", { class: "button-row" }, mendButton(suggestion, onMend)));
}

/**
 * What a month usually comes to, here and next door.
 * @param {Meter} meter
 * @param {FieldError["hint"]} hint
 */
function facts({ unit }, hint) {
  const known = [
    hint?.usual && fact("Обычно в месяц", hint.usual, unit),
    hint?.last_year && fact("Год назад в этом месяце", hint.last_year, unit),
    hint?.similar_flats_median && fact(`Похожие квартиры дома, ${period(hint.similar_flats_period ?? "")}`, hint.similar_flats_median, unit, "около "),
  ].filter((one) => one instanceof HTMLElement);
  return known.length > 0 && el("dl", { class: "facts" }, known);
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} unit
 * @param {string} [about]
 */
const fact = (name, value, unit, about = "") => el("div", {}, el("dt", {}, name), el("dd", {}, about, measure(value, unit)));

/** @param {Suggestion} suggestion */
const guess = ({ detail, value }) => (value ? `${detail} Вы имели в виду ${number(value)}?` : detail);

/**
 * @param {Suggestion} suggestion
 * @param {() => void} onMend
 */
const mendButton = ({ value }, onMend) => button(value ? `Исправить на ${number(value)}` : "Поменять местами", onMend);

/**
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [look]
 */
const button = (text, onclick, look = "") => el("button", { class: `button button--small ${look}`.trim(), type: "button", onclick }, text);
