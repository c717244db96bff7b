// @ts-check
/**
 * How long a resident with a slow phone waits: four times slower than this machine, 1.6 Mbit/s, 150 ms to the portal.
 * Prints a line per page, of all or of those that are named; a figure of the machine it ran on, not a test.
 */
import { PHONE, launch, loaded, signIn, visit } from "./lib/browser.js";
import { PRIVATE } from "./lib/pages.js";
import { BASE_URL } from "./lib/suite.js";

const NAMED = process.argv.slice(2);
const PAGES = NAMED.length > 0 ? NAMED : ["/sign-in", ...PRIVATE];
const RUNS = 3;
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
  await phone.send("Emulation.setCPUThrottlingRate", { rate: 4 });
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
