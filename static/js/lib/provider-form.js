// @ts-check
/** A button that leads to a provider, to sign in there. */
import { post } from "./api.js";
import { el, onSubmit } from "./dom.js";
import { attempt, demandProtection } from "./form.js";

/** @typedef {import("portal-types").Provider} Provider */

/**
 * @param {Provider} provider
 * @param {string} words on the button
 * @param {string} next the path to go on to
 * @param {{ isAnew?: boolean }} [wish] whether a session that is open there is not enough
 */
export function providerForm({ provider }, words, next, { isAnew = false } = {}) {
  const form = el("form", { class: "stack", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("button", { class: "button button--quiet button--wide", type: "submit" }, words));
  onSubmit(form, () => attempt(form, async () => {
    demandProtection();
    const { authorize_url } = await post(`/api/auth/providers/${encodeURIComponent(provider)}/sign-ins`, { body: { next, is_anew: isAnew } });
    location.assign(authorize_url);
    // Whoever comes back by the browser's own button finds this one ready again.
    await new Promise((resolve) => addEventListener("pageshow", resolve, { once: true }));
  }));
  return form;
}
