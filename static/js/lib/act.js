// @ts-check
/** Does what a button outside of a form asks for: once at a time, with what went wrong beside it. */
import { el, isBusy, setBusy } from "./dom.js";
import { Declined, complaints } from "./problem.js";

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} errors where to say what went wrong
 * @param {() => Promise<void>} work
 */
export async function act(button, errors, work) {
  if (isBusy(button)) return;
  setBusy(button, true);
  errors.replaceChildren();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Declined)) showFailure(errors, error);
  }
  setBusy(button, false);
}

/**
 * @param {HTMLElement} place
 * @param {unknown} error
 */
export function showFailure(place, error) {
  place.replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
}

/**
 * A button that does it.
 * @param {string} text
 * @param {HTMLElement} errors
 * @param {() => Promise<void>} work
 * @param {{ label?: string, isQuiet?: boolean }} [look]
 */
export function actButton(text, errors, work, { label, isQuiet = true } = {}) {
  const kind = isQuiet ? "button button--quiet button--small" : "button button--small";
  const button = el("button", { class: kind, type: "button", "aria-label": label });
  button.textContent = text;
  button.addEventListener("click", () => act(button, errors, work));
  return button;
}

/**
 * The pressed button is gone: focus goes to what it stood in, and the words to those who do not see it.
 * @param {HTMLElement} place
 */
export function focusOn(place) {
  place.tabIndex = -1;
  place.focus();
}
