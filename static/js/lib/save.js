// @ts-check
/** Gives the person a file that the page has made. */
import { el } from "./dom.js";

/**
 * @param {string} name
 * @param {Blob} file
 */
export function saveFile(name, file) {
  const href = URL.createObjectURL(file);
  el("a", { href, download: name }).click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
