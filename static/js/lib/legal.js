// @ts-check
/** A text to agree to, paragraph by paragraph. */
import { el } from "./dom.js";

/** @param {string} text an empty line stands between paragraphs */
export const paragraphs = (text) => text.split(/\n{2,}/).map((paragraph) => el("p", {}, paragraph));
