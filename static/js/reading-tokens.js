// @ts-check
/** Programs that give readings for me: which do, a new one with its token shown once, taking one back. */
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { dropDraft } from "./lib/draft.js";
import { Missing, attempt } from "./lib/form.js";
import { keepForm } from "./lib/form-draft.js";
import { address, day, fullTime } from "./lib/format.js";
import { handedLink } from "./lib/handed-link.js";
import { meterTitle } from "./lib/meter.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Meter} Meter */
/** @typedef {import("portal-types").ReadingTokens} ReadingTokens */
/** @typedef {import("portal-types").NewReadingToken} NewReadingToken */

const PATH = "/api/readings/tokens";
const DRAFT = "reading-token";

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await demandResident();
    await show(root);
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} root */
async function show(root) {
  /** @type {[ReadingTokens, { accounts: MeterAccount[] }]} */
  const [{ items }, { accounts: reached }] = await Promise.all([get(PATH), get("/api/readings/meters")]);
  const accounts = reached.filter(({ delegation, meters }) => !delegation && meters.length > 0);
  root.replaceChildren(
    el("p", { class: "lead" }, "Умный дом или модуль на счётчике может передавать показания сам. Вашего пароля ему не нужно: для него есть ключ, который больше ничего не открывает."),
    el("section", { class: "card stack" },
      el("h2", { tabindex: -1 }, "Кому вы разрешили"),
      items.length > 0 ? items.map((one) => card(root, one)) : el("p", { class: "empty" }, "Пока никому.")),
    ...(accounts.length > 0
      ? accounts.map((account) => wish(root, account, accounts.length === 1))
      : [el("p", {}, "Разрешить можно для счётчиков своего дома. ", el("a", { href: "/link" }, "Привяжите лицевой счёт"), ".")]));
}

/**
 * @param {HTMLElement} root
 * @param {ReadingTokens["items"][number]} one
 */
function card(root, one) {
  const form = el("form", { class: "session", method: "post", novalidate: true },
    el("div", {},
      el("div", { "data-error-summary": true }),
      el("h3", {}, one.name),
      el("p", {}, one.meters.map(({ kind, serial }) => `${meterTitle({ kind })} №\u00a0${serial}`).join(", ")),
      el("p", { class: "soft" }, address(one.address)),
      el("p", { class: "soft small" }, `Последний день: ${day(one.until)}. `, one.last_used_at ? `Приходила: ${fullTime(one.last_used_at)}.` : "Ещё не приходила.")),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Запретить: ${one.name}` }, "Запретить"));
  onSubmit(form, () => attempt(form, async () => {
    await del(`${PATH}/${one.reading_token_id}`);
    await show(root);
    find("h2", root).focus();
    announce("Программе больше нельзя передавать показания");
  }));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {MeterAccount} account
 * @param {boolean} isOnly
 */
function wish(root, account, isOnly) {
  const id = account.account_id;
  const box = (/** @type {Meter} */ meter) =>
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "meter_ids", value: meter.meter_id, checked: account.meters.length === 1 }), el("span", {}, `${meterTitle(meter)} №\u00a0${meter.serial}`));
  const form = el("form", { class: "card stack", method: "post", novalidate: true },
    el("h2", {}, "Разрешить программе"),
    el("p", { class: "soft" }, isOnly ? "" : `${address(account.address)}. `, "Показания проверяются как ваши, о каждом принятом мы сообщим вам. Запретить можно в любую минуту."),
    el("div", { "data-error-summary": true }),
    field(`name-${id}`, "/name", "Как назвать программу", "Например: Home Assistant.", el("input", { class: "input", id: `name-${id}`, name: "name", maxlength: 40, autocomplete: "off", "aria-describedby": `name-${id}-hint name-${id}-error` })),
    el("fieldset", { class: "field", "aria-describedby": `meters-${id}-error` },
      el("legend", {}, "По каким счётчикам"), el("p", { class: "field-error", id: `meters-${id}-error`, "data-error-for": "/meter_ids" }), account.meters.map(box)),
    field(`until-${id}`, "/until", "По какой день", "Не дольше чем на три года.", el("input", { class: "input", id: `until-${id}`, name: "until", type: "date", "aria-describedby": `until-${id}-hint until-${id}-error` })),
    el("button", { class: "button", type: "submit" }, "Сделать ключ"));
  keepForm(form, `${DRAFT}-${id}`);
  onSubmit(form, () => attempt(form, () => make(root, form, account)));
  return form;
}

/**
 * @param {string} id
 * @param {string} pointer
 * @param {string} label
 * @param {string} hint
 * @param {HTMLElement} input
 */
function field(id, pointer, label, hint, input) {
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("p", { class: "hint", id: `${id}-hint` }, hint),
    el("p", { class: "field-error", id: `${id}-error`, "data-error-for": pointer }),
    input);
}

/**
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 * @param {MeterAccount} account
 */
async function make(root, form, account) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const meter_ids = data.getAll("meter_ids").map(String);
  const missing = [
    { text: "Назовите программу", pointer: "/name", is: text("name") },
    { text: "Отметьте хотя бы один счётчик", pointer: "/meter_ids", is: meter_ids.length },
    { text: "Выберите последний день", pointer: "/until", is: text("until") },
  ].filter(({ is }) => !is);
  if (missing.length > 0) throw new Missing(missing);
  const body = { name: text("name"), account_id: account.account_id, meter_ids, until: text("until") };
  /** @type {NewReadingToken} */
  const { token } = await confirming((confirmation) => post(PATH, { body, confirmation }));
  dropDraft(`${DRAFT}-${account.account_id}`);
  await show(root);
  root.prepend(handed(token, account, account.meters.filter(({ meter_id }) => meter_ids.includes(meter_id))));
  find("h2", root).focus();
  announce("Ключ сделан");
}

/**
 * @param {string} token
 * @param {MeterAccount} account
 * @param {Meter[]} meters
 */
function handed(token, account, meters) {
  const fact = (/** @type {string} */ name, /** @type {string} */ value) => el("div", {}, el("dt", {}, name), el("dd", {}, el("code", {}, value)));
  return el("div", { class: "message stack stack--tight" },
    el("h2", { tabindex: -1 }, "Ключ программы"),
    el("p", {}, "Впишите его в программу сейчас: больше мы его не покажем. Кто его узнает, сможет передавать показания этих счётчиков."),
    handedLink(token, "Ключ выделен: скопируйте его"),
    el("h3", {}, "Что ещё нужно программе"),
    el("dl", { class: "profile-facts" },
      fact("Куда", `${location.origin}/api/readings/submissions`),
      fact("account_id", account.account_id),
      meters.map((meter) => fact(`meter_id: ${meterTitle(meter)} №\u00a0${meter.serial}`, meter.meter_id))),
    el("p", { class: "soft small" }, "Готовые настройки для Home Assistant, модулей и curl — в описании портала, «Readings from programs and devices»."));
}
