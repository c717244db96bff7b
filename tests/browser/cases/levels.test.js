// @ts-check
/** A person is asked to confirm again, sends documents, corrects what came back, and is confirmed by the company. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { RESIDENTS } from "../lib/suite.js";

/** Of the demo: one who has an account. */
const ANNA_PHONE = "+79000000015";
const PAGE = { name: "page.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 a page") };

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("an identity is confirmed by documents, with a correction on the way", async () => {
  const manager = await visit(browser);
  await signIn(manager.page, "manager");
  await open(manager.page, "/level-desk");
  await manager.page.getByLabel("Логин, телефон или почта").fill("anna");
  await manager.page.getByLabel("Причина").fill("Сменился собственник.");
  await manager.page.getByRole("button", { name: "Попросить" }).click();
  await manager.page.getByText("просьба отправлена").waitFor();
  await assertAccessible(manager.page, "the desk");

  const anna = await visit(browser);
  await signIn(anna.page, "anna");
  await open(anna.page, "/level");
  await loaded(anna.page);
  await anna.page.getByText("Сменился собственник.").waitFor();
  await assertAccessible(anna.page, "the consent to documents");
  await anna.page.getByRole("button", { name: "Даю согласие" }).click();
  await anna.page.getByRole("button", { name: "Отправить заявку" }).click();
  await anna.page.locator(".error-summary:focus").waitFor();
  await assertAccessible(anna.page, "a request that lacks everything");
  await fill(anna.page);
  await anna.context.clearCookies();
  await anna.page.reload();
  await anna.page.waitForURL(/\/sign-in\?next=%2Flevel&reason=expired$/);
  await signIn(anna.page, "anna");
  await anna.page.getByText("Вернули то, что вы набрали.").waitFor();
  assert.equal(await anna.page.getByLabel("Кем выдан паспорт").inputValue(), "УМВД России");
  for (const label of ["Серия и номер паспорта", "СНИЛС"]) {
    assert.equal(await anna.page.getByLabel(label, { exact: true }).inputValue(), "", `${label} lies in no storage`);
  }
  await fill(anna.page);
  await anna.page.getByRole("button", { name: "Отправить заявку" }).click();
  await confirmByCode(anna.page, ANNA_PHONE);
  await anna.page.getByText("Заявка отправлена").first().waitFor();

  await decide(manager.page, async (card) => {
    await card.getByRole("button", { name: "Подтвердить личность" }).click();
    await card.locator(".error-summary:focus").getByText(/^Решите: /).first().waitFor();
    await assertAccessible(manager.page, "a decision that leaves out the documents");
    await card.getByRole("link", { name: "Открыть: скан паспорта, файл 2 из 2" }).waitFor();
    await card.getByLabel("Решение: фамилия").selectOption("mismatch");
    await assertAccessible(manager.page, "a request on the desk");
    await card.getByRole("button", { name: "Вернуть на исправление: 1" }).waitFor();
  });
  await open(anna.page, "/level");
  await anna.page.getByText("Что исправить").waitFor();
  assert.equal(await anna.page.getByLabel("Имя", { exact: true }).count(), 0, "what was right is not asked for again");
  await anna.page.getByText("Прежние ответы мы для безопасности не показываем").waitFor();
  await assertAccessible(anna.page, "a correction");
  await anna.page.getByLabel("Фамилия").fill("Лугова");
  await anna.page.getByRole("button", { name: "Отправить заявку" }).click();
  await confirmByCode(anna.page, ANNA_PHONE);
  await anna.page.getByText("Заявка отправлена").first().waitFor();
  await decide(manager.page, async () => {});

  // No session of before rises with the level.
  await signIn(anna.page, "anna");
  await open(anna.page, "/profile");
  await anna.page.getByText("Вашу личность подтвердила управляющая организация").waitFor();
  assert.deepEqual([...manager.faults, ...anna.faults], []);
  await manager.context.close();
  await anna.context.close();
});

test("nobody is asked to consent to documents before there is an account to check them by", async () => {
  const { page, context, faults } = await visit(browser);
  await signIn(page, RESIDENTS[13]?.login ?? "");
  await open(page, "/level");
  await page.getByRole("link", { name: "привяжите лицевой счёт" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Даю согласие" }).count(), 0);
  await assertAccessible(page, "the level of who has no account");
  assert.deepEqual(faults, []);
  await context.close();
});

/** @param {import("playwright-core").Page} page */
async function fill(page) {
  for (const [label, text] of [
    ["Фамилия", "Лугова"], ["Имя", "Анна"], ["Отчество", "Сергеевна"], ["Дата рождения", "1986-04-12"],
    ["Серия и номер паспорта", "6112 345678"], ["Кем выдан паспорт", "УМВД России"], ["Когда выдан паспорт", "2006-05-02"],
    ["СНИЛС", "112-233-445 95"], ["Адрес регистрации", "г. Рязань, ул. Ленина, д. 10, кв. 15"],
  ]) await page.getByLabel(label ?? "", { exact: true }).fill(text ?? "");
  await page.getByLabel(/^Паспорт:/).setInputFiles([PAGE, { ...PAGE, name: "page-2.pdf" }]);
  for (const label of [/^СНИЛС:/, /^Выписка/]) await page.getByLabel(label).setInputFiles(PAGE);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {(card: import("playwright-core").Locator) => Promise<void>} mark
 */
async function decide(page, mark) {
  await open(page, "/level-desk");
  await page.getByRole("button", { name: /^Открыть: Анна/ }).click();
  const card = page.locator("section[aria-labelledby=seen-title]");
  await card.getByText("Каждый просмотр").waitFor();
  for (const link of await card.locator('a[href*="/documents/"]').all()) {
    await page.request.get(new URL(String(await link.getAttribute("href")), page.url()).href);
  }
  await mark(card);
  for (const select of await card.locator("select").all()) {
    if (await select.inputValue() === "undecided") await select.selectOption({ label: "в порядке" });
  }
  await card.getByRole("button", { name: /^(Подтвердить личность|Вернуть на исправление)/ }).click();
  await page.getByText("Никто не ждёт.").waitFor();
}
