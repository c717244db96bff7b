// @ts-check
/** Signing in at a provider, through its own page: who is new begins here, who has a login links it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { PHONE, confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, RESIDENTS } from "../lib/suite.js";

const SERVICE = "Единый вход";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * @param {import("playwright-core").Page} page
 * @param {string} who
 */
async function choose(page, who) {
  await page.getByRole("heading", { name: "Песочница: единый вход" }).waitFor();
  await page.getByRole("button", { name: who }).click();
  await page.waitForURL((url) => url.origin === BASE_URL);
  await loaded(page);
}

test("who declines is told so, who links proves both, and then either way leads in", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in?next=/profile`);
  await page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await choose(page, "Отказаться");
  await page.getByRole("heading", { name: "Вы отказались от входа" }).waitFor();
  await assertAccessible(page, "a declined sign-in");
  await page.goto(`${BASE_URL}/sign-in?next=/profile`);
  await page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await choose(page, "Петров Борис Ильич");
  await page.getByText("как Петров Борис Ильич").waitFor();
  await assertAccessible(page, "who is new decides");
  await page.getByRole("button", { name: "Войти и связать" }).click();
  await page.waitForURL(/sign-in\?reason=link/);
  await page.getByText(`Вход через «${SERVICE}» свяжется с ним.`).waitFor();
  assert.equal(await page.getByRole("button", { name: /через|ключом/ }).filter({ visible: true }).count(), 0, "only the password");
  await assertAccessible(page, "a sign-in that links");
  await signIn(page, RESIDENTS[19]?.login ?? "");
  await page.getByRole("button", { name: "Связать" }).click();
  await confirmByCode(page, RESIDENTS[19]?.phone ?? "");
  await page.getByText(`Готово: теперь вы можете входить и через «${SERVICE}».`).waitFor();
  assert.equal(page.url(), `${BASE_URL}/profile`, "said once");
  assert.equal(await page.locator("h2:focus").innerText(), "Вход через другие сервисы");
  await page.getByText(`${SERVICE}: Петров Борис Ильич, сведения от`).waitFor();
  await assertAccessible(page, "the profile with another way in");
  await page.getByRole("button", { name: `Обновить сведения через «${SERVICE}»` }).click();
  await choose(page, "Петров Борис Ильич");
  await page.getByText(`Сведения сервиса «${SERVICE}» обновлены.`).waitFor();
  assert.equal(page.url(), `${BASE_URL}/profile`);
  await context.close();

  const other = await visit(browser, { viewport: PHONE });
  await other.page.goto(`${BASE_URL}/sign-in?next=/readings`);
  await other.page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await choose(other.page, "Петров Борис Ильич");
  assert.equal(other.page.url(), `${BASE_URL}/readings`);
  await other.page.goto(`${BASE_URL}/profile`);
  await loaded(other.page);
  await other.page.getByRole("button", { name: "Отвязать" }).click();
  await confirmByCode(other.page, RESIDENTS[19]?.phone ?? "");
  await other.page.getByText(`Вход через «${SERVICE}» отвязан.`).waitFor();
  await other.page.getByRole("button", { name: `Добавить «${SERVICE}»` }).waitFor();
  await other.context.close();
});

test("who is new takes the name over or gives another, gives a consent, and goes on where the way began", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in?next=/readings`);
  await page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await choose(page, "Новикова Вера Павловна");
  // On a state that was used before she is no newcomer.
  if (new URL(page.url()).pathname === "/identity") {
    const name = page.getByLabel("Как к вам обращаться");
    assert.equal(await name.inputValue(), "Новикова Вера Павловна");
    await name.fill("Вера Павловна");
    await page.getByRole("button", { name: "Начать" }).click();
    await page.getByRole("button", { name: "Даю согласие" }).click();
    await page.waitForURL(`${BASE_URL}/readings`);
  }
  await page.goto(`${BASE_URL}/`);
  await loaded(page);
  await page.locator(".greeting", { hasText: "Вера Павловна" }).waitFor();
  await context.close();
});

test("who thinks better of it is forgotten at once", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in`);
  await page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await choose(page, "Иванова Анна Сергеевна");
  // On a state that was used before she may have a login.
  if (new URL(page.url()).pathname === "/identity") {
    await page.getByRole("button", { name: "Забыть этот вход" }).click();
    await page.getByRole("heading", { name: "Вы отказались от входа" }).waitFor();
    await page.goto(`${BASE_URL}/identity`);
    await page.getByRole("link", { name: "Начните вход заново." }).waitFor();
  }
  await context.close();
});

test("who has nothing else to confirm with signs in anew and comes back to where the action is", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in?next=/profile`);
  await page.getByRole("button", { name: `Войти через «${SERVICE}»` }).click();
  await page.getByLabel("Вы вошли сюда").selectOption("an-hour-ago");
  await choose(page, "Новикова Вера Павловна");
  assert.equal(page.url(), `${BASE_URL}/profile`);
  const contact = page.getByLabel("Новый телефон или почта");
  await contact.fill("vera@example.ru");
  const goOn = async () => {
    await page.getByRole("button", { name: "Продолжить" }).click();
    await page.getByRole("heading", { name: "Подтвердите, что это вы" }).waitFor();
  };
  await goOn();
  await assertAccessible(page, "a confirmation by a new sign-in");
  await page.getByRole("button", { name: `Войти ещё раз через «${SERVICE}»` }).click();
  await page.getByLabel("Вы вошли сюда").selectOption("an-hour-ago");
  await choose(page, "Новикова Вера Павловна");
  assert.equal(page.url(), `${BASE_URL}/profile`);
  assert.equal(await contact.inputValue(), "vera@example.ru", "what was typed is there again");
  assert.ok(await contact.evaluate((element) => element === document.activeElement));
  await page.getByText("Нажмите «Продолжить» ещё раз.").waitFor();
  await goOn();
  await page.getByRole("button", { name: "Подтвердить", exact: true }).click();
  await page.getByRole("button", { name: "Подтвердить контакт" }).waitFor();
  await context.close();
});

test("the state service lets in by a session that is open there, which is told with the way out", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in?reason=provider-not-anew`);
  await page.getByRole("heading", { name: "Сервис впустил вас, не спросив заново" }).waitFor();
  await assertAccessible(page, "a sign-in that was not anew");
  await context.close();
});

test("a page that nobody waits at says how to begin", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/identity`);
  await loaded(page);
  await page.getByRole("link", { name: "Начните вход заново." }).waitFor();
  await context.close();
});

test("who came by the state service is led out there too, and comes back signed out", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in`);
  await page.getByRole("button", { name: "Войти через «Госуслуги»" }).click();
  await page.getByRole("heading", { name: "Песочница: Госуслуги" }).waitFor();
  await page.getByRole("button", { name: "Новикова Вера" }).click();
  await page.waitForURL((url) => url.origin === BASE_URL);
  await loaded(page);
  // On a state that was used before she is no newcomer.
  if (new URL(page.url()).pathname === "/identity") {
    await page.getByLabel("Как к вам обращаться").fill("Вера");
    await page.getByRole("button", { name: "Начать" }).click();
    await page.getByRole("button", { name: "Даю согласие" }).click();
    await page.waitForURL(`${BASE_URL}/`);
    await loaded(page);
    await setPassword(page);
  }
  await page.locator("[data-sign-out]").click();
  await page.getByRole("heading", { name: "Вы вышли" }).waitFor();
  await context.close();
});

/**
 * Whose first way in was a provider reads by what a password signs in.
 * @param {import("playwright-core").Page} page
 */
async function setPassword(page) {
  await open(page, "/profile");
  await page.getByText("пароля нет, его можно задать ниже").waitFor();
  assert.equal(await page.getByText("смените пароль").count(), 0, "there is none to change");
  await page.getByLabel("Новый пароль", { exact: true }).fill("сосна-и-72-ели");
  await page.getByRole("button", { name: "Задать пароль" }).click();
  await page.getByRole("dialog", { name: "Подтвердите, что это вы" }).getByRole("button", { name: "Подтвердить", exact: true }).click();
  await page.getByText(/Пароль задан\. С ним подойдёт любое из этого: (СНИЛС, )?логин esia-/).waitFor();
}

test("an account that the state service has not confirmed is told how to confirm it", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await page.goto(`${BASE_URL}/sign-in`);
  await page.getByRole("button", { name: "Войти через «Госуслуги»" }).click();
  await page.getByLabel("Ошибка").selectOption("007055");
  await page.getByRole("button", { name: "Петров Борис" }).click();
  await page.getByRole("heading", { name: "Ваша учётная запись у сервиса не подтверждена" }).waitFor();
  await assertAccessible(page, "an account that is not confirmed");
  await context.close();
});
