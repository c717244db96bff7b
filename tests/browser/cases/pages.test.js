// @ts-check
/** Every page: accessible in light and dark, light in weight, still, quiet, usable at 320 px with big text. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { PRIVATE, PUBLIC } from "../lib/pages.js";
import { BASE_URL } from "../lib/suite.js";

const FIRST_VIEW_BYTES_MAX = 60_000;

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

for (const path of [...PUBLIC, ...PRIVATE]) {
  test(`${path} has nothing that axe objects to, on a phone and a desktop, in light and dark`, async () => {
    const { page } = anna;
    await open(page, path);
    for (const viewport of [PHONE, DESKTOP]) {
      for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await assertAccessible(page, `${path} ${viewport.width} ${colorScheme}`);
      }
    }
  });

  test(`${path} never scrolls sideways at 320 px, with text twice as big, or with both`, async () => {
    const { page } = anna;
    await open(page, path);
    // As a person would: what opening one moves is no fault of the page.
    await page.evaluate(() => {
      dispatchEvent(new Event("input"));
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    await page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await overflow(page), 0, "320 px");
    const cut = await page.evaluate(() => [...document.querySelectorAll("pre")].filter((pre) => pre.scrollWidth > pre.clientWidth).length);
    assert.equal(cut, 0, "lines of code are wrapped");
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    for (const width of [640, PHONE.width, 320, DESKTOP.width]) {
      await page.setViewportSize({ width, height: 740 });
      assert.equal(await overflow(page), 0, `text at 200 % on ${width} px`);
    }
  });
}

for (const viewport of [PHONE, DESKTOP]) {
  test(`the first view of any page stays still and below 60 KB at ${viewport.width} px`, async () => {
    for (const path of PUBLIC) await assertLight(await visit(browser, { viewport }), path);
    const storageState = await anna.context.storageState();
    for (const path of PRIVATE) await assertLight(await visit(browser, { viewport, storageState }), path);
  });
}

test("what a resident's page shows is asked for before its modules are there, and once", async () => {
  const { page } = anna;
  for (const path of PRIVATE) {
    await open(page, path);
    const [wanted, asked] = await page.evaluate(() => {
      const script = /** @type {HTMLElement | null} */ (document.querySelector("script[data-paths]"));
      const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
      const answers = entries.map(({ name, initiatorType }) => ({ path: name.replace(location.origin, ""), initiatorType }));
      return [script?.dataset.paths?.split(" ") ?? [], answers];
    });
    for (const one of wanted) {
      const ways = asked.filter((answer) => answer.path === one).map(({ initiatorType }) => initiatorType);
      assert.deepEqual(ways, ["link"], `${path} ${one}`);
    }
  }
});

test("the pages cause no errors, no refused code, no foreign requests and no layout shifts", () => {
  assert.deepEqual(anna.faults, []);
});

test("a page without JavaScript says what to do", async () => {
  const { page, context } = await visit(browser, { javaScriptEnabled: false });
  for (const path of ["/sign-in", ...PRIVATE]) {
    await page.goto(BASE_URL + path);
    await page.getByRole("heading", { name: "Включите JavaScript" }).waitFor();
  }
  await context.close();
});

test("a chosen theme is there before the first paint of the next page", async () => {
  const { page, context } = await visit(browser, { colorScheme: "light" });
  await open(page, "/sign-in");
  await page.getByLabel("Тёмное").check({ force: true });
  await page.goto(`${BASE_URL}/problems`);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.getByLabel("Как в системе").check({ force: true });
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
  await context.close();
});

test("the API page lists every path of the document", async () => {
  const { page } = anna;
  await open(page, "/api");
  const { paths } = await page.evaluate(async () => (await fetch("/api/openapi.json")).json());
  const shown = await page.locator(".operation > summary code").allInnerTexts();
  assert.deepEqual([...new Set(shown)].sort(), Object.keys(paths).sort());
});

test("the examples of the API page work when pasted: signing in, then whatever reads and has nothing to fill in", async (context) => {
  const { page } = anna;
  await open(page, "/api");
  await page.locator(".operation > summary").evaluateAll((all) => all.forEach((one) => one instanceof HTMLElement && one.click()));
  await page.waitForFunction(() => [...document.querySelectorAll(".operation")].every((one) => one.querySelector("pre")));
  const blocks = await page.locator(".operation pre").allTextContents();
  const examples = blocks.filter((block) => block.startsWith("curl "));
  const signIn = examples.find((example) => example.includes("/api/auth/sign-in"));
  assert.ok(signIn?.includes("--cookie-jar jar"), signIn);
  // What waits in this browser after a sign-in elsewhere is a thing of its own: there is none.
  const reads = examples.filter((example) => !/--(request|data) |[=/][A-Z_]{3,}|\/awaiting/.test(example));
  assert.ok(reads.length > 10, String(reads.length));
  const folder = mkdtempSync(join(tmpdir(), "moydom-examples-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const example of [signIn, ...reads]) {
    const status = execFileSync("sh", ["-c", `${example} --silent --output answer --write-out '%{http_code}'`], { cwd: folder });
    assert.match(String(status), /^(200|403)$/, example);
  }
});

/**
 * @param {import("../lib/browser.js").Visitor} visitor
 * @param {string} path
 */
async function assertLight(visitor, path) {
  const { page, context, faults } = visitor;
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  let bytes = 0;
  network.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await page.goto(BASE_URL + path);
  await loaded(page);
  await page.waitForLoadState("networkidle");
  assert.equal(page.url(), BASE_URL + path, "the session holds");
  assert.deepEqual(faults, [], path);
  assert.ok(bytes > 0 && bytes < FIRST_VIEW_BYTES_MAX, `${path} weighs ${bytes} bytes`);
  await context.close();
}

/** @param {import("playwright-core").Page} page */
function overflow(page) {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
}
