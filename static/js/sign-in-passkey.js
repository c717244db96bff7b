// @ts-check
/** Signing in by a passkey: a finger, a face or the device's code in the place of the password. */
import { act } from "./lib/act.js";
import { find } from "./lib/dom.js";
import { leaveFor } from "./lib/form.js";
import { hasPasskeys, signInByPasskey } from "./lib/passkey.js";
import { noteSignedIn, safeNext } from "./lib/session.js";

/** @param {HTMLElement} root */
export function start(root) {
  if (!hasPasskeys()) return;
  /** @type {HTMLButtonElement} */
  const button = find("button", root);
  root.hidden = false;
  button.addEventListener("click", () => act(button, find("[data-error-place]", root), async () => {
    noteSignedIn(await signInByPasskey());
    return leaveFor(safeNext(new URLSearchParams(location.search).get("next")));
  }));
}
