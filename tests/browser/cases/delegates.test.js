// @ts-check
/** Trusted persons, and the right to be forgotten, as far as one may change one's mind. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** Of the demo: one who has an account. */
const OWNER_PHONE = "+79000000015";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("an owner trusts somebody who takes the link, and takes it back", async () => {
  const owner = await visit(browser);
  await signIn(owner.page, "anna");
  await open(owner.page, "/delegates");
  await owner.page.getByRole("button", { name: "Доверить", exact: true }).click();
  await owner.page.locator(".error-summary:focus").waitFor();
  await assertAccessible(owner.page, "an unfinished trust");
  await owner.page.getByLabel("Кому", { exact: true }).fill("Сосед Борис");
  await owner.page.getByLabel("Смотреть показания").check();
  const soon = await owner.page.evaluate(() => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await owner.page.getByLabel("По какой день").fill(soon);
  await owner.page.getByRole("button", { name: "Доверить", exact: true }).click();
  await confirmByCode(owner.page, OWNER_PHONE);
  const link = await owner.page.locator("code", { hasText: "/delegation#" }).innerText();
  await owner.page.getByRole("button", { name: "Скопировать" }).click();
  await owner.page.getByRole("button", { name: /^Скопировано|^Ссылка выделена/ }).waitFor();

  const delegate = await visit(browser);
  await signIn(delegate.page, "boris");
  await open(delegate.page, link.replace(/^https?:\/\/[^/]+/, ""));
  await assertAccessible(delegate.page, "a trust that is offered");
  await delegate.page.getByRole("button", { name: "Принять" }).click();
  await delegate.page.waitForURL(/\/delegates$/);
  await open(delegate.page, "/readings");
  await delegate.page.getByText("Вам доверяет").first().waitFor();

  await open(owner.page, "/delegates");
  await owner.page.getByRole("button", { name: "Отозвать: Сосед Борис" }).first().click();
  await owner.page.getByText("Пока никому.").waitFor();
  assert.deepEqual([...owner.faults, ...delegate.faults], []);
  await owner.context.close();
  await delegate.context.close();
});

test("a person sees what would be erased, asks for it and changes their mind", async () => {
  const { page, context, faults } = await visit(browser);
  await signIn(page, "anna");
  await open(page, "/my-data");
  await loaded(page);
  await page.getByRole("heading", { name: "Что сотрём" }).waitFor();
  await page.getByRole("button", { name: "Стереть мой вход и данные" }).click();
  await confirmByCode(page, OWNER_PHONE);
  await assertAccessible(page, "an erasure that waits");
  await page.getByRole("button", { name: "Оставить мой вход и данные" }).click();
  await page.getByRole("button", { name: "Стереть мой вход и данные" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});
