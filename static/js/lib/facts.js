// @ts-check
/** Facts beside their names, as the entries of a description list. */
import { el } from "./dom.js";

/**
 * @param {[string, string | null][]} facts what is null is left out
 */
export const facts = (facts) =>
  facts.filter(([, value]) => value !== null).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
