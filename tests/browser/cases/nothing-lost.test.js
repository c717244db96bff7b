// @ts-check
/** What was typed is never lost, and what was sent is never recorded twice. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, loaded, signIn, visit } from "../lib/browser.js";
import { fillFirst } from "../lib/readings.js";
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

test("all that is known to be wrong is told at once, and at its field only once", async () => {
  const { page } = anna;
  const { field } = await fillFirst(page, 1n);
  await field.fill("abc");
  const other = page.locator(".meter-field").nth(1);
  const correct = other.getByRole("button", { name: "Исправить" });
  if (await correct.isVisible()) await correct.click();
  await other.locator("input").first().fill("999999999");
  await page.locator("form [type=submit]").click();
  await page.locator(".error-summary:focus").waitFor();
  const links = page.locator(".error-summary a");
  assert.match(await links.nth(0).innerText(), /Нужно число/);
  assert.match(await links.nth(1).innerText(), /до запятой/);
  const told = await page.locator(".rate-field", { has: field }).innerText();
  assert.equal(told.match(/Нужно число/g)?.length, 1, told);
});

test("an answer to sign-in leads only to this site", async () => {
  for (const next of ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/sign-in"]) {
    const { page, context } = await visit(browser);
    for (const path of ["sign-in", "session"]) await page.route(`**/api/auth/${path}`, (route) => route.fulfill({ json: { person_id: "", roles: [] } }));
    await page.goto(`${BASE_URL}/sign-in?next=${encodeURIComponent(next)}`);
    await page.getByLabel("Телефон, почта или логин").fill("anna");
    await page.getByLabel("Пароль", { exact: true }).fill("anything");
    const left = page.waitForRequest((request) => request.isNavigationRequest());
    await page.getByRole("button", { name: "Войти", exact: true }).click();
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
  await page.getByRole("button", { name: "Войти", exact: true }).click();
  release();
  await page.locator(".error-summary:focus").waitFor();
  assert.equal(page.url(), `${BASE_URL}/sign-in`);
  await context.close();
});

test("the pages caused no errors", () => {
  assert.deepEqual(anna.faults, []);
});
