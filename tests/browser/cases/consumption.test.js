// @ts-check
/** From the home page to what a home used: a picture, the same in a table, and what is unknown as unknown. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const viewport of [PHONE, DESKTOP]) {
  test(`a resident sees two years of consumption beside the year before, at ${viewport.width} px`, async () => {
    const { page, faults } = await visit(browser, { viewport });
    await signIn(page, "anna");
    await open(page, "/");
    await loaded(page);
    await page.getByRole("link", { name: /^Расход по месяцам/ }).first().click();
    await page.waitForURL(/\/consumption\?/);
    await loaded(page);

    const account = new URL(page.url()).searchParams.get("account_id");
    const { items } = await api(page, `/api/readings/consumption?account_id=${account}`);
    const [cold] = items;
    const section = page.getByRole("region", { name: cold.title, exact: true });
    await section.getByText("Таблица за два года").click();
    const rows = section.locator("tbody tr");
    assert.equal(await rows.count(), cold.months.length);
    const at = cold.months.findLastIndex((/** @type {any} */ month) => month.volume && month.last_year);
    const { volume, last_year, similar } = cold.months[at];
    const cells = await rows.nth(cold.months.length - 1 - at).locator("td").allTextContents();
    const beside = cold.months.some((/** @type {any} */ month) => month.similar) ? [similar ?? "—"] : [];
    assert.deepEqual(cells, [volume, last_year, ...beside].map((text) => text.replace(".", ",")));

    const drawn = cold.months.slice(-12);
    const known = (/** @type {string} */ name) => drawn.filter((/** @type {any} */ month) => month[name]).length;
    assert.equal(await section.locator("rect.now").count(), known("volume"));
    assert.equal(await section.locator("rect.before").count(), known("last_year"));
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /CSV/ }).click()]);
    assert.equal(file.suggestedFilename(), "consumption.csv");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `the page is ${wide} px too wide`);
    await assertAccessible(page, `/consumption ${viewport.width}`);
    assert.deepEqual(faults, []);
  });
}
