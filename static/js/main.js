// @ts-check
/** Starts every behaviour that the page names with `data-module`; each behaviour is one file with `start(root)`. */

/** @type {Record<string, () => Promise<{ start: (root: HTMLElement) => void }>>} */
const modules = {
  "api-reference": () => import("./api-reference.js"),
  history: () => import("./history.js"),
  home: () => import("./home.js"),
  link: () => import("./link.js"),
  "password-toggle": () => import("./password-toggle.js"),
  "person-menu": () => import("./person-menu.js"),
  "problem-page": () => import("./problem-page.js"),
  readings: () => import("./readings.js"),
  "session-watch": () => import("./session-watch.js"),
  "sign-in": () => import("./sign-in.js"),
  theme: () => import("./theme.js"),
};

for (const root of document.querySelectorAll("[data-module]")) {
  if (!(root instanceof HTMLElement)) continue;
  modules[root.dataset.module ?? ""]?.().then((module) => module.start(root));
}
