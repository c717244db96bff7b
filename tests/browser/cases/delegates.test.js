// @ts-check
/** Trusted persons, and the right to be forgotten, as far as one may change one's mind. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, RESIDENTS } from "../lib/suite.js";

/** Of the demo: one who has an account. */
const OWNER_PHONE = "+79000000015";
/** Has no account of one's own. */
const NEIGHBOUR = RESIDENTS[13]?.login ?? "";

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
  const powers = owner.page.getByRole("group", { name: "Что можно делать" });
  await powers.getByText("Отметьте, что можно делать").waitFor();
  await owner.page.getByRole("link", { name: "Отметьте, что можно делать" }).click();
  const look = powers.getByLabel("Смотреть показания");
  assert.ok(await look.evaluate((element) => element === document.activeElement), "the summary leads to the group");
  await owner.page.getByLabel("Кому", { exact: true }).fill("Сосед Борис");
  await look.check();
  await powers.getByLabel("Передавать показания").check();
  const soon = await owner.page.evaluate(() => new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await owner.page.getByLabel("По какой день").fill(soon);

  await owner.context.clearCookies();
  await owner.page.reload();
  await owner.page.waitForURL(/\/sign-in\?next=%2Fdelegates&reason=expired$/);
  await signIn(owner.page, "anna");
  assert.equal(await owner.page.getByLabel("Кому", { exact: true }).inputValue(), "Сосед Борис");
  assert.equal(await owner.page.getByLabel("По какой день").inputValue(), soon);
  assert.ok(await look.isChecked(), "what was chosen survives signing in again");
  await owner.page.getByRole("button", { name: "Доверить", exact: true }).click();
  await confirmByCode(owner.page, OWNER_PHONE);
  const link = await owner.page.locator("code", { hasText: "/delegation#" }).innerText();
  assert.equal(await owner.page.getByLabel("Кому", { exact: true }).inputValue(), "", "what has arrived is kept no more");
  await owner.page.getByRole("button", { name: "Скопировать" }).click();
  await owner.page.getByRole("button", { name: /^Скопировано|^Ссылка выделена/ }).waitFor();

  const delegate = await visit(browser);
  await signIn(delegate.page, NEIGHBOUR);
  await open(delegate.page, link.replace(/^https?:\/\/[^/]+/, ""));
  await assertAccessible(delegate.page, "a trust that is offered");
  await delegate.page.getByRole("button", { name: "Принять" }).click();
  await delegate.page.waitForURL(`${BASE_URL}/`);
  await delegate.page.getByRole("heading", { name: "Доверие принято" }).waitFor();
  const entrusted = delegate.page.locator("section", { hasText: "Вам доверяет" });
  await entrusted.getByText("Можно: смотреть показания, передавать показания.").waitFor();
  assert.equal(await delegate.page.getByText("Привяжите лицевой счёт").count(), 0);
  await assertAccessible(delegate.page, "the home page of a delegate");
  await entrusted.getByRole("link", { name: "Передать показания" }).click();
  await delegate.page.waitForURL(`${BASE_URL}/readings`);
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
