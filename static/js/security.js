// @ts-check
/** The protection of the sign-in: its parts come onto the page together, so that none moves another. */
import { start as startBlock } from "./block-sign-in.js";
import { start as startCertificates } from "./certificates.js";
import { start as startEndOthers } from "./end-others.js";
import { find } from "./lib/dom.js";
import { start as startPasskeys } from "./passkeys.js";
import { start as startSecondFactor } from "./second-factor.js";
import { start as startTrustedDevices } from "./trusted-devices.js";

/** @param {HTMLElement} root */
export async function start(root) {
  /** @param {string} name */
  const part = (name) => find(`[data-part="${name}"]`, root);
  startBlock(part("block-sign-in"));
  startEndOthers(part("end-others"));
  await Promise.all([
    startSecondFactor(part("second-factor")),
    startPasskeys(part("passkeys")),
    startCertificates(part("certificates")),
    startTrustedDevices(part("trusted-devices")),
  ]);
  find("[data-security-waiting]", root).remove();
  find("[data-security]", root).hidden = false;
  root.removeAttribute("aria-busy");
}
