// @ts-check
/** What other suppliers offer stands beside what is charged, with the difference; on a phone and a desktop. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** @param {string} text */
const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ");

/** @type {import("portal-types").Tariff} */
const CHARGED = {
  tariff_id: "t", service: "cold_water", title: "Холодная вода", unit: "м³", supplier: "МП «Водоканал»", is_offer: false,
  rate_names: [""], prices: ["50.00"], above_norm: null, fixed: null, surcharge_percent: null, since: "2026-01-01", until: null,
  act: { name: "Постановление о тарифах", number: "12-т", date: "2025-11-20", link: null },
};

for (const viewport of [PHONE, DESKTOP]) {
  test(`offers stand beside the price that is charged, at ${viewport.width} px`, async () => {
    const { page, faults } = await visit(browser, { viewport });
    await signIn(page, "anna");
    // The rule is about prices and offers, whatever the demo's house has: they are put into the portal's own answer.
    await page.route("**/api/billing/accounts/*/tariffs?*", async (route) => {
      const answer = await route.fetch();
      const sheet = await answer.json();
      sheet.tariffs = [CHARGED];
      const offer = { ...CHARGED, is_offer: true };
      sheet.offers = [
        { ...offer, supplier: "ООО «Родник»", prices: ["45.00"] },
        { ...offer, supplier: "АО «Исток»", prices: ["50.01"] },
        { ...offer, supplier: "АО «Ключ»", prices: ["40.00"], fixed: "30.00" },
      ];
      await route.fulfill({ response: answer, json: sheet });
    });
    await open(page, "/tariffs");

    const table = page.getByRole("region", { name: "Холодная вода" });
    const lines = (await table.locator("tbody tr").allInnerTexts()).map(plain);
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? "", /по этой цене начисляют вам[^]*50,00 ₽/);
    assert.match(lines[1] ?? "", /«Родник»[^]*45,00 ₽\s+−10 %/);
    assert.match(lines[2] ?? "", /«Исток»[^]*50,01 ₽\s+\+ меньше 0,1 %/);
    assert.match(lines[3] ?? "", /«Ключ»[^]*одной цифрой не сравнить/);
    assert.doesNotMatch(lines[3] ?? "", /%/, "a price with a fixed part is not told by one figure");
    await assertAccessible(page, "offers of suppliers");
    assert.deepEqual(faults, []);
  });
}
