// @ts-check
/** The administrators' desk: who works where, inviting into a company or a house, giving a role and taking it away. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { PASSWORD } from "../lib/suite.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/** @param {import("playwright-core").Page} page */
async function confirm(page) {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Ваш пароль").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Подтвердить" }).click();
}

test("an administrator of a company sees its people alone and invites into its houses", async () => {
  const { page, context, faults } = await visit(browser);
  await signIn(page, "admin2");
  assert.equal(await page.getByRole("link", { name: "Акты об уничтожении данных" }).count(), 0, "acts are the portal's");
  await page.getByRole("link", { name: "Сотрудники" }).click();
  await loaded(page);
  await page.getByRole("heading", { name: "Галина Сергеевна" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Ольга Дмитриевна" }).count(), 0);
  // Whoever is alone there has the form before the eyes; beside others it is folded.
  const form = page.locator("details.card[open] form");
  const where = form.getByLabel("Где", { exact: true });
  assert.deepEqual(await where.locator("option").allTextContents(), ["Выберите", "ТСЖ «Соседи»", "г. Рязань, ул. Садовая, д. 3"]);
  assert.equal(await where.locator("option:checked").textContent(), "Выберите", "a reach is given, not overlooked");
  await form.getByLabel("Логин").fill(`keeper-${Date.now()}`);
  await form.getByLabel("Как обращаться").fill("Смотритель");
  await form.getByLabel("исполнитель").check();
  await form.getByRole("button", { name: "Сделать ссылку" }).click();
  await form.getByRole("link", { name: "Выберите, где" }).waitFor();
  await where.selectOption({ label: "г. Рязань, ул. Садовая, д. 3" });
  await form.getByRole("button", { name: "Сделать ссылку" }).click();
  await confirm(page);
  await page.getByRole("heading", { name: "Передайте эту ссылку" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: "исполнитель, г. Рязань, ул. Садовая, д. 3" }).first().waitFor();
  const invited = await visit(browser, { viewport: PHONE });
  await invited.page.goto(await page.locator("[data-link] code").innerText());
  await invited.page.getByText("Ваша роль: исполнитель. Где: г. Рязань, ул. Садовая, д. 3.").waitFor();
  await assertAccessible(invited.page, "/invitation to work");
  await invited.context.close();
  for (const viewport of [PHONE, DESKTOP]) {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await assertAccessible(page, `/staff ${viewport.width} ${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an administrator of the portal gives a role in a company, finds it by its place and takes it away", async () => {
  const { page, context, faults } = await visit(browser);
  await signIn(page, "admin");
  await open(page, "/staff");
  const manager = page.getByRole("article").filter({ hasText: "Глеб Николаевич" });
  await page.getByLabel("Имя или логин").fill("глеб");
  assert.equal(await page.getByRole("article").filter({ visible: true }).count(), 1, "a name is found whatever its case");
  await page.getByLabel("Имя или логин").fill("");
  await manager.getByText("Изменить роли или вход").click();
  await manager.getByText("Дать ещё роль").click();
  await manager.getByRole("combobox", { name: "Роль" }).selectOption({ label: "инспектор" });
  await manager.getByRole("combobox", { name: "Где" }).selectOption({ label: "ТСЖ «Соседи»" });
  await manager.getByRole("button", { name: /^Дать роль/ }).click();
  await confirm(page);
  await manager.getByRole("listitem").filter({ hasText: "инспектор: ТСЖ «Соседи»" }).waitFor();
  await page.getByLabel("Где работают").selectOption({ label: "ТСЖ «Соседи»" });
  assert.equal(await page.getByRole("article").filter({ hasText: "Вера Павловна" }).isVisible(), false);
  await manager.getByText("Изменить роли или вход").click();
  await manager.getByRole("button", { name: /^Снять роль: инспектор, ТСЖ «Соседи»/ }).click();
  await confirm(page);
  await manager.getByRole("listitem").filter({ hasText: "инспектор: ТСЖ «Соседи»" }).waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  await context.close();
});
