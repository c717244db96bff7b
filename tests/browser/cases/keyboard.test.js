// @ts-check
/** The portal with nothing but a keyboard. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { PRIVATE, PUBLIC } from "../lib/pages.js";
import { BASE_URL, PASSWORD } from "../lib/suite.js";

const TABS_MAX = 60;
const PARTS_OF_A_DATE = 4;

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("../lib/browser.js").Visitor} */
let walker;
before(async () => {
  browser = await launch();
  walker = await visit(browser);
  await signIn(walker.page, "anna");
});
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

for (const path of [...PUBLIC, ...PRIVATE]) {
  test(`${path} is walked by Tab: everything is reached and shows its focus`, async () => {
    const { page } = walker;
    await open(page, path);
    const wanted = await page.evaluate(markStops);
    const reached = new Set();
    // A date has a stop for each of its parts.
    const dates = await page.locator("input[type=date]").count();
    for (let pressed = 0; pressed < wanted + PARTS_OF_A_DATE * Math.max(1, dates); pressed += 1) {
      await page.keyboard.press("Tab");
      const { stop, html } = await page.evaluate(focusedStop);
      if (stop === undefined) continue;
      assert.ok(await hasVisibleFocus(page), `${html} shows its focus`);
      reached.add(stop);
    }
    assert.equal(reached.size, wanted);
  });
}

/** Numbers everything that a keyboard must reach; runs in the page. Of radio buttons Tab reaches one per group. */
function markStops() {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]);
  const stops = all.filter((element) => {
    const isOff = /** @type {HTMLInputElement} */ (element).disabled || element.tabIndex < 0;
    const isOtherRadio = element.matches("[type=radio]:not(:checked)");
    return !isOff && !isOtherRadio && element.checkVisibility({ visibilityProperty: true });
  });
  stops.forEach((element, index) => { element.dataset.stop = String(index); });
  return stops.length;
}

function focusedStop() {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  return { stop: active?.dataset.stop, html: active?.outerHTML.slice(0, 120) };
}

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
  return page.evaluate(() => {
    const active = document.activeElement;
    // A radio button is drawn by the text beside it.
    const drawn = active?.matches("[type=radio]") ? active.nextElementSibling : active;
    return drawn !== null && drawn !== undefined && getComputedStyle(drawn).outlineStyle !== "none";
  });
}

/** @param {import("playwright-core").Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id);
