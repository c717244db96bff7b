// @ts-check
/**
 * Passkeys in Chromium with a virtual authenticator. WebAuthn knows a site by its name and refuses bare addresses, so the
 * portal is one of the test's own at `localhost`.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { launch, loaded, signIn } from "../lib/browser.js";
import { freePort, startPortal } from "../lib/portal.js";
import { PASSWORD } from "../lib/suite.js";

const skip = process.env.MOYDOM ? false : "the portal runs elsewhere, perhaps at a bare address";

/** @type {string} */
let portal;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {(() => unknown)[]} */
const stops = [];

before(async () => {
  if (skip) return;
  const port = await freePort();
  portal = `http://localhost:${port}`;
  stops.push(await startPortal(`127.0.0.1:${port}`, { public_origin: portal }, { isSeeded: true }));
  browser = await launch();
  stops.push(() => browser.close());
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

/**
 * A device with a finger's reader that always recognises its person.
 * @param {import("playwright-core").Page} page
 */
async function addAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    },
  });
  return { devtools, authenticatorId };
}

/** @param {import("playwright-core").Page} page */
async function byPasskey(page) {
  await page.goto(`${portal}/sign-in`);
  await loaded(page);
  await page.getByRole("button", { name: "Войти ключом устройства" }).click();
}

test("a passkey is made, signs in without a password, confirms, and lets nobody in once it is taken away", { skip }, async () => {
  const context = await browser.newContext({ locale: "ru-RU" });
  const page = await context.newPage();
  const { devtools, authenticatorId } = await addAuthenticator(page);
  await page.goto(`${portal}/sign-in`);
  // Of staff nobody has a phone: the password confirms.
  await signIn(page, "manager");
  await page.goto(`${portal}/security`);
  await loaded(page);
  await page.getByRole("button", { name: "Добавить ключ этого устройства" }).click();
  const dialog = page.getByRole("dialog", { name: "Подтвердите, что это вы" });
  await dialog.getByLabel("Ваш пароль").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Подтвердить", exact: true }).click();
  await page.getByLabel("Как назвать ключ").fill("Ноутбук");
  await page.getByRole("button", { name: "Сохранить ключ" }).click();
  await page.getByRole("heading", { name: "Сохраните коды восстановления" }).waitFor();
  await page.getByRole("heading", { name: "Ноутбук" }).waitFor();
  await assertAccessible(page, "/security with a passkey");
  const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0]?.rpId, "localhost");

  await context.clearCookies();
  await byPasskey(page);
  await page.waitForURL(`${portal}/`);
  await page.goto(`${portal}/security`);
  await loaded(page);
  await page.getByRole("button", { name: "Убрать ключ: Ноутбук" }).click();
  await dialog.getByRole("button", { name: "Подтвердить ключом устройства" }).click();
  await page.getByText("Ключей нет.").waitFor();

  await context.clearCookies();
  await byPasskey(page);
  await page.getByText("Ключ не подошёл").waitFor();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await context.close();
});
