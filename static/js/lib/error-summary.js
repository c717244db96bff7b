// @ts-check
/**
 * Shows what is wrong: above a form in short, with links to the fields, and in full beside each field. The summary takes
 * focus.
 */
import { el, find } from "./dom.js";

/** @typedef {import("./problem.js").Complaint} Complaint */

/**
 * @param {HTMLFormElement} form
 * @param {Complaint[]} complaints
 */
export function showErrors(form, complaints) {
  clearErrors(form);
  const items = complaints.map(({ text, pointer }) => {
    const field = pointer === null ? null : markField(form, pointer, text);
    return el("li", {}, field ? el("a", { href: `#${field.id}`, onclick: (event) => jump(event, field) }, inShort(text)) : text);
  });
  const title = items.some((item) => item.firstElementChild) ? "Проверьте, пожалуйста" : "Не получилось";
  // The alert is a child of what takes focus: otherwise some screen readers read it twice.
  const summary = el("div", { class: "error-summary", tabindex: -1 },
    el("div", { role: "alert" }, el("h2", {}, title), el("ul", {}, items)));
  find("[data-error-summary]", form).replaceChildren(summary);
  summary.focus();
}

/**
 * The first sentence: what is wrong. What to do about it stands beside the field. A point before a small letter or a
 * number ends none: «кв. 15».
 * @param {string} text
 */
const inShort = (text) => text.replace(/([.!?]) (?=[А-ЯЁA-Z«])[^]*$/, "$1").replace(/\.$/, "");

/** @param {HTMLFormElement} form */
export function clearErrors(form) {
  find("[data-error-summary]", form).replaceChildren();
  for (const text of form.querySelectorAll("[data-error-for]")) text.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/**
 * Marks the field that the error's place describes. A group is told of as a whole, and led to at its first choice.
 * @param {HTMLFormElement} form
 * @param {string} pointer
 * @param {string} text
 * @returns {HTMLElement | null}
 */
function markField(form, pointer, text) {
  const place = form.querySelector(`[data-error-for="${CSS.escape(pointer)}"]`);
  const described = place && form.querySelector(`[aria-describedby~="${place.id}"]`);
  const field = described instanceof HTMLFieldSetElement ? described.querySelector("input:enabled") : described;
  if (!(field instanceof HTMLElement)) return null;
  field.id ||= `${place?.id}-field`;
  place?.replaceChildren(text);
  if (field === described) field.setAttribute("aria-invalid", "true");
  return field;
}

/**
 * @param {Event} event
 * @param {HTMLElement} field
 */
function jump(event, field) {
  event.preventDefault();
  field.focus();
}
