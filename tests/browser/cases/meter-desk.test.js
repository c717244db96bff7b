// @ts-check
/** The company finds a meter and records that it was replaced; the resident sees the story. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a failed meter is recorded by its number, and its resident reads of it", async () => {
  const anna = await visit(browser);
  await signIn(anna.page, "anna");
  await open(anna.page, "/history");
  await loaded(anna.page);
  await anna.page.getByRole("heading", { name: "Что было со счётчиком" }).waitFor();
  const serial = ((await anna.page.locator("#meter-title + p").textContent()) ?? "").split("№\u00a0")[1] ?? "";

  const manager = await visit(browser);
  await signIn(manager.page, "manager");
  await open(manager.page, "/meter-desk");
  await manager.page.getByRole("button", { name: "Найти" }).click();
  await manager.page.locator(".error-summary:focus").waitFor();
  await manager.page.getByLabel("Номер счётчика").fill(serial);
  await manager.page.getByRole("button", { name: "Найти" }).click();
  const form = manager.page.locator("form", { hasText: "Записать событие" });
  await form.getByLabel("Что случилось").selectOption("replaced");
  await form.getByLabel("Номер нового счётчика").waitFor();
  await assertAccessible(manager.page, "a replacement");
  await form.getByRole("button", { name: "Записать" }).click();
  await manager.page.locator(".error-summary:focus").waitFor();
  await form.getByLabel("Что случилось").selectOption("sealed");
  const day = await manager.page.evaluate(() => new Date().toISOString().slice(0, 10));
  await form.getByLabel("Когда", { exact: true }).fill(day);
  await form.getByRole("button", { name: "Записать" }).click();
  await manager.page.getByText("Опломбирован", { exact: true }).first().waitFor();

  await open(anna.page, "/history");
  await loaded(anna.page);
  await anna.page.getByText("Опломбирован").waitFor();
  assert.ok(await anna.page.getByText("Установлен").isVisible());
  await assertAccessible(anna.page, "the story of a meter");
});
