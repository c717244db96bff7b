// @ts-check
/** Electronic signatures on a phone: a certificate is connected by signing a text, listed, taken away; and the page where none can be. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { PHONE, confirmByCode, launch, loaded, open, signIn, visit } from "../lib/browser.js";
import { RESIDENTS, SANDBOX_URL } from "../lib/suite.js";

/** Whatever others link, nobody else has a signature. */
const RESIDENT = RESIDENTS[15] ?? { login: "", phone: "" };

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/**
 * What the program on the person's computer makes of the text.
 * @param {string} text
 */
async function signature(text) {
  const body = new URLSearchParams({
    surname: "Смирнова", given_name: "Ольга Петровна", snils: "", from: "2020-01-01", until: "2049-01-01", text,
  });
  const response = await fetch(`${SANDBOX_URL}/signature`, { method: "POST", body });
  return { name: "moydom.txt.sig", mimeType: "application/pkcs7-signature", buffer: Buffer.from(await response.arrayBuffer()) };
}

test("a certificate is connected by signing the text that was saved, and taken off again", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, RESIDENT.login);
  await open(page, "/security");
  await page.getByRole("button", { name: "Подключить электронную подпись" }).click();
  await confirmByCode(page, RESIDENT.phone);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Скачать текст" }).click();
  const text = readFileSync(await (await saving).path(), "utf8");
  assert.match(text, new RegExp(`Кабинет: ${RESIDENT.login}\n`));
  await assertAccessible(page, "a text to sign");
  await page.getByRole("button", { name: "Подключить", exact: true }).click();
  await page.getByText("Выберите файл подписи").first().waitFor();
  await page.getByLabel("Файл подписи").setInputFiles(await signature("Другой текст"));
  await page.getByRole("button", { name: "Подключить", exact: true }).click();
  await page.getByText("Это не подпись под нашим текстом").waitFor();
  await page.getByLabel("Файл подписи").setInputFiles(await signature(text));
  await page.getByRole("button", { name: "Подключить", exact: true }).click();
  await page.getByRole("heading", { name: "Смирнова Ольга Петровна" }).waitFor();
  await assertAccessible(page, "/security with a certificate");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width);
  await page.getByRole("button", { name: "Убрать подпись: Смирнова Ольга Петровна" }).click();
  await confirmByCode(page, RESIDENT.phone);
  await page.getByText("Подписей нет.").waitFor();
  assert.deepEqual(faults, []);
  await context.close();
});

test("a certificate that ends soon or is over is marked, and a portal without the service says so", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, RESIDENT.login);
  const one = { owner: "Смирнова Ольга", issuer: "УЦ", serial: "01", not_after: "2026-08-01T00:00:00Z", connected_at: "2026-07-01T00:00:00Z" };
  const items = ["ending", "over"].map((state) => ({ ...one, certificate_id: state, state }));
  await page.route("**/api/auth/certificates", (route) => route.fulfill({ json: { is_on: false, items } }));
  await open(page, "/security");
  await page.getByText("Скоро закончится").waitFor();
  await page.getByText("Срок истёк").waitFor();
  await page.getByText("На этом портале подключить электронную подпись нельзя").waitFor();
  assert.equal(await page.getByRole("button", { name: "Подключить электронную подпись" }).isVisible(), false);
  await loaded(page);
  await assertAccessible(page, "/security without the service");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the sandbox signs the file that is chosen, as one sees it, on a narrow phone", async () => {
  const { page, context } = await visit(browser, { viewport: { width: 360, height: 740 } });
  await page.goto(`${SANDBOX_URL}/signature`);
  await page.getByLabel("Файл с текстом").setInputFiles({ name: "moydom.txt", mimeType: "text/plain", buffer: Buffer.from("Портал «Мой дом»\n") });
  await page.waitForFunction(() => document.querySelector("textarea")?.value === "Портал «Мой дом»\n");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Подписать" }).click();
  assert.equal((await saving).suggestedFilename(), "moydom.txt.sig");
  await context.close();
});
