// @ts-check
/** The portal with nothing but a keyboard. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, loaded, open, visit } from "../lib/browser.js";
import { BASE_URL, PASSWORD } from "../lib/suite.js";

const TABS_MAX = 60;

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a person signs in, finds what is wrong with a form and signs out by keyboard alone", async () => {
  const { page, faults } = await visit(browser);
  await open(page, "/readings");
  await page.waitForURL(/\/sign-in\?next=%2Freadings$/);

  await tabTo(page, "#identifier");
  await page.keyboard.press("Enter");
  await page.locator(".error-summary:focus").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "identifier", "a link of the summary leads to its field");

  await page.keyboard.type("anna");
  await tabTo(page, "#password");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${BASE_URL}/readings`);
  await loaded(page);

  await tabTo(page, ".skip-link");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "main");
  await tabTo(page, "form [type=submit]");
  await page.keyboard.press("Enter");
  await page.locator(".error-summary:focus").waitFor();

  await tabTo(page, "[data-sign-out]", "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sign-in\?reason=signed-out/);
  assert.deepEqual(faults, []);
});

/**
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 * @param {string} key
 */
async function tabTo(page, selector, key = "Tab") {
  for (let pressed = 0; pressed < TABS_MAX; pressed += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      assert.ok(await hasVisibleFocus(page), `${selector} shows its focus`);
      return;
    }
    await page.keyboard.press(key);
  }
  assert.fail(`${selector} is not reached`);
}

/** @param {import("playwright-core").Page} page */
function hasVisibleFocus(page) {
  return page.evaluate(() => document.activeElement !== null && getComputedStyle(document.activeElement).outlineStyle !== "none");
}

/** @param {import("playwright-core").Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id);
