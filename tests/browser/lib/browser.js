// @ts-check
/** Chromium, and pages that remember everything a good page never does. */
import { chromium } from "playwright-core";

import { BASE_URL, PASSWORD, codeSentTo } from "./suite.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {{ context: import("playwright-core").BrowserContext, page: Page, faults: string[] }} Visitor */

export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1280, height: 800 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/**
 * A fresh visitor. `faults` gathers errors, refused code, foreign requests and layout shifts of every page visited.
 * @param {import("playwright-core").Browser} browser
 * @param {import("playwright-core").BrowserContextOptions} [options]
 * @returns {Promise<Visitor>}
 */
export async function visit(browser, options = {}) {
  // Without the service worker every request is the page's own, and can be seen and held by a test.
  const context = await browser.newContext({
    viewport: DESKTOP, locale: "ru-RU", timezoneId: "Europe/Moscow", serviceWorkers: "block", ...options,
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    // A refusal of the API is an answer; a lost connection and a held service worker are what a test made.
    const isAnswer = /Failed to load resource: (the server responded with a status of 4\d\d|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED))/.test(message.text());
    const isHeld = message.text().includes("Service Worker registration blocked by Playwright");
    if (["error", "warning"].includes(message.type()) && !isAnswer && !isHeld) faults.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${BASE_URL}/`) && !url.startsWith("data:")) faults.push(`foreign request: ${url}`);
  });
  await context.exposeFunction("reportFault", (/** @type {string} */ fault) => faults.push(fault));
  await page.addInitScript(watchPage);
  return { context, page, faults };
}

/** Runs in the page before its own scripts. */
function watchPage() {
  const report = /** @type {any} */ (window).reportFault;
  document.addEventListener("securitypolicyviolation", (event) => {
    report(`refused by the policy: ${event.effectiveDirective} ${event.blockedURI} on ${location.pathname}`);
  });
  // What a person's own action brings, such as an error summary, may move the page, however late the answer comes.
  let hasActed = false;
  for (const kind of ["pointerdown", "keydown", "input"]) {
    addEventListener(kind, () => { hasActed = true; }, { capture: true });
  }
  new PerformanceObserver((list) => {
    for (const entry of /** @type {any[]} */ (list.getEntries())) {
      if (hasActed || entry.hadRecentInput) continue;
      const moved = entry.sources.map((/** @type {any} */ source) => source.node?.outerHTML?.slice(0, 80) ?? "?");
      report(`layout shift ${entry.value} on ${location.pathname}: ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/**
 * @param {Page} page
 * @param {string} login
 */
export async function signIn(page, login) {
  if (!page.url().includes("/sign-in")) await page.goto(`${BASE_URL}/sign-in`);
  await page.getByLabel("Телефон, почта или логин").fill(login);
  await page.getByLabel("Пароль", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Войти", exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await loaded(page);
}

/**
 * Answers the dialog that asks to confirm, by a code to the phone.
 * @param {Page} page
 * @param {string} phone
 */
export async function confirmByCode(page, phone) {
  const dialog = page.getByRole("dialog", { name: "Подтвердите, что это вы" });
  await dialog.getByRole("button", { name: /Прислать СМС/ }).click();
  await dialog.getByLabel("Код из сообщения").waitFor();
  await dialog.getByLabel("Код из сообщения").fill(await codeSentTo(phone));
  await dialog.getByRole("button", { name: "Подтвердить", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

/**
 * The page has drawn its data.
 * @param {Page} page
 */
export async function loaded(page) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => !document.querySelector("[aria-busy]"));
}

/**
 * @param {Page} page
 * @param {string} path
 */
export async function open(page, path) {
  await page.goto(BASE_URL + path);
  await loaded(page);
}

/**
 * Asks the API as the page would.
 * @param {Page} page
 * @param {string} path
 * @returns {Promise<any>}
 */
export function api(page, path) {
  return page.evaluate(async (at) => (await fetch(at)).json(), path);
}

/**
 * How many readings of a meter are recorded.
 * @param {Page} page
 * @param {any} meter
 * @returns {Promise<number>}
 */
export async function recorded(page, meter) {
  const { items } = await api(page, `/api/readings/history?meter_id=${meter.meter_id}&limit=100`);
  return items.length;
}
