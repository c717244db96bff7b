// @ts-check
/**
 * Opens pages that were seen before when there is no connection. It keeps files of the portal only, the same for
 * everybody; what the API answers is about somebody and is never kept. With a connection every file comes from the
 * portal, so nobody sees an old version.
 */

/** Another name, and what was kept under the old one is forgotten. */
const KEPT = "files-2";
/** Pages name styles and scripts by it; kept is the last one of each. */
const FINGERPRINT = /^\/~[0-9a-f]+(?=\/)/;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isFile = event.request.method === "GET" && url.origin === location.origin && !url.pathname.startsWith("/api/");
  if (isFile) event.respondWith(fresh(event, url.origin + url.pathname.replace(FINGERPRINT, "")));
});

/**
 * The file from the portal; without a connection the kept one.
 * @param {FetchEvent} event
 * @param {string} address without fingerprint and query: no file depends on a query, which may say something of a person
 */
async function fresh(event, address) {
  try {
    const response = await fetch(event.request);
    if (response.ok && response.type === "basic") event.waitUntil(keep(address, response.clone()));
    return response;
  } catch (lost) {
    const kept = await (await caches.open(KEPT)).match(address);
    if (kept) return kept;
    throw lost;
  }
}

/**
 * @param {string} address
 * @param {Response} response
 */
async function keep(address, response) {
  await (await caches.open(KEPT)).put(address, response);
}

async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name !== KEPT);
  await Promise.all(others.map((name) => caches.delete(name)));
}
