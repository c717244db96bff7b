// @ts-check
/** The electronic address on a phone: designated in the profile, taken into the company's table, given up again. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { PHONE, confirmByCode, launch, open, signIn, visit } from "../lib/browser.js";
import { codeSentTo } from "../lib/suite.js";

/** Of the demo: one who has an account. */
const ANNA_PHONE = "+79000000015";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("the e-mail of the profile becomes the electronic address, stands in the company's table, and is it no more", async () => {
  const anna = await visit(browser, { viewport: PHONE });
  await signIn(anna.page, "anna");
  await open(anna.page, "/profile");
  await anna.page.getByText("Сначала добавьте почту").waitFor();
  const email = `anna-${Date.now()}@example.ru`;
  await anna.page.getByLabel("Новый телефон или почта").fill(email);
  await anna.page.getByRole("button", { name: "Продолжить" }).click();
  await confirmByCode(anna.page, ANNA_PHONE);
  await anna.page.getByRole("button", { name: "Подтвердить контакт" }).waitFor();
  await anna.page.getByLabel("Код из сообщения").fill(await codeSentTo(email));
  await anna.page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await anna.page.getByRole("button", { name: "Назначить почту из профиля" }).click();
  await anna.page.getByRole("heading", { name: "Согласие на электронный адрес" }).waitFor();
  await assertAccessible(anna.page, "the consent to an electronic address");
  assert.equal(await anna.page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  await anna.page.getByRole("button", { name: "Даю согласие" }).click();
  await anna.page.getByText(/Почта из профиля, с /).waitFor();
  await assertAccessible(anna.page, "/profile with an electronic address");

  for (const [login, path] of [["manager", "/level-desk"], ["admin", "/staff"]]) {
    const staff = await visit(browser, { viewport: PHONE });
    await signIn(staff.page, login ?? "");
    await open(staff.page, path ?? "");
    const saving = staff.page.waitForEvent("download");
    await staff.page.getByRole("button", { name: "Скачать таблицу" }).click();
    const table = readFileSync(await (await saving).path(), "utf8");
    assert.ok(table.includes(`"${email}"`), `${login}: ${table}`);
    await staff.page.getByText("Таблица скачана.").waitFor();
    await assertAccessible(staff.page, `${path} with the table of addresses`);
    assert.deepEqual(staff.faults, []);
    await staff.context.close();
  }

  await anna.page.getByRole("button", { name: "Отменить электронный адрес" }).click();
  await anna.page.getByText("Пока не назначен.").waitFor();
  await anna.page.getByRole("button", { name: /^Убрать: Почта/ }).click();
  await confirmByCode(anna.page, ANNA_PHONE);
  await anna.page.getByText("Сначала добавьте почту").waitFor();
  assert.deepEqual(anna.faults, []);
  await anna.context.close();
});
