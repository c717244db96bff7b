// @ts-check
/** Ends the person's sessions on all other devices: offered where the sign-in's protection is changed. */
import { act, focusOn } from "./lib/act.js";
import { del } from "./lib/api.js";
import { announce, find } from "./lib/dom.js";

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLButtonElement} */
  const button = find("[data-end-others]", root);
  button.addEventListener("click", () => act(button, find("[data-error-place]", root), async () => {
    await del("/api/auth/sessions");
    focusOn(find("h2", root));
    announce("Входы на других устройствах завершены");
  }));
}
