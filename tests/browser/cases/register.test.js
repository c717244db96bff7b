// @ts-check
/** Newcomers and the forgetful: registration with its consent, a new password by a code; on a phone and a desktop. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, visit } from "../lib/browser.js";
import { BASE_URL, codeSentBy } from "../lib/suite.js";

const PASSWORD = "сосна-и-72-ели";
const NEW_PASSWORD = "другая-сосна-73";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

for (const [name, viewport] of /** @type {const} */ ([["a phone", PHONE], ["a desktop", DESKTOP]])) {
  describe(`on ${name}`, () => {
    const phone = freshPhone();

    test("somebody registers, with the consent as a step of its own", async () => {
      const { page, faults, context } = await visit(browser, { viewport });
      await open(page, "/sign-in");
      await page.getByRole("link", { name: "Зарегистрироваться" }).click();
      await page.waitForURL(`${BASE_URL}/register`);
      const sent = await askForCode(page, phone);
      await consent(page);
      await finish(page, sent);
      await page.waitForURL(`${BASE_URL}/`);
      await page.getByRole("link", { name: "Привязать счёт" }).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });

    test("a forgotten password is replaced by a code", async () => {
      const { page, faults, context } = await visit(browser, { viewport });
      await open(page, "/sign-in");
      await page.getByRole("link", { name: "Забыли пароль?" }).click();
      await page.waitForURL(`${BASE_URL}/recover`);
      await recover(page, phone);
      await page.waitForURL(`${BASE_URL}/`);
      await page.getByRole("heading", { name: "Пароль изменён, вы вошли" }).waitFor();
      await assertAccessible(page, "the end of a recovery");
      await page.getByRole("link", { name: "Привязать счёт" }).waitFor();
      assert.deepEqual(faults, []);
      await context.close();
    });

    test("a consent can be withdrawn and given again", async () => {
      const { page, faults, context } = await visit(browser, { viewport });
      await open(page, "/sign-in?next=/consents");
      await page.getByLabel("Телефон, почта или логин").fill(phone);
      await page.getByLabel("Пароль", { exact: true }).fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Войти", exact: true }).click();
      await page.waitForURL(`${BASE_URL}/consents`);
      await page.getByText("Вы дали согласие").waitFor();
      await assertAccessible(page, "a given consent");
      await page.getByText("Отозвать согласие", { exact: true }).click();
      await page.getByRole("button", { name: "Отзываю согласие" }).click();
      await page.getByText("Вы отозвали согласие").waitFor();
      const banner = page.getByRole("complementary", { name: "Ваш вход будет стёрт" });
      await banner.getByText("новых данных портал не примет").waitFor();
      await assertAccessible(page, "a withdrawn consent");
      await open(page, "/");
      await banner.getByRole("link", { name: "Дать согласие снова" }).click();
      const portal = page.getByRole("region", { name: "Согласие на обработку персональных данных" });
      await portal.getByRole("button", { name: "Даю согласие" }).click();
      await page.getByText("Вы дали согласие").waitFor();
      await banner.waitFor({ state: "detached" });
      assert.deepEqual(faults, []);
      await context.close();
    });
  });
}

test("an invitation that was never made says so and leads to the sign-in", async () => {
  const { page, faults, context } = await visit(browser);
  await open(page, `/invitation#${"A".repeat(43)}`);
  await page.getByRole("heading", { name: "По этой ссылке не войти" }).waitFor();
  await assertAccessible(page, "an invitation that was never made");
  await page.getByRole("link", { name: "Войти с паролем" }).waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

/** A phone that nobody has, also when the tests run again over one state. */
function freshPhone() {
  return `+79${String(Math.floor(Math.random() * 1e9)).padStart(9, "0")}`;
}

/**
 * Answers the code that went out.
 * @param {import("playwright-core").Page} page
 * @param {string} phone
 */
async function askForCode(page, phone) {
  const contact = page.getByLabel("Телефон или почта");
  await contact.fill("анна");
  await page.getByRole("button", { name: "Получить код" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await assertAccessible(page, "no contact");
  await contact.fill(phone);
  return codeSentBy(phone, () => page.getByRole("button", { name: "Получить код" }).click());
}

/** @param {import("playwright-core").Page} page */
async function consent(page) {
  await page.getByText("Шаг 2 из 3").waitFor();
  assert.equal(await page.locator("input[type=checkbox]").count(), 0, "nothing is ticked for anybody");
  await page.getByRole("button", { name: "Не даю" }).click();
  await page.getByRole("heading", { name: "Можно и без портала" }).waitFor();
  await assertAccessible(page, "the consent");
  await page.getByRole("button", { name: "Даю согласие" }).click();
  await page.getByText("Шаг 3 из 3").waitFor();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} sent
 */
async function finish(page, sent) {
  await page.getByLabel("Как к вам обращаться").fill("Мария Ивановна");
  await page.reload();
  assert.equal(await page.getByLabel("Как к вам обращаться").inputValue(), "Мария Ивановна");
  await page.getByLabel("Код из сообщения").fill("000000");
  await page.getByLabel("Придумайте пароль").fill("12345678");
  assert.equal(await page.locator(".rule--met").count(), 2, "long enough, but of digits alone");
  await page.getByRole("button", { name: "Зарегистрироваться" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await assertAccessible(page, "a weak password");

  await page.getByLabel("Придумайте пароль").fill(PASSWORD);
  assert.equal(await page.locator(".rule--met").count(), 3);
  await page.getByRole("button", { name: "Зарегистрироваться" }).click();
  await page.getByText("Остались 4 попытки").or(page.getByText("Осталось 4 попытки")).first().waitFor();
  await page.getByLabel("Код из сообщения").fill(sent);
  await page.getByRole("button", { name: "Зарегистрироваться" }).click();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} phone
 */
async function recover(page, phone) {
  await assertAccessible(page, "who forgot");
  await page.getByLabel("Телефон, почта или логин").fill(phone);
  const sent = await codeSentBy(phone, () => page.getByRole("button", { name: "Получить код" }).click());
  await page.getByText("Шаг 2 из 2").waitFor();
  await assertAccessible(page, "a code and a new password");
  await page.getByLabel("Код из сообщения").fill(sent);
  await page.getByLabel("Новый пароль").fill(NEW_PASSWORD);
  await page.getByRole("button", { name: "Сохранить и войти" }).click();
}
