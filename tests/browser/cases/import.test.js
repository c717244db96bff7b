// @ts-check
/** An administrator takes a company's files in: bad lines are named, the check promises, the word does it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const HEADER = "inn;name\n";
const GOOD = `${HEADER}7707083893;Управляющая компания «Пример»\n`;
const BAD = `${HEADER}7707083894;Управляющая компания с неверным ИНН\n`;

/** @param {string} text */
const csv = (text) => ({ name: "companies.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

for (const [name, viewport] of /** @type {const} */ ([["a phone", PHONE], ["a desktop", DESKTOP]])) {
  test(`an admin mends a file, sees what it changes and takes it in on ${name}`, async () => {
    const { page, faults, context } = await visit(browser, { viewport });
    await signIn(page, "admin");
    await open(page, "/import");
    await assertAccessible(page, "the form");
    await page.getByRole("button", { name: "Проверить файлы" }).click();
    await page.locator(".error-summary:focus").waitFor();

    await page.getByLabel("Файлы").setInputFiles(csv(BAD));
    await page.getByRole("button", { name: "Проверить файлы" }).click();
    await page.getByRole("alert").getByText("учебный портал").first().waitFor();
    await assertAccessible(page, "a demo portal refuses");
    await page.getByLabel("Данные в файлах выдуманы").check();
    await page.getByRole("button", { name: "Проверить файлы" }).click();
    await page.getByRole("heading", { name: "В файлах есть ошибки" }).waitFor();
    assert.match(await page.locator("tbody tr").innerText(), /строка 2\s+столбец inn\s+контрольное число/);
    assert.equal(await page.getByRole("button", { name: "Загрузить", exact: true }).isVisible(), false);
    await assertAccessible(page, "bad lines");

    await open(page, "/import");
    await page.getByRole("heading", { name: "В файлах есть ошибки" }).waitFor();
    assert.ok(await page.getByLabel("Файлы").isVisible(), "mended files are chosen at once");
    assert.ok(await page.getByLabel("Данные в файлах выдуманы").isChecked(), "said once, said for the files that follow");
    await page.getByLabel("Файлы").setInputFiles(csv(GOOD));
    await page.getByRole("button", { name: "Проверить файлы" }).click();
    await page.getByRole("heading", { name: "Ошибок нет" }).waitFor();
    await assertAccessible(page, "what will change");

    await page.reload();
    await page.getByRole("heading", { name: "Ошибок нет" }).waitFor();
    await page.getByRole("button", { name: "Загрузить", exact: true }).click();
    await page.getByRole("heading", { name: "Данные загружены" }).waitFor();
    await assertAccessible(page, "taken in");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a lost connection costs one part, and the file goes on by itself", async () => {
  const { page, context } = await visit(browser);
  await signIn(page, "admin");
  await open(page, "/import");
  // Empty lines mean nothing: two parts of a file with one line.
  await page.getByLabel("Файлы").setInputFiles(csv(GOOD + "\n".repeat(600_000)));
  await page.getByRole("button", { name: "Проверить файлы" }).click();
  await page.getByLabel("Данные в файлах выдуманы").check();
  let lost = 0;
  await page.route("**/parts/1", (route) => (lost++ === 0 ? route.abort("connectionreset") : route.continue()));
  await page.getByRole("button", { name: "Проверить файлы" }).click();
  await page.getByRole("heading", { name: "Ошибок нет" }).waitFor();
  assert.equal(lost, 2);
  await context.close();
});

test("who is no admin is told so", async () => {
  const { page, context } = await visit(browser);
  await signIn(page, "anna");
  await open(page, "/import");
  await page.getByRole("heading", { name: "Эта страница для администратора" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Проверить файлы" }).count(), 0);
  await context.close();
});
