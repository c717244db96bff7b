// @ts-check
/** My consents: what each is for, whether it holds, giving it and taking it back. */
import { refreshErasure } from "./erasure-banner.js";
import { get, post } from "./lib/api.js";
import { announce, el, find, isBusy, setBusy } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { paragraphs } from "./lib/legal.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Consent} Consent */
/** @typedef {import("portal-types").ConsentText} ConsentText */

const STATES = { given: "Вы дали согласие", withdrawn: "Вы отозвали согласие", none: "Вы ещё не решили" };

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    show(root, (await get("/api/auth/consents")).items);
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(failure(error));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} root
 * @param {Consent[]} consents
 */
function show(root, consents) {
  root.replaceChildren(...consents.map((consent) => card(root, consent)));
}

/**
 * @param {HTMLElement} root
 * @param {Consent} consent
 */
function card(root, consent) {
  const { in_force, state, at, earlier } = consent;
  const isGiven = state === "given" && !earlier;
  const said = STATES[/** @type {keyof typeof STATES} */ (state)] + (at ? ` ${time(at)}` : "");
  const failed = el("div", { hidden: true });
  const act = (/** @type {() => Promise<unknown>} */ request) => (/** @type {Event} */ { currentTarget }) =>
    change(root, /** @type {HTMLButtonElement} */ (currentTarget), failed, request);
  const give = act(() => post("/api/auth/consents", { body: { purpose: in_force.purpose, version: in_force.version } }));
  const withdraw = act(() => post(`/api/auth/consents/${in_force.purpose}/withdraw`));
  return el("section", { class: "card stack", "aria-labelledby": `consent-${in_force.purpose}` },
    el("div", { class: "stack stack--tight" },
      el("h2", { id: `consent-${in_force.purpose}`, tabindex: -1 }, in_force.title),
      el("p", {}, said, ".")),
    earlier && state === "given" && el("div", { class: "message message--warn" },
      el("h3", {}, "Текст обновился"), el("p", {}, "Вы согласились с прежним. Прочитайте новый и решите, подходит ли он.")),
    text("Текст согласия", in_force, !isGiven),
    earlier && text("Текст, с которым вы согласились тогда", earlier, false),
    failed,
    !isGiven && el("button", { class: "button", type: "button", onclick: give }, "Даю согласие"),
    state === "given" && withdrawal(in_force.purpose, withdraw));
}

/**
 * @param {string} title
 * @param {ConsentText} text
 * @param {boolean} isOpen
 */
function text(title, text, isOpen) {
  return el("details", { class: "disclosure", open: isOpen },
    el("summary", {}, `${title}, версия ${text.version}`), el("div", { class: "legal" }, paragraphs(text.text)));
}

/**
 * What a withdrawal means, by the purpose of the consent.
 * @type {Record<string, () => HTMLElement[]>}
 */
const MEANING = {
  portal: () => [
    el("p", {}, "После отзыва портал не примет от вас новых данных: показаний, счетов, контактов. Смотреть прежние можно как раньше."),
    el("p", {}, "Начисления и показания, которые организация хранит по закону, останутся у неё. Вход и остальное мы сотрём через 30 дней."),
    el("p", {}, el("a", { href: "/my-data" }, "Что именно сотрём и что останется")),
  ],
  "electronic-address": () => [el("p", {}, "Почта останется в профиле, но юридически значимых сообщений на неё больше не пришлют: только на бумаге или так, как сказано в договоре.")],
  proof: () => [el("p", {}, "Документы мы удалим, а заявку закроем. Личность, которую уже подтвердили, останется подтверждённой.")],
};

/**
 * @param {string} purpose
 * @param {(event: Event) => void} withdraw
 */
function withdrawal(purpose, withdraw) {
  return el("details", { class: "disclosure" },
    el("summary", {}, "Отозвать согласие"),
    el("div", { class: "stack stack--tight" },
      MEANING[purpose]?.() ?? [],
      el("p", {}, "Передумаете — дайте согласие снова на этой же странице."),
      el("button", { class: "button button--quiet", type: "button", onclick: withdraw }, "Отзываю согласие")));
}

/**
 * @param {HTMLElement} root
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} failed where to say what went wrong
 * @param {() => Promise<unknown>} request
 */
async function change(root, button, failed, request) {
  if (isBusy(button)) return;
  setBusy(button, true);
  try {
    await request();
    show(root, (await get("/api/auth/consents")).items);
    await refreshErasure();
    find("h2", root).focus();
    announce("Записано");
  } catch (error) {
    setBusy(button, false);
    failed.replaceChildren(failure(error));
    failed.hidden = false;
  }
}

/** @param {unknown} error */
function failure(error) {
  return el("div", { class: "message message--danger", role: "alert" },
    el("h2", {}, "Не получилось"), complaints(error).map(({ text }) => el("p", {}, text)));
}
