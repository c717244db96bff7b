// @ts-check
/** Whose readings are missing: the page of the company's people, and one click to remind. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const viewport of [PHONE, DESKTOP]) {
  test(`a dispatcher sees whose readings are missing and reminds them, at ${viewport.width} px`, async () => {
    const { page, context, faults } = await visit(browser, { viewport });
    await signIn(page, "dispatcher");
    await open(page, "/coverage");
    await page.getByRole("columnheader", { name: "Переданы" }).first().waitFor();
    await assertAccessible(page, "/coverage");
    await page.getByRole("button", { name: /^Чьих показаний нет/ }).first().click();
    await page.getByRole("columnheader", { name: "Прошлое показание" }).waitFor();
    assert.ok((await page.locator("tbody th[scope=row]").count()) > 4);
    await assertAccessible(page, "/coverage with meters");
    await page.getByRole("button", { name: /^Напомнить всем/ }).first().click();
    await page.getByText("им позвоните").first().waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
}
