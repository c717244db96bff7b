// @ts-check
/** A sticker on a meter opens the form of readings at that meter. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const viewport of [PHONE, DESKTOP]) {
  test(`a sticker opens the form at its meter and its way goes along, at ${viewport.width} px`, async () => {
    const { page, context, faults } = await visit(browser, { viewport });
    await signIn(page, "anna");
    await open(page, "/readings");
    await page.getByRole("link", { name: "Наклейки на счётчики (PDF)" }).waitFor();
    const { accounts } = await api(page, "/api/readings/meters");
    const meter = accounts[0].meters.find((/** @type {any} */ one) => !one.submitted);
    await open(page, `/readings?meter=${meter.meter_id}`);
    const field = page.locator(`#value-${meter.meter_id}-0`);
    await field.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), `value-${meter.meter_id}-0`);
    await assertAccessible(page, "/readings by a sticker");
    for (const [rate, last] of meter.last.values.entries()) {
      await page.locator(`#value-${meter.meter_id}-${rate}`).fill(last.replace(".", ","));
    }
    const sent = page.waitForRequest("**/api/readings/submissions");
    await page.locator("form [type=submit]").click();
    assert.equal((await sent).postDataJSON().items[0].is_by_sticker, true);
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("the sticker of somebody else's meter says so and shows nothing of it", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, "resident03");
  await open(page, "/readings?meter=00000000-0000-7000-8000-000000000000");
  await page.getByRole("heading", { name: "Счётчика с этой наклейки среди ваших нет" }).waitFor();
  await assertAccessible(page, "/readings by a strange sticker");
  assert.deepEqual(faults, []);
  await context.close();
});
