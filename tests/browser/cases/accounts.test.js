// @ts-check
/** An account's whole life: found by its address with a keyboard alone, linked, set, suspended, unlinked, archived. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, RESIDENTS, sentCode } from "../lib/suite.js";

/** The last of the desktop's residents ends with nothing linked, as it began. */
const RESIDENT = /** @type {typeof RESIDENTS[number]} */ (RESIDENTS.at(-1));
const FLAT = String(Number(RESIDENT.number));

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a resident finds a flat by a mistyped address, links it, sets it and leaves it", async () => {
  const { page, faults, context } = await visit(browser, { viewport: PHONE });
  await open(page, "/sign-in");
  await signIn(page, RESIDENT.login);
  await findFlat(page);
  await linkFlat(page);
  await openSettings(page);
  await nameIt(page);
  await addContact(page);
  await suspendAndResume(page);
  await unlink(page);
  await lookIntoArchive(page);
  assert.deepEqual(faults, []);
  await context.close();
});

/** @param {import("playwright-core").Page} page */
async function findFlat(page) {
  await open(page, "/link");
  const field = page.getByRole("combobox", { name: "Адрес квартиры" });
  await field.focus();
  await page.keyboard.type(`линина 10 ${FLAT}`);
  const options = page.getByRole("option");
  await options.first().waitFor();
  assert.match(await options.first().innerText(), new RegExp(`Ленина,\\sд.\\s10, кв.\\s${FLAT}`));
  await everywhere(page, "open suggestions");

  await page.keyboard.press("Escape");
  assert.equal(await field.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowDown");
  await options.first().waitFor();
  await page.keyboard.press("ArrowUp");
  assert.equal(await active(page), await options.last().innerText(), "up from the field leads to the end");
  await page.keyboard.press("ArrowDown");
  assert.equal(await active(page), await options.first().innerText());
  await page.keyboard.press("Enter");
  await page.locator("#number:focus").waitFor();
  await everywhere(page, "a chosen address");
}

/** @param {import("playwright-core").Page} page */
async function linkFlat(page) {
  await page.keyboard.type("0000000015");
  await page.keyboard.press("Enter");
  await page.locator(".error-summary:focus").waitFor();
  assert.match(await page.locator(".error-summary").innerText(), /квитанции на этот адрес/, "a neighbour's number is none here");
  await page.locator("#number").fill(RESIDENT.number);
  await page.getByRole("button", { name: "Получить код" }).click();
  await page.getByText("Шаг 2 из 2").waitFor();
  await page.getByLabel("Код из сообщения").fill(await sentCode(RESIDENT.phone));
  await page.getByRole("button", { name: "Привязать счёт" }).click();
  await page.getByRole("heading", { name: "Счёт привязан" }).waitFor();
}

/** @param {import("playwright-core").Page} page */
async function openSettings(page) {
  await open(page, "/accounts");
  await everywhere(page, "the list of accounts");
  await page.getByRole("link", { name: /^Настроить/ }).click();
  await page.waitForURL(/\/account\?account_id=/);
  await loaded(page);
  await everywhere(page, "settings of an account");
}

/** @param {import("playwright-core").Page} page */
async function nameIt(page) {
  await page.getByLabel("Как назвать счёт").fill("Дача у реки");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.getByRole("heading", { name: "Дача у реки", level: 1 }).waitFor();
  assert.equal((await api(page, "/api/homes/accounts")).items[0].label, "Дача у реки");
}

/** @param {import("playwright-core").Page} page */
async function addContact(page) {
  const contact = page.getByLabel(/[Тт]елефон или почта/);
  await contact.fill("не телефон");
  await page.getByRole("button", { name: "Получить код" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await contact.fill(RESIDENT.phone);
  await page.getByRole("button", { name: "Получить код" }).click();
  const code = page.getByLabel("Код из сообщения");
  await code.fill("000000");
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await everywhere(page, "a wrong code for a contact");
  await code.fill(await sentCode(RESIDENT.phone));
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.getByRole("button", { name: /^Убрать/ }).waitFor();
  assert.deepEqual((await api(page, "/api/homes/accounts")).items[0].notices.notify_by, ["sms"]);
}

/** @param {import("playwright-core").Page} page */
async function suspendAndResume(page) {
  await page.getByRole("button", { name: "Приостановить" }).click();
  await page.getByRole("heading", { name: "Напоминания приостановлены" }).waitFor();
  await everywhere(page, "a suspended account");
  await page.getByRole("button", { name: "Напоминать снова" }).click();
  await page.getByRole("button", { name: "Приостановить" }).waitFor();
}

/** @param {import("playwright-core").Page} page */
async function unlink(page) {
  await page.getByRole("button", { name: "Отвязать счёт" }).click();
  await page.getByLabel("Код из сообщения").fill(await sentCode(RESIDENT.phone));
  await page.getByRole("button", { name: "Отвязать", exact: true }).click();
  await page.getByRole("heading", { name: "Счёт отвязан" }).waitFor();
  await everywhere(page, "an account that was unlinked");
}

/** @param {import("playwright-core").Page} page */
async function lookIntoArchive(page) {
  await page.getByRole("link", { name: "К списку счетов" }).click();
  await page.waitForURL(`${BASE_URL}/accounts`);
  await loaded(page);
  await page.getByRole("link", { name: /Ленина/ }).click();
  await page.waitForURL(/\/account\?account_id=/);
  await loaded(page);
  await page.getByText(/отвязан/).first().waitFor();
  await everywhere(page, "the archive of an account");
}

/** What the active option says. @param {import("playwright-core").Page} page */
function active(page) {
  return page.evaluate(() => {
    const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
    return document.getElementById(id)?.innerText ?? "";
  });
}

/**
 * At both widths nothing is objected to and nothing scrolls sideways.
 * @param {import("playwright-core").Page} page
 * @param {string} where
 */
async function everywhere(page, where) {
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await assertAccessible(page, `${where} ${viewport.width}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, where);
  }
}
