// @ts-check
/** The accountant computes the month of a house, looks at what is odd, and finds an account. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { DESKTOP, PHONE, launch, open, signIn, visit } from "../lib/browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("a month is computed, looked at bill by bill and asked to be approved", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, "accountant");
  await open(page, "/billing-desk");
  const calculate = page.getByRole("button", { name: /^Рассчитать/ });
  const show = page.getByRole("button", { name: "Показать", exact: true });
  await calculate.or(show).first().waitFor();
  await ((await calculate.count()) > 0 ? calculate : show).first().click();
  await page.getByText("Рассчитано. Проверьте и утвердите.").waitFor();
  await page.getByRole("heading", { name: "По услугам" }).waitFor();
  const bill = page.locator("details.bill-line").first();
  await bill.locator("summary").click();
  await bill.getByText("₽").nth(1).waitFor();
  await assertAccessible(page, "/billing-desk with a month");
  await page.getByLabel("Показать", { exact: true }).selectOption("problem");
  await page.getByText("Таких квитанций нет.").waitFor();

  await page.getByRole("button", { name: "Назначить перерасчёт" }).click();
  await page.locator(".error-summary:focus").waitFor();
  const approve = page.getByRole("button", { name: "Утвердить и выставить квитанции" });
  assert.equal(await approve.isDisabled(), true, "readings of this month may still come");
  await page.getByLabel("Утвердить, не дожидаясь показаний").check();
  await approve.click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");

  const benefits = page.locator("form", { has: page.getByRole("button", { name: "Записать льготу" }) });
  await benefits.getByLabel("Лицевой счёт", { exact: true }).fill("0000000016");
  await page.getByLabel("Льгота", { exact: true }).fill("Ветераны труда");
  await page.getByLabel("Документ, номер и дата").fill("удостоверение № 5");
  await page.getByLabel("Первый день").fill("2031-01-01");
  await page.getByRole("button", { name: "Записать льготу" }).click();
  const benefit = page.locator("details", { hasText: "Лицевой счёт 0000000016: «Ветераны труда» с 1 января 2031" });
  await benefit.locator("summary").click();
  await assertAccessible(page, "/billing-desk with a benefit");
  await benefit.getByLabel("Почему, это прочтут жильцы").fill("записана по ошибке");
  await benefit.getByRole("button", { name: "Закончить льготу" }).click();
  await benefit.waitFor({ state: "detached" });

  const outage = page.locator("form", { has: page.getByRole("button", { name: "Записать перерыв" }) });
  await outage.getByRole("button").click();
  await page.locator(".error-summary:focus").waitFor();
  await outage.getByLabel("Какой услуги не было").selectOption("gas");
  await outage.getByLabel("Когда пропала, по часам дома").fill("2026-01-10T10:00");
  await outage.getByLabel("Когда вернулась").fill("2026-01-10T12:00");
  await outage.getByLabel("Акт, номер и дата, это прочтут жильцы").fill("акт № 5 от 11.01.2026");
  await outage.getByRole("button").click();
  const recorded = page.locator("details", { hasText: "весь дом: с 10 января 2026" });
  await recorded.locator("summary").click();
  await assertAccessible(page, "/billing-desk with a time without gas");
  await recorded.getByLabel("В чём ошибка, это прочтут жильцы").fill("записан не тот дом");
  await recorded.getByRole("button", { name: "Отозвать запись" }).click();
  await recorded.waitFor({ state: "detached" });

  await page.getByRole("heading", { name: "Вопросы жильцов о начислениях" }).waitFor();
  await page.getByLabel("За какой месяц долг").fill("2020-01");
  await page.getByLabel("Сколько оспаривается, ₽").fill("1200,50");
  await page.getByLabel("О чём спор, номер и дата претензии").fill("претензия № 1");
  const dispute = page.locator("form", { has: page.getByRole("button", { name: "Записать спор" }) });
  await dispute.getByLabel("Лицевой счёт").fill("0000000016");
  await dispute.getByRole("button", { name: "Записать спор" }).click();
  await dispute.getByText("За этот месяц долга по счёту нет").first().waitFor();

  await page.getByRole("button", { name: /^Тарифы: / }).first().click();
  await page.getByRole("region", { name: "Услуги дома" }).waitFor();
  await assertAccessible(page, "/billing-desk with tariffs");

  await page.getByLabel("Номер лицевого счёта").fill("0000000015");
  await page.getByRole("button", { name: "Найти" }).click();
  await page.getByRole("region", { name: "Счета по лицевому счёту 0000000015" }).waitFor();
  await page.setViewportSize(DESKTOP);
  await assertAccessible(page, "/billing-desk with an account");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the desk of charges is not a resident's", async () => {
  const { page, context } = await visit(browser, { viewport: PHONE });
  await signIn(page, "anna");
  await open(page, "/billing-desk");
  await page.getByRole("heading", { name: "Эта страница для бухгалтера" }).waitFor();
  await context.close();
});

test("a resident asks for past months from the bill, the accountant refuses with a reason", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, "anna");
  await open(page, "/bill");
  await page.getByRole("link", { name: "Попросить о перерасчёте" }).click();
  await page.getByRole("heading", { name: "Новое заявление" }).waitFor();
  assert.equal(await page.getByLabel("О чём просите").inputValue(), "recalculation");
  assert.match(await page.getByLabel("С какого месяца").inputValue(), /^\d{4}-\d{2}$/);
  await assertAccessible(page, "/requests");
  assert.equal(await page.getByLabel("Жильё").count(), 0, "one home is no choice");
  await page.getByRole("button", { name: "Отправить заявление" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await page.getByLabel("Подробности").fill("Счётчик показал меньше, акт № 7");
  await page.getByRole("button", { name: "Отправить заявление" }).click();
  await page.getByText("рассматривают").waitFor();
  assert.deepEqual(faults, []);
  await context.close();

  const desk = await visit(browser, { viewport: PHONE });
  await signIn(desk.page, "accountant");
  await open(desk.page, "/billing-desk");
  await desk.page.getByRole("button", { name: /^Рассчитать|^Показать$/ }).first().click();
  const request = desk.page.locator("details", { hasText: "Пересчитать прошлые месяцы" });
  await request.locator("summary").click();
  await request.getByLabel("Ответ, его прочтут жильцы").fill("Счётчик поверен, показание верно");
  await request.getByRole("button", { name: "Сохранить решение" }).click();
  await request.locator(".error-summary:focus").waitFor();
  await request.getByLabel("Отказать").check();
  await request.getByRole("button", { name: "Сохранить решение" }).click();
  await request.waitFor({ state: "detached" });
  await assertAccessible(desk.page, "/billing-desk");
  assert.deepEqual(desk.faults, []);
  await desk.context.close();
});

test("who was away asks for it from the bill and hears what is missing", async () => {
  const { page, context, faults } = await visit(browser, { viewport: PHONE });
  await signIn(page, "anna");
  await open(page, "/bill");
  await page.getByRole("link", { name: "Не было дома больше пяти дней? Подайте заявление" }).click();
  await page.getByRole("heading", { name: "Заявление", exact: true }).waitFor();
  await page.getByText("перерасчёт будет").first().waitFor();
  await assertAccessible(page, "/absence");
  assert.equal(await page.getByLabel("Жильё").count(), 0, "one home is no choice");
  await page.getByRole("button", { name: "Отправить заявление" }).click();
  await page.locator(".error-summary:focus").waitFor();
  await page.getByLabel("День отъезда").fill("2020-01-01");
  await page.getByLabel("День возвращения").fill("2020-01-20");
  await page.getByLabel("Сколько человек отсутствовало").fill("1");
  await page.getByLabel("Чем подтвердить").fill("билеты");
  await page.getByRole("button", { name: "Отправить заявление" }).click();
  await page.getByText("заявление подаётся не позже").first().waitFor();
  assert.deepEqual(faults.filter((fault) => !fault.includes("422")), []);
  await context.close();
});
