// @ts-check
/** Starts every behaviour that the page names with `data-module`; each behaviour is one file with `start(root)`. */

/** @type {Record<string, () => Promise<{ start: (root: HTMLElement) => void }>>} */
const modules = {
  acts: () => import("./acts.js"),
  account: () => import("./account.js"),
  accounts: () => import("./accounts.js"),
  "api-reference": () => import("./api-reference.js"),
  absence: () => import("./absence.js"),
  bill: () => import("./bill.js"),
  bills: () => import("./bills.js"),
  consumption: () => import("./consumption.js"),
  consents: () => import("./consents.js"),
  delegates: () => import("./delegates.js"),
  delegation: () => import("./delegation.js"),
  history: () => import("./history.js"),
  home: () => import("./home.js"),
  identities: () => import("./identities.js"),
  identity: () => import("./identity.js"),
  import: () => import("./import.js"),
  invitation: () => import("./invitation.js"),
  journal: () => import("./journal.js"),
  level: () => import("./level.js"),
  "level-desk": () => import("./level-desk.js"),
  "level-standing": () => import("./level-standing.js"),
  link: () => import("./link.js"),
  maintenance: () => import("./maintenance.js"),
  requests: () => import("./requests.js"),
  "billing-desk": () => import("./billing-desk.js"),
  coverage: () => import("./coverage.js"),
  "meter-desk": () => import("./meter-desk.js"),
  "my-data": () => import("./my-data.js"),
  "password-rules": () => import("./password-rules.js"),
  "password-toggle": () => import("./password-toggle.js"),
  "not-me": () => import("./not-me.js"),
  "person-menu": () => import("./person-menu.js"),
  "problem-page": () => import("./problem-page.js"),
  profile: () => import("./profile.js"),
  "reading-tokens": () => import("./reading-tokens.js"),
  readings: () => import("./readings.js"),
  recover: () => import("./recover.js"),
  register: () => import("./register.js"),
  security: () => import("./security.js"),
  "secure-link": () => import("./secure-link.js"),
  "session-watch": () => import("./session-watch.js"),
  sessions: () => import("./sessions.js"),
  "sign-in": () => import("./sign-in.js"),
  "sign-in-passkey": () => import("./sign-in-passkey.js"),
  "sign-in-providers": () => import("./sign-in-providers.js"),
  staff: () => import("./staff.js"),
  status: () => import("./status.js"),
  support: () => import("./support.js"),
  tariffs: () => import("./tariffs.js"),
  theme: () => import("./theme.js"),
  verify: () => import("./verify.js"),
};

for (const root of document.querySelectorAll("[data-module]")) {
  if (!(root instanceof HTMLElement)) continue;
  // What another module took off the page meanwhile needs none.
  modules[root.dataset.module ?? ""]?.().then((module) => root.isConnected && module.start(root));
}

// Nobody waits for it: the page comes first.
addEventListener("load", () => import("./maintenance-banner.js").then((module) => module.tellOfMaintenance()));

// Pages open without a connection too. Where that is not to be had, nothing else is missing.
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
