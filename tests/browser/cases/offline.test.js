// @ts-check
/** A bad network: what was typed and sent survives it, arrives once, and the pages say what is going on. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { launch, loaded, open, recorded, signIn, visit } from "../lib/browser.js";
import { fillFirst } from "../lib/readings.js";
import { BASE_URL } from "../lib/suite.js";

const SUBMISSIONS = "**/api/readings/submissions";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("../lib/browser.js").Visitor} */
let anna;
before(async () => {
  browser = await launch();
  anna = await visit(browser);
  await signIn(anna.page, "anna");
});
after(() => browser.close());

test("readings sent without a connection wait on the device and go by themselves when it is back", async () => {
  const { page, context } = anna;
  const { meter } = await fillFirst(page, 1n);
  const known = await recorded(page, meter);
  await context.setOffline(true);
  await page.locator("form [type=submit]").click();
  await page.getByText("отправим, как только связь появится").waitFor();
  await assertAccessible(page, "/readings without a connection");

  await context.setOffline(false);
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
  assert.equal(await recorded(page, meter), known + 1);
});

test("an answer lost on its way is asked for again under the same key, and nothing is recorded twice", async () => {
  const { page } = anna;
  const { meter } = await fillFirst(page, 1n);
  const known = await recorded(page, meter);
  /** @type {string[]} */
  const keys = [];
  /** @type {any} */
  let lost;
  await page.route(SUBMISSIONS, async (route) => {
    keys.push(route.request().headers()["idempotency-key"] ?? "");
    const response = await route.fetch();
    if (lost) return route.fulfill({ response });
    lost = await response.json();
    await route.abort("connectionreset");
  });
  await page.locator("form [type=submit]").dblclick();
  await page.getByText("отправим, как только связь появится").waitFor();
  assert.equal(keys.length, 1, "a double click sends once");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
  await page.unroute(SUBMISSIONS);
  assert.equal(keys[1], keys[0]);
  assert.equal(await page.locator("[data-confirmation-code]").innerText(), lost.confirmation_code);
  assert.equal(await recorded(page, meter), known + 1);
});

test("what waits for a connection survives a closed tab and goes from the next one, once, as of the day of its typing", async () => {
  const { context, page } = anna;
  const { meter } = await fillFirst(page, 1n);
  const known = await recorded(page, meter);
  const first = page.waitForRequest(SUBMISSIONS);
  await page.route(SUBMISSIONS, async (route) => {
    await route.fetch();
    await route.abort("connectionreset");
  });
  await page.locator("form [type=submit]").click();
  await page.getByText("отправим, как только связь появится").waitFor();

  const typed = (await first).postDataJSON();
  assert.match(typed.items[0].taken_on, /^\d{4}-\d{2}-\d{2}$/);

  const next = await context.newPage();
  await page.close();
  const again = next.waitForRequest(SUBMISSIONS);
  await next.goto(`${BASE_URL}/readings`);
  await next.getByRole("heading", { name: "Показания приняты" }).waitFor();
  assert.deepEqual((await again).postDataJSON(), typed);
  assert.equal(await recorded(next, meter), known + 1);
  anna.page = next;
});

test("a draft survives a closed tab and is gone after signing out", async () => {
  const visitor = await visit(browser);
  await signIn(visitor.page, "anna");
  const { meter, field } = await fillFirst(visitor.page, 1n);
  const typed = await field.inputValue();
  const next = await visitor.context.newPage();
  await visitor.page.close();
  await open(next, "/readings");
  assert.equal(await next.locator(`#value-${meter.meter_id}-0`).inputValue(), typed);
  await next.getByRole("button", { name: "Выйти" }).click();
  await next.waitForURL(/\/sign-in/);
  assert.deepEqual(await next.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:"))), []);
  await visitor.context.close();
});

test("what waits for a connection is never sent in the name of the next person at the device", async () => {
  const { page, context } = await visit(browser);
  await signIn(page, "anna");
  await fillFirst(page, 1n);
  await page.route(SUBMISSIONS, (route) => route.abort("connectionreset"));
  await page.locator("form [type=submit]").click();
  await page.getByText("отправим, как только связь появится").waitFor();
  await context.clearCookies();
  await page.goto(`${BASE_URL}/sign-in`);
  const drafts = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft:")).length);
  assert.equal(await drafts(), 2, "what was typed, and the attempt to send it, wait for the same person");
  await signIn(page, "boris");
  assert.equal(await drafts(), 0);
  await context.close();
});

test("a page of one person does not go on when another one signs in beside it", async () => {
  const { page, context } = await visit(browser);
  await signIn(page, "anna");
  await fillFirst(page, 1n);
  await page.route(SUBMISSIONS, (route) => route.abort("connectionreset"));
  await page.locator("form [type=submit]").click();
  await page.getByText("отправим, как только связь появится").waitFor();
  const beside = await context.newPage();
  const reloaded = page.waitForEvent("load");
  await signIn(beside, "boris");
  await reloaded;
  await loaded(page);
  assert.equal(await page.locator("[data-waiting]").count(), 0);
  await context.close();
});

test("changing a value while the old one waits sends only the new one", async () => {
  const { page, context } = anna;
  const { field } = await fillFirst(page, 1n);
  await context.setOffline(true);
  await page.locator("form [type=submit]").click();
  await page.getByText("отправим, как только связь появится").waitFor();
  await field.press("End");
  await field.press("Backspace");
  await field.pressSequentially("7");
  await page.locator("[data-waiting]").waitFor({ state: "detached" });
  const typed = await field.inputValue();
  await context.setOffline(false);
  const sent = page.waitForRequest(SUBMISSIONS);
  await page.locator("form [type=submit]").click();
  assert.equal((await sent).postDataJSON().items[0].values[0], typed);
  await page.getByRole("heading", { name: "Показания приняты" }).waitFor();
});

test("a page seen before opens without a connection, says so, and shows its data when it is back", async () => {
  const { page, context } = await visit(browser, { serviceWorkers: "allow" });
  await signIn(page, "anna");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await open(page, "/readings");
  await open(page, "/readings");
  await context.setOffline(true);
  await page.goto(`${BASE_URL}/readings`);
  await page.getByRole("heading", { name: "Нет связи" }).waitFor();
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) =>
    (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
  assert.ok(kept.includes("/readings"));
  assert.deepEqual(kept.filter((path) => path.startsWith("/api/")), [], "nothing of a person is kept");
  await context.setOffline(false);
  await loaded(page);
  await page.locator(".meter-field").first().waitFor();
  await context.close();
});
