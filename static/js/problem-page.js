// @ts-check
/** `/problems/<slug>` shows the page of all problems: this leads to the named one. */

/** @param {HTMLElement} root */
export function start(root) {
  const slug = location.pathname.split("/")[2];
  const entry = slug && root.querySelector(`#${CSS.escape(slug)}`);
  if (!(entry instanceof HTMLElement)) return;
  entry.classList.add("problem-entry--named");
  entry.scrollIntoView({ behavior: "instant" });
  entry.focus({ preventScroll: true });
}
