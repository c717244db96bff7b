// @ts-check
/** What was typed is never lost, and what was sent is never recorded twice. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { api, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { values } from "../lib/readings.js";
import { BASE_URL } from "../lib/suite.js";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("../lib/browser.js").Visitor} */
let anna;
before(async () => {
  browser = await launch();
  anna = await visit(browser);
  await signIn(anna.page, "anna");
});
after(() => browser.close());

test("what was typed survives a reload and signing in again", async () => {
  const { page, context } = anna;
  const { field } = await fillFirst(page, 1n);
  const typed = await field.inputValue();

  await page.reload();
  await loaded(page);
  assert.equal(await field.inputValue(), typed, "after a reload");

  await context.clearCookies();
  await page.reload();
  await page.waitForURL(/\/sign-in\?next=%2Freadings&reason=expired$/);
  await page.getByRole("heading", { name: "Сеанс закончился" }).waitFor();
  await signIn(page, "anna");
  assert.equal(page.url(), `${BASE_URL}/readings`);
  assert.equal(await field.inputValue(), typed, "after signing in again");
});

test("a lost answer and a second press never record a reading twice", async () => {
  const { page } = anna;
  const { meter } = await fillFirst(page, 1n);
  const before = await recorded(page, meter);
  /** @type {string[]} */
  const keys = [];
  /** @type {any} */
  let lost;
  await page.route("**/api/readings/submissions", async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    const response = await route.fetch();
    if (lost) return route.fulfill({ response });
    lost = await response.json();
    await route.abort("connectionreset");
  });

  await page.locator("form [type=submit]").dblclick();
  await page.getByText("Нет связи с порталом").first().waitFor();
  assert.equal(keys.length, 1, "a double click sends once");
  await page.locator("form [type=submit]").click();
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
  await page.unroute("**/api/readings/submissions");

  assert.equal(keys[1], keys[0], "the repetition carries the same key");
  assert.equal(await page.locator("[data-confirmation-code]").innerText(), lost.confirmation_code);
  assert.equal(await recorded(page, meter), before + 1);
});

test("a reading that can't be true is refused beside its field and stays typed", async () => {
  const { page } = anna;
  const { field } = await fillFirst(page, 1n);
  await field.fill("12 а");
  await page.locator("form [type=submit]").click();
  await page.locator(".error-summary:focus").waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.inputValue(), "12 а");
  await page.locator(".error-summary a").click();
  assert.ok(await field.evaluate((element) => element === document.activeElement));
});

test("an answer to sign-in leads only to this site", async () => {
  for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/sign-in"]) {
    const { page, context } = await visit(browser);
    await page.route("**/api/auth/sign-in", (route) => route.fulfill({ json: {} }));
    await page.goto(`${BASE_URL}/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel("Телефон, почта или логин").fill("anna");
    await page.getByLabel("Пароль", { exact: true }).fill("anything");
    const left = page.waitForRequest((request) => request.isNavigationRequest());
    await page.getByRole("button", { name: "Войти" }).click();
    assert.equal((await left).url(), `${BASE_URL}/`, next);
    await context.close();
  }
});

test("a form sent before its script has come is answered all the same", async () => {
  const { page, context } = await visit(browser);
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => { release = () => resolve(undefined); });
  await page.route("**/js/sign-in.js", (route) => held.then(() => route.continue()));
  await page.goto(`${BASE_URL}/sign-in`);
  await page.getByRole("button", { name: "Войти" }).click();
  release();
  await page.locator(".error-summary:focus").waitFor();
  assert.equal(page.url(), `${BASE_URL}/sign-in`);
  await context.close();
});

test("the pages caused no errors", () => {
  assert.deepEqual(anna.faults, []);
});

/**
 * Fills the first meter, opening it for correction where it was submitted before.
 * @param {import("playwright-core").Page} page
 * @param {bigint} times
 */
async function fillFirst(page, times) {
  await page.evaluate(() => sessionStorage.clear());
  await open(page, "/readings");
  const { accounts } = await api(page, "/api/readings/meters");
  const meter = accounts[0].meters[0];
  const texts = await values(page, meter, times);
  const field = page.locator(`#value-${meter.meter_id}-0`);
  if (meter.submitted) await page.locator(".meter-field").first().getByRole("button", { name: "Исправить" }).click();
  for (const [rate, text] of texts.entries()) {
    const isSame = text.replace(",", ".") === meter.submitted?.values[rate];
    await page.locator(`#value-${meter.meter_id}-${rate}`).fill(isSame ? bump(text) : text);
  }
  return { meter, field };
}

/**
 * One more of the last digit, so that a correction is one.
 * @param {string} text
 */
function bump(text) {
  const digit = Number(text.at(-1));
  return text.slice(0, -1) + (digit === 9 ? 8 : digit + 1);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {any} meter
 */
async function recorded(page, meter) {
  const { items } = await api(page, `/api/readings/history?meter_id=${meter.meter_id}&limit=100`);
  return items.length;
}
