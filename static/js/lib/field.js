// @ts-check
/** A labelled field of a form that is built by a script, with the place for its error. */
import { el } from "./dom.js";

/**
 * @param {string} id
 * @param {string} name
 * @param {string} label
 * @param {Record<string, string>} attributes
 */
export function field(id, name, label, attributes) {
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("p", { class: "field-error", id: `${id}-error`, "data-error-for": `/${name}` }),
    el("input", { class: "input", id, name, autocomplete: "off", ...attributes, "aria-describedby": `${id}-error` }));
}
