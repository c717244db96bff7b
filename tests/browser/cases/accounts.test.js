// @ts-check
/** An account's whole life: found by its address with a keyboard alone, linked, set, suspended, unlinked, archived. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, api, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL, RESIDENTS, codeSentBy } from "../lib/suite.js";

/** @typedef {typeof RESIDENTS[number]} Resident */
/** @typedef {import("playwright-core").Page} Page */

/** The last of them; whoever is taken ends with nothing linked, as at the beginning. */
const CANDIDATES = RESIDENTS.slice(-3).reverse();

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a resident finds a flat by a mistyped address, links it, sets it and leaves it", async () => {
  const { visitor: { page, faults, context }, resident } = await newcomer();
  await findFlat(page, resident);
  await linkFlat(page, resident);
  await openSettings(page);
  await nameIt(page);
  await addContact(page, resident);
  await suspendAndResume(page);
  await unlink(page, resident);
  await lookIntoArchive(page);
  assert.deepEqual(faults, []);
  await context.close();
});

/** A run that was cut short may have left something linked. */
async function newcomer() {
  for (const resident of CANDIDATES) {
    const visitor = await visit(browser, { viewport: PHONE });
    await open(visitor.page, "/sign-in");
    await signIn(visitor.page, resident.login);
    const { items } = await api(visitor.page, "/api/homes/accounts");
    if (items.length === 0) return { visitor, resident };
    await visitor.context.close();
  }
  throw new Error("every resident of this test has an account by now: start from a fresh demo state");
}

/**
 * @param {Page} page
 * @param {Resident} resident
 */
async function findFlat(page, { number }) {
  const flat = String(Number(number));
  await open(page, "/link");
  const field = page.getByRole("combobox", { name: "Адрес квартиры" });
  await field.focus();
  await page.keyboard.type("такой улицы нет");
  await page.locator("[data-address-nothing]").waitFor();
  await everywhere(page, "nothing found");
  await field.fill("");
  assert.equal(await page.locator("[data-address-nothing]").isVisible(), false, "an empty field is no search");
  await page.keyboard.type(`линина 10 ${flat}`);
  const options = page.getByRole("listbox", { name: "Найденные адреса" }).getByRole("option");
  await options.first().waitFor();
  assert.match(await options.first().innerText(), new RegExp(`Ленина,\\sд.\\s10, кв.\\s${flat}`));
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

/**
 * @param {Page} page
 * @param {Resident} resident
 */
async function linkFlat(page, resident) {
  await page.keyboard.type("0000000015");
  await page.keyboard.press("Enter");
  await page.locator(".error-summary:focus").waitFor();
  assert.match(await page.locator("#number-error").innerText(), /квитанции на этот адрес/, "a neighbour's number is none here");
  assert.equal(await page.locator(".error-summary a").innerText(), "По этому адресу открытого счёта с таким номером у нас нет");
  await page.locator("#number").fill(resident.number);
  const sent = await codeSentBy(resident.phone, () => page.getByRole("button", { name: "Получить код" }).click());
  await page.getByText("Шаг 2 из 2").waitFor();
  await page.getByLabel("Код из сообщения").fill(sent);
  await page.getByRole("button", { name: "Привязать счёт" }).click();
  await page.getByRole("heading", { name: "Счёт привязан" }).waitFor();
}

/** @param {Page} page */
async function openSettings(page) {
  await open(page, "/accounts");
  await everywhere(page, "the list of accounts");
  await page.getByRole("link", { name: /^Настроить/ }).click();
  await page.waitForURL(/\/account\?account_id=/);
  await loaded(page);
  await everywhere(page, "settings of an account");
}

/** @param {Page} page */
async function nameIt(page) {
  await page.getByLabel("Как назвать счёт").fill("Дача у реки");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await page.getByRole("heading", { name: "Дача у реки" }).waitFor();
  assert.equal((await api(page, "/api/homes/accounts")).items[0].label, "Дача у реки");
}

/**
 * @param {Page} page
 * @param {Resident} resident
 */
async function addContact(page, resident) {
  const contact = page.getByLabel(/[Тт]елефон или почта/);
  await contact.fill("не телефон");
  await page.getByRole("button", { name: "Получить код" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await contact.fill(resident.phone);
  const sent = await codeSentBy(resident.phone, () => page.getByRole("button", { name: "Получить код" }).click());
  const code = page.getByLabel("Код из сообщения");
  await code.fill("000000");
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await everywhere(page, "a wrong code for a contact");
  await code.fill(sent);
  await page.getByRole("button", { name: "Подтвердить контакт" }).click();
  await page.getByRole("button", { name: /^Убрать/ }).waitFor();
  assert.deepEqual((await api(page, "/api/homes/accounts")).items[0].notices.notify_by, ["sms"]);
}

/** @param {Page} page */
async function suspendAndResume(page) {
  await page.getByRole("button", { name: "Приостановить" }).click();
  await page.getByRole("heading", { name: "Напоминания приостановлены" }).waitFor();
  await everywhere(page, "a suspended account");
  await page.getByRole("button", { name: "Напоминать снова" }).click();
  await page.getByRole("button", { name: "Приостановить" }).waitFor();
}

/**
 * @param {Page} page
 * @param {Resident} resident
 */
async function unlink(page, resident) {
  const sent = await codeSentBy(resident.phone, () => page.getByRole("button", { name: "Отвязать счёт" }).click());
  await page.getByLabel("Код из сообщения").fill(sent);
  await page.getByRole("button", { name: "Отвязать", exact: true }).click();
  await page.getByRole("heading", { name: "Счёт отвязан" }).waitFor();
  await everywhere(page, "an account that was unlinked");
}

/** @param {Page} page */
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

/** What the active option says. @param {Page} page */
function active(page) {
  return page.evaluate(() => {
    const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
    return document.getElementById(id)?.innerText ?? "";
  });
}

/**
 * At both widths nothing is objected to and nothing scrolls sideways.
 * @param {Page} page
 * @param {string} where
 */
async function everywhere(page, where) {
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    await assertAccessible(page, `${where} ${viewport.width}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, where);
  }
}
