// @ts-check
/** Keeps what is typed and chosen in a whole form until it has arrived: in the tab, as `draft.js` keeps it. */
import { keepDraft, readDraft } from "./draft.js";

/**
 * Fills a form from its draft, and keeps what is typed from now on. Answers whether there was a draft. Files are never
 * kept: no browser lets a page put them back.
 * @param {HTMLFormElement} form
 * @param {string} name of the draft
 * @param {string[]} [unkept] names of fields that are too dangerous to lie in a browser's storage
 * @returns {boolean}
 */
export function keepForm(form, name, unkept = []) {
  /** @type {Record<string, string[]> | null} */
  const draft = readDraft(name, null);
  if (draft) fill(form, draft);
  form.addEventListener("input", () => keepDraft(name, values(form, unkept)));
  return draft !== null;
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string[]>} draft
 */
function fill(form, draft) {
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = draft[field.name]?.includes(field.value) ?? false;
    else if (field instanceof HTMLInputElement && field.type !== "file") field.value = draft[field.name]?.[0] ?? "";
    // A choice that is not offered any more stays at what is.
    else if (field instanceof HTMLSelectElement && [...field.options].some(({ value }) => value === draft[field.name]?.[0])) field.value = draft[field.name]?.[0] ?? "";
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string[]} unkept
 */
function values(form, unkept) {
  const data = new FormData(form);
  const names = [...new Set(data.keys())].filter((name) => !unkept.includes(name));
  const texts = names.map((name) => [name, data.getAll(name).filter((value) => typeof value === "string")]);
  return Object.fromEntries(texts);
}
