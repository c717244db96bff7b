// @ts-check
/** A device is lost: nobody signs in as this person any more, here neither. */
import { act } from "./lib/act.js";
import { post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { find } from "./lib/dom.js";
import { leaveFor } from "./lib/form.js";
import { noteSignedOut } from "./lib/session.js";

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLButtonElement} */
  const button = find("[data-block]", root);
  button.addEventListener("click", () => act(button, find("[data-error-place]", root), async () => {
    const { noteSupportPhone } = await import("./lib/support-phone.js");
    const { phone } = await confirming((confirmation) => post("/api/auth/block", { confirmation }));
    noteSignedOut();
    noteSupportPhone(phone);
    return leaveFor("/sign-in?reason=blocked");
  }));
}
