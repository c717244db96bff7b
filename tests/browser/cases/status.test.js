// @ts-check
/** The status page and the banner of announced works. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, loaded, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const hours = (/** @type {number} */ count) => new Date(Date.now() + count * 3_600_000).toISOString();

const STARTED = Date.now();
/** What a field for date and time of the tests' browser says so many hours from the start; Moscow has no summer time. */
const inMoscow = (/** @type {number} */ count) => new Date(STARTED + (count + 3) * 3_600_000).toISOString().slice(0, 16);

/** @param {import("playwright-core").Page} page @param {string} what */
async function everywhere(page, what) {
  for (const viewport of [PHONE, DESKTOP]) {
    await page.setViewportSize(viewport);
    await assertAccessible(page, `${what} ${viewport.width}`);
  }
}

/**
 * Announces works as an administrator and gives back how to withdraw them.
 * @param {import("../lib/browser.js").Visitor} admin
 */
async function announce({ page }) {
  const data = { starts_at: hours(5), ends_at: hours(7), words: "Обновляем портал. Показания можно передать после работ." };
  /** @param {{ method: string, path: string, body?: object }} request */
  const ask = (request) => page.evaluate(async ({ method, path, body }) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, text: await answer.text() };
  }, request);
  const answer = await ask({ method: "POST", path: "/api/notices/maintenance", body: data });
  assert.equal(answer.status, 201, answer.text);
  const { maintenance_id: id } = JSON.parse(answer.text);
  return () => ask({ method: "DELETE", path: `/api/notices/maintenance/${id}` });
}

/** Runs in the page: whether the whole footer can be scrolled clear of the banner, which is a narrow one. */
function uncovered() {
  scrollTo({ top: document.body.scrollHeight, behavior: "instant" });
  const [footer, banner] = [".page-footer", ".banner"].map((selector) => document.querySelector(selector)?.getBoundingClientRect());
  return footer !== undefined && banner !== undefined && footer.bottom <= banner.top && banner.height < 60;
}

test("everybody sees how the portal is, and announced works on every page until they are closed", async () => {
  const admin = await visit(browser);
  await signIn(admin.page, "admin");
  const withdraw = await announce(admin);
  const guest = await visit(browser);
  try {
    await open(guest.page, "/status");
    await guest.page.getByRole("heading", { name: "Портал работает" }).waitFor();
    await guest.page.locator("main").getByText("Обновляем портал").waitFor();
    const banner = guest.page.getByRole("complementary", { name: "Плановые работы" });
    await banner.waitFor();
    for (const viewport of [PHONE, DESKTOP]) {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await guest.page.setViewportSize(viewport);
        await guest.page.emulateMedia({ colorScheme });
        await assertAccessible(guest.page, `/status ${viewport.width} ${colorScheme}`);
      }
    }
    await guest.page.setViewportSize(PHONE);
    await open(guest.page, "/sign-in");
    await loaded(guest.page);
    await banner.waitFor();
    assert.equal(await guest.page.evaluate(uncovered), true, "below the footer there is room for it");
    const position = () => banner.evaluate((element) => getComputedStyle(element).position);
    await guest.page.getByLabel("Пароль", { exact: true }).focus();
    assert.equal(await position(), "static", "no field that is filled in lies below it");
    await guest.page.getByLabel("Пароль", { exact: true }).blur();
    assert.equal(await position(), "sticky");
    await banner.getByRole("button", { name: "Понятно" }).click();
    await open(guest.page, "/problems");
    await loaded(guest.page);
    assert.equal(await banner.count(), 0, "closed once, closed on every page");
    assert.deepEqual(guest.faults, []);
  } finally {
    await withdraw();
  }
});

test("an administrator announces works, changes them and withdraws them", async () => {
  const { page, faults, context } = await visit(browser);
  await signIn(page, "admin");
  await page.getByRole("link", { name: "Объявить плановые работы" }).click();
  await page.waitForURL("**/maintenance");
  await page.getByRole("button", { name: "Объявить" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await everywhere(page, "empty fields");

  await page.getByLabel("Начало").fill(inMoscow(50));
  await page.getByLabel("Конец").fill(inMoscow(55));
  await page.getByLabel("Что не будет работать").fill("Переезжаем на новый сервер.");
  await page.getByRole("button", { name: "Объявить" }).click();
  await page.locator("#ends_at[aria-invalid=true]").waitFor();
  await page.getByLabel("Конец").fill(inMoscow(52));
  await page.getByRole("button", { name: "Объявить" }).click();
  const works = page.getByRole("listitem").filter({ hasText: "Переезжаем" });
  await works.waitFor();
  await everywhere(page, "announced works");

  await works.getByRole("button", { name: /^Изменить/ }).click();
  assert.equal(await page.getByLabel("Конец").inputValue(), inMoscow(52), "as it was announced");
  await page.getByLabel("Что не будет работать").fill("Переезд отложен на час.");
  await page.getByRole("button", { name: "Сохранить" }).click();
  const changed = page.getByRole("listitem").filter({ hasText: "Переезд отложен" });
  await changed.waitFor();
  assert.equal(await works.count(), 0, "changed, not announced once more");

  await changed.getByRole("button", { name: /^Отменить работы/ }).click();
  await changed.waitFor({ state: "detached" });
  assert.deepEqual(faults, []);
  await context.close();
});

test("without the portal's answer the page says what to do", async () => {
  const { page } = await visit(browser);
  await page.route("**/api/notices/status", (route) => route.abort());
  await open(page, "/status");
  await page.getByRole("heading", { name: "Портал не отвечает" }).waitFor();
});
