// @ts-check
/** Shows and hides the password that is being typed. */
import { find } from "./lib/dom.js";

/** @param {HTMLElement} button */
export function start(button) {
  /** @type {HTMLInputElement} */
  const input = find(`#${button.getAttribute("aria-controls")}`);
  const show = (/** @type {boolean} */ isShown) => {
    input.type = isShown ? "text" : "password";
    button.textContent = isShown ? "Скрыть" : "Показать";
    button.setAttribute("aria-label", isShown ? "Скрыть пароль" : "Показать пароль");
  };
  button.addEventListener("click", () => show(input.type === "password"));
  // A shown password would be offered as ordinary text to remember.
  input.form?.addEventListener("submit", () => show(false), { capture: true });
}
