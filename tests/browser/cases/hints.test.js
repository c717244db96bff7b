// @ts-check
/** A slip is explained with its numbers and mended by one tap; what was mended is seen before it counts. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { PHONE, api, launch, open, signIn, visit } from "../lib/browser.js";
import { values } from "../lib/readings.js";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("../lib/browser.js").Visitor} */
let anna;
before(async () => {
  browser = await launch();
  anna = await visit(browser, { viewport: PHONE });
  await signIn(anna.page, "anna");
});
after(() => browser.close());

test("a left-out comma is put back by one tap", async () => {
  const { page } = anna;
  const { meter, right } = await meterOf("cold_water", 1n);
  await fill(meter, [String(right[0]).replace(",", "")]);
  await page.locator("form [type=submit]").click();
  await page.getByText(`Вы имели в виду ${right[0]}?`).waitFor();
  await assertAccessible(page, "a refusal with what was meant");
  const sent = page.waitForRequest("**/api/readings/submissions");
  await page.getByRole("button", { name: `Исправить на ${right[0]}` }).click();
  assert.equal((await sent).postDataJSON().items[0].values[0], right[0]);
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
});

test("day and night in each other's place change places by one tap, and the question shows its numbers", async () => {
  const { page } = anna;
  const { meter, right } = await meterOf("electricity", 1n);
  assert.equal(right.length, 2);
  await fill(meter, [...right].reverse());
  await page.locator("form [type=submit]").click();
  const question = page.locator(".question").first();
  await question.getByText("Обычно в месяц").waitFor();
  await question.getByText("Год назад в этом месяце").waitFor();
  await assertAccessible(page, "a question with its numbers");
  await question.getByRole("button", { name: "Поменять местами" }).click();
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
});

test("«Да, верно» to the day's value leaves the night's question open until it is answered", async () => {
  const { page } = anna;
  const { meter, right: usual } = await meterOf("electricity", 1n);
  const { right: much } = await meterOf("electricity", 5n);
  await fill(meter, much);
  await page.locator("form [type=submit]").click();
  const questions = page.locator(".question");
  await questions.nth(1).waitFor();
  await questions.first().getByRole("button", { name: "Да, верно" }).click();
  await page.locator(".question:focus").waitFor();
  await page.locator("form [type=submit]").click();
  assert.equal(await page.locator(".question:focus").count(), 1, "an open question is asked again, nothing is sent");
  await questions.getByRole("button", { name: /^(Исправить|Ввести заново)$/ }).click();
  await page.locator(`#value-${meter.meter_id}-1`).fill(String(usual[1]));
  const sent = page.waitForRequest("**/api/readings/submissions");
  await page.locator("form [type=submit]").click();
  assert.deepEqual((await sent).postDataJSON().items[0].confirmed, [{ rate: 0, code: "above-usual" }]);
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
});

test("the pages caused no errors", () => {
  assert.deepEqual(anna.faults, []);
});

/**
 * A meter of this kind on the form, and what its dial would show.
 * @param {string} kind
 * @param {bigint} times
 */
async function meterOf(kind, times) {
  const { page } = anna;
  await page.evaluate(() => localStorage.clear());
  await open(page, "/readings");
  const { accounts } = await api(page, "/api/readings/meters");
  const meter = accounts[0].meters.find((/** @type {any} */ one) => one.kind === kind);
  return { meter, right: await values(page, meter, times) };
}

/**
 * @param {any} meter
 * @param {string[]} texts
 */
async function fill(meter, texts) {
  const { page } = anna;
  const card = page.locator(".meter-field", { hasText: meter.serial });
  if (meter.submitted) await card.getByRole("button", { name: "Исправить" }).click();
  for (const [rate, text] of texts.entries()) await page.locator(`#value-${meter.meter_id}-${rate}`).fill(text);
}
