// @ts-check
/** On which level I stand, what that opens, and both ways to rise: a provider that knows me, or documents to the company. */
import { del, get, post } from "./lib/api.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt } from "./lib/form.js";
import { time } from "./lib/format.js";
import { paragraphs } from "./lib/legal.js";
import { standing } from "./level-standing.js";
import { person } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { providerForm } from "./lib/provider-form.js";
import { requestForm } from "./level-request.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").Level} Level */
/** @typedef {import("portal-types").Consent} Consent */
/** @typedef {import("portal-types").Provider} Provider */

const PURPOSE = "proof";

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await show(root);
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} root */
async function show(root) {
  /** @type {[Level, { items: Provider[] }, import("portal-types").Session]} */
  const [level, { items: providers }, { roles }] = await Promise.all([get("/api/auth/level"), get("/api/auth/providers"), person()]);
  const sure = providers.filter((one) => one.level === "confirmed");
  const isOpen = level.request !== null && level.request !== undefined;
  root.replaceChildren(state(level), ...(level.level === "confirmed" || sure.length === 0 ? [] : [byProvider(sure)]));
  if (roles.includes("resident") && (level.level !== "confirmed" || isOpen)) root.append(await byCompany(root, level));
}

/** @param {Level} level */
function state(level) {
  return el("section", { class: "card stack", "aria-labelledby": "state-title" },
    el("h2", { id: "state-title", tabindex: -1 }, "Ваш уровень"),
    el("p", {}, standing(level)),
    level.asked_again && el("div", { class: "message message--warn" },
      el("h3", {}, "Организация просит подтвердить личность заново"), el("p", {}, level.asked_again)),
    level.opens.length > 0 && el("h3", {}, "Что открывает подтверждение"),
    level.opens.length > 0 && el("ul", {}, level.opens.map(({ words, is_open }) => el("li", {}, `${words}: ${is_open ? "открыто" : "пока закрыто"}`))));
}

/** @param {Provider[]} providers */
function byProvider(providers) {
  return el("section", { class: "card stack", "aria-labelledby": "provider-title" },
    el("h2", { id: "provider-title" }, "Через сервис, который вас знает"),
    el("p", {}, "Если там проверяли ваши документы, хватит одного входа. Вход, который ещё не ваш, предложим привязать."),
    providers.map((one) => providerForm(one, `Войти через «${one.name}»`, "/level")));
}

/**
 * @param {HTMLElement} root
 * @param {Level} level
 */
async function byCompany(root, level) {
  const section = el("section", { class: "card stack", "aria-labelledby": "company-title" },
    el("h2", { id: "company-title" }, "Через управляющую организацию"));
  const { request } = level;
  if (request?.stage === "submitted") {
    section.append(waiting(root, request));
    return section;
  }
  /** @type {[{ items: Account[] }, { items: Consent[] }]} */
  const [{ items: accounts }, { items: consents }] = await Promise.all([get("/api/homes/accounts"), get("/api/auth/consents")]);
  const consent = consents.find((one) => one.in_force.purpose === PURPOSE);
  // Nobody is asked to consent to what cannot be done yet.
  if (accounts.length === 0) section.append(linkFirst());
  else if (consent && (consent.state !== "given" || consent.earlier)) section.append(consentForm(root, consent));
  else section.append(requestForm(request ?? null, accounts, () => show(root)));
  return section;
}

const linkFirst = () => el("p", {}, "Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"),
  ": по нему организация сверит ваши данные. Потом спросим, согласны ли вы, чтобы мы обработали паспорт и СНИЛС.");

/**
 * Documents have a consent of their own: it is given before anything is asked for.
 * @param {HTMLElement} root
 * @param {Consent} consent
 */
function consentForm(root, { in_force }) {
  const form = el("form", { class: "stack", method: "post", novalidate: true },
    el("p", {}, "Понадобятся паспорт, СНИЛС и документ о праве на жильё: выписка из ЕГРН или договор найма. Сначала решите, согласны ли вы, чтобы мы их обработали."),
    el("details", { class: "disclosure" }, el("summary", {}, in_force.title), el("div", { class: "stack stack--tight" }, paragraphs(in_force.text))),
    el("div", { "data-error-summary": true }),
    el("button", { class: "button", type: "submit" }, "Даю согласие"));
  onSubmit(form, () => attempt(form, async () => {
    await post("/api/auth/consents", { body: { purpose: PURPOSE, version: in_force.version } });
    await show(root);
  }));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {import("portal-types").LevelRequest} request
 */
function waiting(root, { due_at, submitted_at }) {
  const form = el("form", { class: "stack", method: "post", novalidate: true },
    el("p", {}, `Заявка отправлена ${time(submitted_at ?? "")}. Организация решит до: ${time(due_at ?? "")}. Сообщим сразу, как решит.`),
    el("div", { "data-error-summary": true }),
    el("button", { class: "button button--quiet button--small", type: "submit" }, "Отозвать заявку и удалить документы"));
  onSubmit(form, () => attempt(form, async () => {
    await del("/api/auth/level-request");
    await show(root);
  }));
  return form;
}
