// @ts-check
/** From «К оплате» to a bill, its lines, another month beside it, and a file to keep; on a phone and a desktop. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** @param {string} text */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

/** @param {number} kopecks */
const rubles = (kopecks) => `${String(kopecks).slice(0, -2)},${String(kopecks).slice(-2)} ₽`;

/**
 * The price that a tree starts from.
 * @param {any} step
 * @returns {any}
 */
const price = (step) => (step.quantity === "price" ? step : (step.parts ?? []).map(price).find(Boolean));

for (const viewport of [PHONE, DESKTOP]) {
  test(`a resident reads a bill line by line and keeps it, at ${viewport.width} px`, async () => {
    const { page, faults } = await visit(browser, { viewport });
    await signIn(page, "anna");
    await open(page, "/");
    await page.getByRole("link", { name: "Посмотреть квитанции" }).click();
    await page.waitForURL(/\/bills$/);
    await loaded(page);
    assert.equal(await page.getByRole("navigation", { name: "Разделы" }).getByRole("link", { name: "Квитанции" }).getAttribute("aria-current"), "page");

    const { items, years } = await api(page, "/api/billing/bills");
    assert.ok(years.length > 1, "the demo has bills of more than one year");
    const rows = page.getByRole("region", { name: "Квитанции по месяцам" }).locator("tbody tr");
    assert.equal(await rows.count(), items.length);

    await page.getByLabel("Год").selectOption(String(years[1]));
    await page.getByLabel("Порядок").selectOption("-sum");
    await page.getByRole("button", { name: "Показать" }).click();
    await page.waitForURL(/year=\d{4}.*sort=-sum/);
    await loaded(page);
    const sums = (await rows.locator("td .nowrap").allTextContents()).map((text) => Number(text.replace(/\D/g, "")));
    assert.ok(sums.length > 1 && sums.every((sum, index) => index === 0 || sum <= (sums[index - 1] ?? 0)), String(sums));

    const unpaid = await api(page, `/api/billing/bills?year=${years[0]}&status=unpaid`);
    await open(page, `/bills?year=${years[0]}&status=unpaid`);
    assert.equal(await rows.count(), unpaid.items.length);
    assert.equal(await page.getByLabel("Оплата").inputValue(), "unpaid");

    await open(page, `/bill?number=${items[0].bill_number}`);
    const bill = await api(page, `/api/billing/bills/${items[0].bill_number}`);
    const lines = page.locator(".bill-line");
    assert.equal(await lines.count(), bill.lines.length);
    const at = bill.lines.findIndex((/** @type {any} */ { service }) => service === "cold_water");
    const [water, line] = [bill.lines[at], lines.nth(at)];
    const sentence = line.getByText(plain(water.explanation[0]));
    assert.ok(!(await sentence.isVisible()), "folded until it is asked for");
    await line.locator("summary").focus();
    await page.keyboard.press("Enter");
    await sentence.waitFor();
    const shown = plain(await line.locator("summary span").last().innerText());
    assert.equal(shown.replaceAll(" ", ""), rubles(water.payable).replaceAll(" ", ""));
    await line.getByRole("button", { name: "Показать расчёт" }).press("Enter");
    await line.getByText("После округления до копейки").first().waitFor();
    await line.getByRole("button", { name: /^Сообщить о проблеме/ }).press("Enter");
    await line.getByRole("button", { name: /^Отправить вопрос/ }).click();
    await page.locator(".error-summary:focus").waitFor();
    await line.getByLabel("Что не так").fill("На счётчике меньше");
    await line.getByRole("button", { name: /^Отправить вопрос/ }).click();
    await line.getByText("На счётчике меньше").first().waitFor();
    await line.getByText("Организация ответит не позже").first().waitFor();
    const { calculations } = await api(page, `/api/billing/bills/${items[0].bill_number}/lines/${at + 1}/calculation`);
    assert.ok(plain(await line.innerText()).includes(`Цена: ${plain(price(calculations[0].tree).text)}`));
    await page.getByText(plain(bill.comparison.sentence)).waitFor();
    await assertAccessible(page, `a bill at ${viewport.width} px`);

    const other = bill.earlier[bill.earlier.length - 1];
    await page.getByLabel("Сравнить с месяцем").selectOption(other);
    await page.getByRole("button", { name: "Сравнить" }).click();
    await page.waitForURL(new RegExp(`against=${other}`));
    await loaded(page);
    const beside = await api(page, `/api/billing/bills/${items[0].bill_number}?against=${other}`);
    await page.getByText(plain(beside.comparison.sentence)).waitFor();

    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "PDF для печати" }).click()]);
    assert.equal(file.suggestedFilename(), `bill-${items[0].bill_number}.pdf`);
    assert.equal(readFileSync(await file.path()).subarray(0, 5).toString(), "%PDF-");
    assert.deepEqual(faults, []);
  });
}

test("a bill that is not one's own leads back to one's bills", async () => {
  const { page } = await visit(browser);
  await signIn(page, "anna");
  await open(page, "/bill?number=202001-none");
  await page.getByRole("alert").waitFor();
  await page.getByRole("link", { name: "Ко всем квитанциям" }).click();
  await page.waitForURL(/\/bills$/);
});
