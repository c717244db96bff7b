// @ts-check
/** A device whose clock is wrong: what ends, and what day it is, the server says. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { api, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { BASE_URL } from "../lib/suite.js";

const HOUR_MS = 3_600_000;
/** Longer than any session lives, and another day. */
const AHEAD_MS = 30 * HOUR_MS;

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

async function aheadOfTime() {
  const visitor = await visit(browser);
  await visitor.page.clock.install({ time: Date.now() + AHEAD_MS });
  return visitor;
}

test("a session of the server's time is not over because the device's clock is ahead", async () => {
  const { page, context } = await aheadOfTime();
  await signIn(page, "anna");
  await page.clock.runFor(6_000);
  assert.equal((await api(page, "/api/auth/session")).roles[0], "resident");
  assert.equal(page.url(), `${BASE_URL}/`);
  await context.close();
});

test("the step that waits for a code is still there after a reload", async () => {
  const { page, context } = await aheadOfTime();
  await open(page, "/recover");
  await page.getByLabel("Телефон, почта или логин").fill("nobody-of-that-name");
  await page.locator("[data-recover-who] [type=submit]").click();
  await page.locator("[data-recover-code]").waitFor();
  await page.reload();
  await loaded(page);
  await page.locator("[data-recover-code]").waitFor();
  await context.close();
});

test("a reading is as of the server's day", async () => {
  const { page, context } = await aheadOfTime();
  await signIn(page, "anna");
  await open(page, "/readings");
  const { accounts } = await api(page, "/api/readings/meters");
  const served = await fetch(`${BASE_URL}/api/auth/password-rules`);
  const today = new Date(served.headers.get("date") ?? "").toLocaleDateString("sv", { timeZone: accounts[0].time_zone });
  assert.equal(await page.locator("input[type=date]").first().getAttribute("max"), today);
  await context.close();
});
