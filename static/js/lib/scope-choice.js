// @ts-check
/** The choice of a role's reach: a house, a company, the whole portal. Nothing is chosen at first: a reach is given, not overlooked. */
import { el } from "./dom.js";
import { place } from "./roles.js";

/** @typedef {import("portal-types").StaffList["scopes"][number]} Scope */

/** @param {Scope} scope */
export const key = ({ kind, id }) => (id ? `${kind}:${id}` : kind);

/**
 * @param {string} name
 * @param {string} id
 * @param {string} label
 * @param {string[][]} options value and words
 */
export function choice(name, id, label, options) {
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("p", { class: "field-error", id: `${id}-error`, "data-error-for": `/${name}` }),
    el("select", { class: "input", id, name, "aria-describedby": `${id}-error` },
      el("option", { value: "" }, "Выберите"),
      options.map(([value = "", words = ""]) => el("option", { value }, words))));
}

/**
 * @param {string} id
 * @param {Scope[]} scopes
 */
export const scopeChoice = (id, scopes) => choice("scope", id, "Где", scopes.map((scope) => [key(scope), place(scope)]));

/**
 * @param {string | undefined} wanted the value of the choice
 * @param {Scope[]} scopes
 */
export function chosenScope(wanted, scopes) {
  const scope = scopes.find((one) => key(one) === wanted);
  return scope ? { kind: scope.kind, id: scope.id } : null;
}
