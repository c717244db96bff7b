// @ts-check
/** A person's own pages: profile, journal, sessions; the support's desk; the warning before the session ends. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, PASSWORD, codeSentTo } from "../lib/suite.js";

const NEW_PASSWORD = "сосна-и-72-ели";
/** Nothing else signs in with it, so it may be locked and change its password. */
const LOGIN = "executor";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const viewport of [PHONE, DESKTOP]) {
  test(`profile, sessions and support have nothing that axe objects to at ${viewport.width} px`, async () => {
    const { page, context, faults } = await visit(browser, { viewport });
    await signIn(page, "support");
    for (const path of ["/profile", "/sessions", "/support"]) {
      await open(page, path);
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page, `${path} ${viewport.width} ${colorScheme}`);
      }
      await page.setViewportSize({ width: 320, height: 640 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, `${path} at 320 px`);
      await page.setViewportSize(viewport);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a person changes the name and finds it in the header and in the journal", async () => {
  const { page, context, faults } = await visit(browser);
  await signIn(page, LOGIN);
  await page.locator(".person-link").click();
  await loaded(page);
  const name = page.getByLabel("Как к вам обращаться");
  const before = await name.inputValue();
  await name.fill(`${before} младший`);
  await page.reload();
  await loaded(page);
  assert.equal(await name.inputValue(), `${before} младший`, "typed text survives a reload");
  await page.getByRole("button", { name: "Сохранить имя" }).click();
  await page.getByText("Имя сохранено.").waitFor();
  assert.equal(await page.locator("[data-person-name]").innerText(), `${before} младший`);
  await name.fill(before);
  await page.getByRole("button", { name: "Сохранить имя" }).click();
  await page.waitForFunction((text) => document.querySelector("[data-person-name]")?.textContent === text, before);
  await page.reload();
  await loaded(page);
  await page.locator(".journal li", { hasText: "Имя изменено" }).first().waitFor();
  for (const [link, name] of [["таблицей", /^moydom-journal-.*\.csv$/], ["с доказательством", /^moydom-extract-.*\.json$/]]) {
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: String(link) }).click();
    assert.match((await download).suggestedFilename(), /** @type {RegExp} */ (name));
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("who has no contact adds one with the password, and the next one by a code that goes there", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, LOGIN);
  await open(page, "/profile");
  const first = `${LOGIN}-${Date.now()}@example.ru`;
  await page.getByLabel("Новый телефон или почта").fill(first);
  await page.getByRole("button", { name: "Продолжить" }).click();
  const dialog = page.getByRole("dialog", { name: "Подтвердите, что это вы" });
  await dialog.getByText("Действие: новый телефон или почта для входа.").waitFor();
  await assertAccessible(page, "a password confirms");
  await dialog.getByLabel("Ваш пароль").fill("не-тот-пароль-1");
  await dialog.getByRole("button", { name: "Подтвердить" }).click();
  await dialog.getByRole("alert").getByText("Это не ваш пароль").waitFor();
  await dialog.getByLabel("Ваш пароль").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Подтвердить" }).click();
  await dialog.waitFor({ state: "detached" });
  await proveContact(page, first);
  await page.getByText("e***@example.ru").waitFor();

  await page.getByLabel("Новый телефон или почта").fill("+7 916 000-00-99");
  await page.getByRole("button", { name: "Продолжить" }).click();
  await dialog.getByRole("button", { name: "Прислать письмо на e***@example.ru" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("alert").count(), 0, "who thinks better of it is told nothing");
  await page.getByRole("button", { name: "Продолжить" }).click();
  await dialog.getByRole("button", { name: "Прислать письмо на e***@example.ru" }).click();
  await dialog.getByLabel("Код из сообщения").waitFor();
  await dialog.getByLabel("Код из сообщения").fill(await codeSentTo(first));
  await assertAccessible(page, "a code confirms");
  await dialog.getByRole("button", { name: "Подтвердить" }).click();
  await dialog.waitFor({ state: "detached" });
  await proveContact(page, "+79160000099");
  await page.getByText("+7********99").waitFor();
  await page.getByRole("button", { name: "Убрать: Почта e***@example.ru" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

/**
 * @param {import("playwright-core").Page} page
 * @param {string} contact
 */
async function proveContact(page, contact) {
  await page.getByLabel("Код из сообщения").waitFor();
  await page.getByLabel("Код из сообщения").fill(await codeSentTo(contact));
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.getByText("Контакт изменён").waitFor();
}

test("a new password ends the other sessions, and the old one no longer fits", async () => {
  const first = await visit(browser);
  const second = await visit(browser);
  await signIn(first.page, LOGIN);
  await signIn(second.page, LOGIN);
  await changePassword(second.page, PASSWORD, NEW_PASSWORD);
  await first.page.reload();
  await first.page.waitForURL(/\/sign-in/);
  await changePassword(second.page, NEW_PASSWORD, PASSWORD);
  assert.deepEqual(second.faults, []);
  await first.context.close();
  await second.context.close();
});

test("a person ends the session of another device, which is then refused", async () => {
  const lost = await visit(browser);
  const own = await visit(browser);
  await signIn(lost.page, LOGIN);
  await signIn(own.page, LOGIN);
  await open(own.page, "/sessions");
  await own.page.getByText("Это устройство").waitFor();
  const count = await own.page.locator(".session").count();
  await own.page.getByRole("button", { name: /^Завершить/ }).first().click();
  await own.page.waitForFunction((left) => document.querySelectorAll(".session").length === left, count - 1);
  await lost.page.reload();
  await lost.page.waitForURL(/\/sign-in\?next=%2F&reason=expired/);
  assert.deepEqual(own.faults, []);
  await lost.context.close();
  await own.context.close();
});

test("after five wrong passwords the way out is told, and the support opens it again", async () => {
  const stranger = await visit(browser);
  await stranger.page.goto(`${BASE_URL}/sign-in`);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await stranger.page.getByLabel("Телефон, почта или логин").fill("inspector");
    await stranger.page.getByLabel("Пароль", { exact: true }).fill("guessed-password");
    const answer = stranger.page.waitForResponse("**/api/auth/sign-in");
    await stranger.page.getByRole("button", { name: "Войти", exact: true }).click();
    await answer;
    await stranger.page.locator(".error-summary:focus").waitFor();
  }
  await stranger.page.getByText("Восстановите вход по коду").waitFor();

  const support = await visit(browser);
  await signIn(support.page, "support");
  await open(support.page, "/support");
  await support.page.getByLabel("Логин, телефон или почта").fill("inspector");
  await support.page.getByLabel("Зачем вы ищете этого человека").selectOption("sign-in-help");
  await support.page.getByRole("button", { name: "Найти" }).click();
  await support.page.getByText("закрыт с").waitFor();
  for (const viewport of [PHONE, DESKTOP]) {
    await support.page.setViewportSize(viewport);
    await assertAccessible(support.page, `a person found, ${viewport.width}`);
  }
  await support.page.getByRole("button", { name: "Открыть вход" }).click();
  await support.page.locator(".error-summary:focus").waitFor();
  await support.page.getByLabel("Как вы убедились, что звонит этот человек").fill("Назвал номер счёта");
  await support.page.getByRole("button", { name: "Открыть вход" }).click();
  await support.page.locator("dd", { hasText: /^открыт$/ }).waitFor();
  await signIn(stranger.page, "inspector");
  assert.deepEqual([...support.faults, ...stranger.faults], []);
  await support.context.close();
  await stranger.context.close();
});

test("who is signed in finds the way home on the sign-in page, and a stranger is told nothing of it", async () => {
  const { page, context, faults } = await visit(browser);
  const known = page.getByRole("heading", { name: "Вы уже входили" });
  await open(page, "/sign-in");
  assert.equal(await known.isVisible(), false);
  await signIn(page, "support");
  await open(page, "/sign-in");
  await known.waitFor();
  await page.locator("main").getByRole("link", { name: "на главную" }).click();
  await page.waitForURL(`${BASE_URL}/`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("who is not of the support is told so", async () => {
  const { page, context } = await visit(browser);
  await signIn(page, "anna");
  await open(page, "/support");
  await page.getByRole("heading", { name: "Эта страница для поддержки" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Найти" }).count(), 0);
  await context.close();
});

test("who is no resident sees the own work first, and nothing is asked that would be refused", async () => {
  const { page, context, faults } = await visit(browser);
  /** @type {string[]} */
  const refused = [];
  page.on("response", (response) => { if (response.status() === 403) refused.push(response.url()); });
  await signIn(page, "admin");
  await page.getByRole("heading", { name: "Что вам доступно" }).waitFor();
  await page.getByRole("link", { name: "Загрузить данные домов и счетов" }).waitFor();
  await page.locator(".page-nav a[href='/readings']").waitFor({ state: "hidden" });
  await assertAccessible(page, "the home page of an administrator");
  for (const path of ["/readings", "/history", "/accounts", "/link"]) {
    await open(page, path);
    await page.getByRole("heading", { name: "Что вам доступно" }).waitFor();
  }
  assert.deepEqual(refused, []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("two minutes before the end a person is asked to stay, and after it finds the way back", async () => {
  const { page, context, faults } = await visit(browser);
  await page.clock.install();
  await signIn(page, "anna");
  await page.clock.runFor(13 * 60_000 + 6_000);
  const stay = page.getByRole("button", { name: "Остаться" });
  await stay.waitFor();
  await assertAccessible(page, "the warning");
  const asked = page.waitForResponse("**/api/auth/session");
  await stay.click();
  assert.equal((await asked).status(), 200);
  await stay.waitFor({ state: "hidden" });
  await page.clock.runFor(15 * 60_000 + 6_000);
  await page.waitForURL(/\/sign-in\?next=%2F&reason=expired/);
  await page.getByRole("heading", { name: "Сеанс закончился" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

/**
 * @param {import("playwright-core").Page} page
 * @param {string} old
 * @param {string} next
 */
async function changePassword(page, old, next) {
  await open(page, "/profile");
  await page.getByLabel("Нынешний пароль", { exact: true }).fill(old);
  await page.getByLabel("Новый пароль", { exact: true }).fill(next);
  await page.getByRole("button", { name: "Сменить пароль" }).click();
  await page.getByText("Пароль изменён.").waitFor();
}
