// @ts-check
/**
 * How long a resident with a slow phone waits: a processor of an older phone, 1.6 Mbit/s, 150 ms to the portal. Prints a
 * line per page, of all or of those that are named: the middle of five first visits. Figures, not a test.
 */
import { PHONE, launch, loaded, signIn, visit } from "./lib/browser.js";
import { PRIVATE } from "./lib/pages.js";
import { BASE_URL } from "./lib/suite.js";

const NAMED = process.argv.slice(2);
const PAGES = NAMED.length > 0 ? NAMED : ["/sign-in", ...PRIVATE];
const RUNS = 5;
/**
 * How fast the phone is by the rounds of `speed`: a middling phone of some years ago has 125 to 800, a desktop 1000 to
 * 2000. This machine is slowed down to it each time anew, for it is not always equally fast.
 */
const PHONE_SPEED = 400;
const BYTES_PER_SECOND = 1_600_000 / 8;

const browser = await launch();
const { page, context } = await visit(browser, { viewport: PHONE });
await signIn(page, "anna");
const storageState = await context.storageState();

console.log(`${"page".padEnd(16)}${"content, ms".padStart(12)}${"data, ms".padStart(10)}${"moved".padStart(8)}${"KB".padStart(6)}`);
for (const path of PAGES) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measure(path));
  const figures = runs.sort((one, other) => one.content - other.content)[Math.floor(RUNS / 2)];
  if (!figures) continue;
  const { content, data, moved, bytes } = figures;
  console.log(`${path.padEnd(16)}${content.toFixed(0).padStart(12)}${data.toFixed(0).padStart(10)}${moved.toFixed(3).padStart(8)}${(bytes / 1000).toFixed(0).padStart(6)}`);
}
await browser.close();

/**
 * A first visit: nothing is in the browser's cache.
 * @param {string} path
 */
async function measure(path) {
  const { page, context } = await visit(browser, { viewport: PHONE, ...(path === "/sign-in" ? {} : { storageState }) });
  const phone = await context.newCDPSession(page);
  let bytes = 0;
  await phone.send("Network.enable");
  phone.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
  await phone.send("Network.emulateNetworkConditions", {
    offline: false, latency: 150, downloadThroughput: BYTES_PER_SECOND, uploadThroughput: BYTES_PER_SECOND,
  });
  await phone.send("Emulation.setCPUThrottlingRate", { rate: Math.max(1, (await speed()) / PHONE_SPEED) });
  await page.goto(BASE_URL + path);
  await loaded(page);
  const data = await page.evaluate(() => performance.now());
  const [content, moved] = await page.evaluate(() => new Promise((resolve) => {
    let [painted, shifted] = [0, 0];
    new PerformanceObserver((list) => { painted = list.getEntries().at(-1)?.startTime ?? painted; }).observe({ type: "largest-contentful-paint", buffered: true });
    new PerformanceObserver((list) => { for (const entry of /** @type {any[]} */ (list.getEntries())) shifted += entry.value; }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve([painted, shifted]), 500);
  }));
  await context.close();
  return { content, data, moved, bytes };
}

/** How many tens of times a page builds a text of ten thousand letters in a second. */
async function speed() {
  const { page, context } = await visit(browser);
  const rounds = await page.evaluate(() => {
    const [started, letters] = [performance.now(), 10_000];
    let rounds = 0;
    for (; performance.now() - started < 300; rounds += 1) {
      let text = "";
      for (let letter = 0; letter < letters; letter += 1) text += "a";
      if (text.length !== letters) throw new Error("the text is built");
    }
    return rounds / 10 / ((performance.now() - started) / 1000);
  });
  await context.close();
  return rounds;
}
