// @ts-check
/** From the archive of readings to a signed act, and to the page where everybody checks it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const viewport of [PHONE, DESKTOP]) {
  test(`whoever holds an act learns whether it is genuine, at ${viewport.width} px`, async () => {
    const { page, faults } = await visit(browser, { viewport });
    await signIn(page, "anna");
    await open(page, "/history");
    await loaded(page);
    const keeping = page.waitForEvent("download");
    await page.getByRole("link", { name: /^Акт передачи, .* файл с подписью$/ }).first().click();
    const act = readFileSync(await (await keeping).path(), "utf8");
    const { content } = JSON.parse(act);
    const paper = page.waitForEvent("download");
    await page.getByRole("link", { name: /^Акт передачи, .* PDF$/ }).first().click();
    assert.match(readFileSync(await (await paper).path(), "latin1"), /^%PDF/);

    const guest = await visit(browser, { viewport });
    await open(guest.page, "/verify");
    const file = guest.page.getByLabel("Файл акта");
    await file.setInputFiles({ name: "act.json", mimeType: "application/json", buffer: Buffer.from(act) });
    await guest.page.getByRole("heading", { name: "Акт подлинный" }).waitFor();
    await guest.page.getByText(content.house).waitFor();
    await assertAccessible(guest.page, `/verify with an act ${viewport.width}`);
    await guest.page.getByLabel("Текст акта").fill(act.replace('"number":', '"number":1'));
    await guest.page.getByRole("button", { name: "Проверить файл" }).click();
    await guest.page.getByRole("heading", { name: "Акт изменён" }).waitFor();

    await open(guest.page, `/verify#${content.number}-7K3M-Q2XA`);
    await guest.page.reload();
    await guest.page.getByRole("heading", { name: "Такого акта нет" }).waitFor();
    await guest.page.getByLabel("Номер акта").fill("первый");
    await guest.page.getByRole("button", { name: "Проверить по коду" }).click();
    await guest.page.getByText("Номер акта состоит из одних цифр").first().waitFor();
    await assertAccessible(guest.page, `/verify with a fault ${viewport.width}`);
    assert.deepEqual([...faults, ...guest.faults], []);
  });
}
