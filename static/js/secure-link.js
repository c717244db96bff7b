// @ts-check
/** Leads to this very portal over HTTPS: on the port of HTTPS, since that of HTTP never answers it. */

/** @param {HTMLElement} root */
export function start(root) {
  if (location.protocol === "http:") /** @type {HTMLAnchorElement} */ (root).href = `https://${location.hostname}/sign-in`;
}
