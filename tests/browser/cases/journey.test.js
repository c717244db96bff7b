// @ts-check
/** The whole way of a resident, on a phone and on a desktop: from signing in to the notice about accepted readings. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { values } from "../lib/readings.js";
import { BASE_URL, RESIDENTS, codeSentBy } from "../lib/suite.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const [name, viewport, residents] of /** @type {const} */ ([
  ["a phone", PHONE, RESIDENTS.slice(0, 10)],
  ["a desktop", DESKTOP, RESIDENTS.slice(10)],
])) {
  describe(`on ${name}`, () => {
    test("a resident links an account, submits readings and finds the notice", async () => {
      const { page, faults, context } = await newcomer(viewport, residents);
      const resident = await whoIsNew(page, residents);
      await link(page, resident);
      const code = await submitEverything(page);
      await findInArchive(page, code);
      await signOut(page);
      assert.deepEqual(faults, []);
      await context.close();
    });
  });
}

/**
 * @param {{ width: number, height: number }} viewport
 * @param {typeof RESIDENTS} residents
 */
async function newcomer(viewport, residents) {
  assert.ok(residents.length > 0);
  return visit(browser, { viewport });
}

/**
 * Signs in the first resident with nothing linked, so that the tests can run again over the same state.
 * @param {import("playwright-core").Page} page
 * @param {typeof RESIDENTS} residents
 */
async function whoIsNew(page, residents) {
  for (const resident of residents) {
    await open(page, "/");
    await page.waitForURL(/\/sign-in\?next=%2F$/);
    await signIn(page, resident.login);
    const { items } = await api(page, "/api/homes/accounts");
    if (items.length === 0) return resident;
    await signOut(page);
    await page.evaluate(() => localStorage.clear());
  }
  throw new Error("every demo resident has an account by now: start from a fresh demo state");
}

/**
 * @param {import("playwright-core").Page} page
 * @param {typeof RESIDENTS[number]} resident
 */
async function link(page, resident) {
  await page.getByRole("link", { name: "Привязать счёт" }).click();
  await page.waitForURL(`${BASE_URL}/link`);
  const number = page.getByRole("textbox", { name: "Номер лицевого счёта" });

  await number.fill("9999999999");
  await page.getByRole("button", { name: "Получить код" }).click();
  await page.locator(".error-summary:focus").waitFor();
  assert.equal(await number.getAttribute("aria-invalid"), "true");
  await assertAccessible(page, "an unknown account number");

  await number.fill(resident.number);
  const sent = await codeSentBy(resident.phone, () => page.getByRole("button", { name: "Получить код" }).click());
  await page.getByText("Шаг 2 из 2").waitFor();
  await page.reload();
  const code = page.getByLabel("Код из сообщения");
  await code.fill("000000");
  await page.getByRole("button", { name: "Привязать счёт" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await assertAccessible(page, "a wrong code");

  await code.fill(sent);
  await page.getByRole("button", { name: "Привязать счёт" }).click();
  await page.getByRole("heading", { name: "Счёт привязан" }).waitFor();
  await assertAccessible(page, "a linked account");
  await page.getByRole("link", { name: "Передать показания" }).click();
}

/**
 * Fills every meter, the first with far too much, which the portal questions.
 * @param {import("playwright-core").Page} page
 */
async function submitEverything(page) {
  await page.waitForURL(`${BASE_URL}/readings`);
  await loaded(page);
  const { accounts } = await api(page, "/api/readings/meters");
  const meters = accounts[0].meters;
  for (const [index, meter] of meters.entries()) {
    const texts = await values(page, meter, index === 0 ? 5n : 1n);
    for (const [rate, text] of texts.entries()) await page.locator(`#value-${meter.meter_id}-${rate}`).fill(text);
  }
  assert.match(await page.locator(".consumption").first().innerText(), /Израсходовано/);

  await page.locator("form [type=submit]").click();
  const question = page.locator(".question:focus");
  await question.waitFor();
  await assertAccessible(page, "a questioned reading");
  await question.getByRole("button", { name: "Исправить" }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), `value-${meters[0].meter_id}-0`);

  await page.locator("form [type=submit]").click();
  while (await answerYes(page));
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
  await assertAccessible(page, "the confirmation");
  return page.locator("[data-confirmation-code]").innerText();
}

/**
 * Answers one question with «Да, верно»; `false` when the confirmation has come instead.
 * @param {import("playwright-core").Page} page
 */
async function answerYes(page) {
  const question = page.locator(".question").first();
  await question.or(page.locator(".confirmation")).waitFor();
  if (await page.locator(".confirmation").isVisible()) return false;
  await question.getByRole("button", { name: "Да, верно" }).click();
  await question.waitFor({ state: "detached" }).catch(() => {});
  return true;
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} code
 */
async function findInArchive(page, code) {
  await page.getByRole("link", { name: "На главную" }).click();
  await page.waitForURL(`${BASE_URL}/`);
  await loaded(page);
  await page.getByRole("heading", { name: /Показания за .+ переданы/ }).waitFor();
  await page.getByRole("link", { name: /^История/ }).first().click();
  await page.waitForURL(/\/history\?meter_id=/);
  await loaded(page);
  await page.getByText(code).waitFor();
}

/** @param {import("playwright-core").Page} page */
async function signOut(page) {
  await page.getByRole("button", { name: "Выйти" }).click();
  await page.waitForURL(/\/sign-in\?reason=signed-out/);
  await page.getByRole("heading", { name: "Вы вышли" }).waitFor();
}
