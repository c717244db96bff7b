// @ts-check
/** Trusted persons: what I let others do for my accounts, what others let me do, a new trust. */
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { dropDraft } from "./lib/draft.js";
import { Missing, attempt } from "./lib/form.js";
import { keepForm } from "./lib/form-draft.js";
import { address, day, fullTime } from "./lib/format.js";
import { handedLink } from "./lib/handed-link.js";
import { POWERS } from "./lib/powers.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Delegations} Delegations */
/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").NewDelegation} NewDelegation */

const PATH = "/api/homes/delegations";
const DRAFT = "delegation";

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
  /** @type {[Delegations, { items: Account[] }]} */
  const [{ granted, held }, { items: accounts }] = await Promise.all([get(PATH), get("/api/homes/accounts")]);
  root.replaceChildren(
    group("Кому доверяете вы", "Пока никому.", granted.map((one) => card(root, one, one.name, "Отозвать", state(one)))),
    el("p", {}, "Что доверенные сделали от вашего имени и когда, стоит ", el("a", { href: "/profile#journal-title" }, "в журнале вашего профиля"), "."),
    accounts.length > 0 ? wish(root, accounts) : el("p", {}, "Доверить можно свой счёт. ", el("a", { href: "/link" }, "Привяжите его"), "."),
    group("Кто доверяет вам", "Пока никто.", held.map((one) => card(root, one, one.granted_by, "Отказаться", task(one)))));
}

/**
 * @param {string} title
 * @param {string} none
 * @param {HTMLElement[]} cards
 */
function group(title, none, cards) {
  return el("section", { class: "card stack" },
    el("h2", { tabindex: -1 }, title), cards.length > 0 ? cards : el("p", { class: "empty" }, none));
}

/** @param {Delegations["granted"][number]} one */
function state({ taken_by, taken_at, looked_on, take_by }) {
  if (!taken_by || !taken_at) return `Ссылку ещё не приняли. Она действует до: ${fullTime(take_by)}.`;
  const look = looked_on ? `Последний раз смотрел показания: ${day(looked_on)}.` : "Показаний пока не смотрел.";
  return `Ссылку открыл и принял: ${taken_by}, ${fullTime(taken_at)}. ${look} Это не тот человек? Отзовите.`;
}

/** Where what was entrusted is done. @param {Delegations["held"][number]} one */
function task({ powers }) {
  return powers.includes("submit-readings")
    ? el("a", { href: "/readings" }, "Передать показания")
    : el("a", { href: "/history" }, "Смотреть показания");
}

/**
 * @param {HTMLElement} root
 * @param {{ delegation_id: string, powers: string[], until: string, addresses: string[] }} one
 * @param {string} name
 * @param {string} end
 * @param {string | Node} note
 */
function card(root, { delegation_id, powers, until, addresses }, name, end, note) {
  const form = el("form", { class: "session", method: "post", novalidate: true },
    el("div", {},
      el("div", { "data-error-summary": true }),
      el("h3", {}, name),
      el("p", {}, powers.map((power) => POWERS[power] ?? power).join(", ")),
      addresses.map((one) => el("p", { class: "soft" }, address(one))),
      el("p", { class: "soft small" }, `Последний день: ${day(until)}. `, note)),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `${end}: ${name}` }, end));
  onSubmit(form, () => attempt(form, async () => {
    await del(`${PATH}/${delegation_id}`);
    await show(root);
    find("h2", root).focus();
    announce("Доверие закончено");
  }));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {Account[]} accounts
 */
function wish(root, accounts) {
  const box = (/** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ words) =>
    el("label", { class: "check" }, el("input", { type: "checkbox", name, value, checked: accounts.length === 1 && name === "account_ids" }), el("span", {}, words));
  const form = el("form", { class: "card stack", method: "post", novalidate: true },
    el("h2", {}, "Доверить другому человеку"),
    el("p", { class: "soft" }, "Он сможет только то, что вы отметите; кто передаёт показания, видит и последнее из них. Счёт остаётся вашим, отозвать доверие можно в любую минуту."),
    el("div", { "data-error-summary": true }),
    field("name", "Кому", "Как вы его назовёте, например: Сын Пётр.", el("input", { class: "input", id: "name", name: "name", maxlength: 100, autocomplete: "off", "aria-describedby": "name-hint name-error" })),
    choice("account_ids", "Какие счета", accounts.map((one) => box("account_ids", one.account_id, one.label ?? address(one.address)))),
    choice("powers", "Что можно делать", Object.entries(POWERS).map(([power, words]) => box("powers", power, words))),
    field("until", "По какой день", "Не дольше чем на год.", el("input", { class: "input", id: "until", name: "until", type: "date", "aria-describedby": "until-hint until-error" })),
    field("contact", "Телефон или почта этого человека", "Пришлём туда ссылку. Оставьте пустым, чтобы передать ссылку самому.", el("input", { class: "input", id: "contact", name: "contact", inputmode: "email", maxlength: 254, autocomplete: "off", "aria-describedby": "contact-hint contact-error" })),
    el("button", { class: "button", type: "submit" }, "Доверить"));
  keepForm(form, DRAFT);
  onSubmit(form, () => attempt(form, () => grant(root, form)));
  return form;
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} hint
 * @param {HTMLElement} input
 */
function field(name, label, hint, input) {
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    el("p", { class: "hint", id: `${name}-hint` }, hint),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }),
    input);
}

/**
 * @param {string} name
 * @param {string} legend
 * @param {HTMLElement[]} boxes
 */
function choice(name, legend, boxes) {
  return el("fieldset", { class: "field", "aria-describedby": `${name}-error` },
    el("legend", {}, legend), el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }), boxes);
}

/**
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 */
async function grant(root, form) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const [account_ids, powers] = [data.getAll("account_ids"), data.getAll("powers")];
  const missing = [
    { text: "Напишите, кому вы доверяете", pointer: "/name", is: text("name") },
    { text: "Выберите хотя бы один счёт", pointer: "/account_ids", is: account_ids.length },
    { text: "Отметьте, что можно делать", pointer: "/powers", is: powers.length },
    { text: "Выберите последний день", pointer: "/until", is: text("until") },
  ].filter(({ is }) => !is);
  if (missing.length > 0) throw new Missing(missing);
  const body = { name: text("name"), account_ids, powers, until: text("until"), ...(text("contact") && { contact: text("contact") }) };
  /** @type {NewDelegation} */
  const { link } = await confirming((confirmation) => post(PATH, { body, confirmation }));
  dropDraft(DRAFT);
  await show(root);
  root.prepend(handed(link ?? null));
  find("h2", root).focus();
  announce("Записано");
}

/** @param {string | null} link */
function handed(link) {
  return el("div", { class: "message" },
    el("h2", { tabindex: -1 }, link ? "Передайте эту ссылку" : "Ссылка отправлена"),
    el("p", {}, link ? "Только самому человеку: кто первым её откроет и примет, тот и получит доступ. Больше мы её не покажем." : "Когда её примут, вы получите уведомление."),
    link && handedLink(link));
}
