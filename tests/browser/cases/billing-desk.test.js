// @ts-check
/** The accountant computes the month of a house, looks at what is odd, and finds an account. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a month is computed, looked at bill by bill and asked to be approved", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, "accountant");
  await open(page, "/billing-desk");
  const calculate = page.getByRole("button", { name: /^Рассчитать/ });
  const show = page.getByRole("button", { name: "Показать", exact: true });
  await calculate.or(show).first().waitFor();
  await ((await calculate.count()) > 0 ? calculate : show).first().click();
  await page.getByText("Рассчитано. Проверьте и утвердите.").waitFor();
  await page.getByRole("heading", { name: "По услугам" }).waitFor();
  const bill = page.locator("details.bill-line").first();
  await bill.locator("summary").click();
  await bill.getByText("₽").nth(1).waitFor();
  await assertAccessible(page, "/billing-desk with a month");
  await page.getByLabel("Показать", { exact: true }).selectOption("problem");
  await page.getByText("Таких счетов нет.").waitFor();

  await page.getByRole("button", { name: "Назначить перерасчёт" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await page.getByRole("button", { name: "Утвердить и выставить счета" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");

  await page.getByLabel("Номер лицевого счёта").fill("0000000015");
  await page.getByRole("button", { name: "Найти" }).click();
  await page.getByRole("region", { name: "Счета по лицевому счёту 0000000015" }).waitFor();
  await page.setViewportSize(DESKTOP);
  await assertAccessible(page, "/billing-desk with an account");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the desk of charges is not a resident's", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await signIn(page, "anna");
  await open(page, "/billing-desk");
  await page.getByRole("heading", { name: "Эта страница для бухгалтера" }).waitFor();
  await context.close();
});
