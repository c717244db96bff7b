// @ts-check
/** The protection of the sign-in: a second step switched on, asked for, trusted and taken away; a sign-in denied, a lost device. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, PASSWORD, RESIDENTS, codeSentBy, linkSentBy } from "../lib/suite.js";

/** Nothing else signs in as these. */
const [OWNER, BLOCKED] = [RESIDENTS[17], RESIDENTS[16]].map((resident) => resident ?? { login: "", phone: "" });

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * The first step of a sign-in, which the second one follows.
 * @param {Page} page
 * @param {string} login
 */
async function firstStep(page, login) {
  await page.goto(`${BASE_URL}/sign-in`);
  await page.getByLabel("Телефон, почта или логин").fill(login);
  await page.getByLabel("Пароль", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Войти", exact: true }).click();
  await page.getByRole("heading", { name: "Подтвердите, что это вы" }).waitFor();
}

test("a second step is switched on, asked for, trusted on a device, and switched off", async () => {
  const own = await visit(browser, { viewport: PHONE });
  const { page } = own;
  await signIn(page, OWNER?.login ?? "");
  await open(page, "/security");
  await assertAccessible(page, "/security without a second step");
  await page.getByRole("button", { name: "Подключить приложение" }).click();
  await confirmByCode(page, OWNER?.phone ?? "");
  await page.getByAltText(/QR-код/).waitFor();
  await assertAccessible(page, "/security with a picture for an app");
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await page.setViewportSize(PHONE);
  await page.getByRole("button", { name: "Не нужно" }).click();
  await page.getByRole("button", { name: "Присылать код" }).click();
  await confirmByCode(page, OWNER?.phone ?? "");
  await page.getByRole("heading", { name: "Сохраните коды восстановления" }).waitFor();
  await assertAccessible(page, "/security with codes for paper");
  const codes = await page.locator(".recovery-codes code").allInnerTexts();
  assert.equal(codes.length, 10);
  await page.getByText(`вход ${OWNER?.login},`).waitFor();
  await page.emulateMedia({ media: "print" });
  const paper = await page.evaluate(() => document.body.innerText);
  await page.emulateMedia({ media: null });
  assert.ok(paper.includes(`вход ${OWNER?.login},`) && codes.every((code) => paper.includes(code)), paper);
  assert.ok(!/Код из приложения|Распечатать|Главная/.test(paper), "nothing else goes on the sheet");
  await page.getByRole("button", { name: "Коды сохранены" }).click();
  await page.getByText("Осталось: 10 кодов").waitFor();

  const other = await visit(browser, { viewport: DESKTOP });
  await firstStep(other.page, OWNER?.login ?? "");
  await assertAccessible(other.page, "the second step");
  await other.page.getByRole("button", { name: "Ввести код восстановления" }).click();
  await other.page.getByLabel("Код восстановления").fill("0000-0000-0000-0000");
  await other.page.getByRole("button", { name: "Войти", exact: true }).last().click();
  await other.page.locator(".error-summary:focus").waitFor();
  await other.page.getByLabel("Код восстановления").fill(codes[0] ?? "");
  await other.page.getByLabel(/Не спрашивать код/).check();
  await other.page.getByRole("button", { name: "Войти", exact: true }).last().click();
  await other.page.waitForURL(`${BASE_URL}/`);
  await signIn(other.page, OWNER?.login ?? "");
  await open(other.page, "/security");
  await other.page.getByText("Это устройство").waitFor();
  await assertAccessible(other.page, "/security with a trusted device");
  await other.page.getByRole("button", { name: /^Снять доверие:/ }).click();
  await other.page.getByText("Таких устройств нет.").waitFor();
  await other.page.getByRole("button", { name: "Отключить код сообщением" }).click();
  await confirmByCode(other.page, OWNER?.phone ?? "");
  await other.page.getByRole("button", { name: "Присылать код" }).waitFor();
  await other.page.getByRole("button", { name: "Завершить входы на других устройствах" }).click();
  await other.page.getByText("Входы на других устройствах завершены").waitFor({ state: "attached" });
  const status = await page.evaluate(async () => (await fetch("/api/auth/session")).status);
  assert.equal(status, 401, "the other browser is signed out");
  for (const { faults, context } of [own, other]) {
    assert.deepEqual(faults, []);
    await context.close();
  }
});

/**
 * One of the two who let somebody in: what the page says then.
 * @param {Page} page
 * @param {string} said
 */
async function letIn(page, said) {
  await open(page, "/support");
  await page.getByLabel("Логин, телефон или почта").fill(BLOCKED?.login ?? "");
  await page.getByLabel("Зачем вы ищете этого человека").selectOption("sign-in-help");
  await page.getByRole("button", { name: "Найти" }).click();
  await page.getByLabel("Как вы убедились, кто перед вами").fill("пришла с паспортом");
  await page.locator("[data-support-unblock] [type=submit]").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Ваш пароль").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Подтвердить" }).click();
  await page.getByText(said).first().waitFor();
}

test("a link that is none is told so, and a lost device stops the sign-in until two let in", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/not-me#nothing`);
  await loaded(page);
  await page.getByRole("heading", { name: "Ссылка не действует" }).waitFor();
  await assertAccessible(page, "/not-me with an old link");
  await page.goto(`${BASE_URL}/sign-in`);
  await signIn(page, BLOCKED?.login ?? "");
  await open(page, "/security");
  await page.getByRole("button", { name: "Заблокировать вход" }).click();
  await confirmByCode(page, BLOCKED?.phone ?? "");
  await page.getByRole("heading", { name: "Вход остановлен" }).waitFor();
  await page.locator("[data-support-phone] a[href^='tel:']").waitFor();
  await page.getByLabel("Телефон, почта или логин").fill(BLOCKED?.login ?? "");
  await page.getByLabel("Пароль", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Войти", exact: true }).click();
  await page.getByText("потеряли устройство").waitFor();

  const support = await visit(browser, { viewport: DESKTOP });
  await signIn(support.page, "support");
  await open(support.page, "/support");
  await support.page.getByLabel("Логин, телефон или почта").fill(BLOCKED?.login ?? "");
  await support.page.getByLabel("Зачем вы ищете этого человека").selectOption("sign-in-help");
  await support.page.getByRole("button", { name: "Найти" }).click();
  await support.page.getByText("потеряно устройство").waitFor();
  await assertAccessible(support.page, "/support with a block");
  await letIn(support.page, "Теперь должен согласиться другой");
  await support.page.getByRole("heading", { name: "Ждут второго сотрудника" }).waitFor();
  await support.page.getByText("Предложили вы").waitFor();
  await assertAccessible(support.page, "/support with a question");
  const other = await visit(browser, { viewport: DESKTOP });
  await signIn(other.page, "support2");
  await open(other.page, "/support");
  await other.page.getByRole("button", { name: "Открыть: " }).first().click();
  await other.page.getByRole("button", { name: "Согласиться и получить ссылку" }).waitFor();
  await other.page.getByText("«пришла с паспортом»").first().waitFor();
  await letIn(other.page, "Передайте эту ссылку");

  await page.goto(await other.page.locator("[data-link] code").innerText());
  await loaded(page);
  await page.getByText("телефон и почту нужно подтвердить заново").waitFor();
  await page.getByRole("heading", { name: "Вход открыт заново", level: 1 }).waitFor();
  assert.equal(await page.locator("[data-invitation-login]").innerText(), BLOCKED?.login);
  assert.equal(await page.locator("#login").inputValue(), BLOCKED?.login);
  await assertAccessible(page, "/invitation of two");
  await page.getByLabel("Придумайте пароль").fill(PASSWORD);
  await page.getByRole("button", { name: "Сохранить и войти" }).click();
  await page.waitForURL(`${BASE_URL}/profile`);
  await page.getByText("Ждёт подтверждения: коды сюда не приходят.").waitFor();
  await page.getByRole("button", { name: "Убрать: Телефон" }).waitFor();
  await assertAccessible(page, "/profile with a contact to be proved again");
  await page.getByLabel("Новый телефон или почта").fill(BLOCKED?.phone ?? "");
  const code = await codeSentBy(BLOCKED?.phone ?? "", async () => {
    await page.getByRole("button", { name: "Продолжить" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Ваш пароль").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Подтвердить" }).click();
  });
  await page.getByLabel("Код из сообщения").fill(code);
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.getByText("Ждёт подтверждения: коды сюда не приходят.").waitFor({ state: "detached" });

  await letIn(support.page, "Теперь должен согласиться другой");
  await page.goto(await linkSentBy(BLOCKED?.phone ?? "", "/not-me", () => letIn(other.page, "Передайте эту ссылку")));
  await loaded(page);
  await page.getByText("Двое сотрудников решили, что говорят с вами").waitFor();
  await assertAccessible(page, "/not-me about a link of two");
  await page.getByRole("button", { name: "Это не я, отменить ссылку" }).click();
  await page.getByRole("heading", { name: "Ссылка отменена" }).waitFor();
  await open(support.page, "/support");
  const waiting = support.page.locator("[data-support-waiting]");
  await waiting.getByText("Ссылку отменили: это был не он.").waitFor();
  await waiting.getByRole("button", { name: "Открыть: " }).click();
  await support.page.locator("[data-support-facts]").getByText("Ссылку отменили: это был не он.").waitFor();
  await assertAccessible(support.page, "/support with a link that was denied");
  assert.deepEqual([...faults, ...support.faults, ...other.faults], []);
  for (const one of [context, support.context, other.context]) await one.close();
});
