// @ts-check
/** The person's right to be forgotten: what would go, what a law keeps, the request and taking it back. */
import { refreshErasure } from "./erasure-banner.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt } from "./lib/form.js";
import { count, fullTime } from "./lib/format.js";
import { complaints } from "./lib/problem.js";
import { person } from "./lib/person.js";

/** @typedef {import("portal-types").ErasurePlan} ErasurePlan */

const PATH = "/api/auth/erasure";

/** @param {HTMLElement} root */
export async function start(root) {
  const place = find("[data-erasure]", root);
  try {
    const { roles } = await person();
    if (roles.includes("resident")) show(root, place, await get(PATH));
    else place.replaceChildren(el("p", {}, "Рабочий вход закрывает администратор: попросите его."));
  } catch (error) {
    place.replaceChildren(...complaints(error).map(({ text }) => el("p", {}, text)));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} place
 * @param {ErasurePlan} plan
 */
function show(root, place, plan) {
  const gone = plan.items.filter(({ stays }) => !stays);
  const kept = plan.items.filter(({ stays }) => stays);
  place.replaceChildren(
    plan.request ? pending(root, place, plan.request) : el("p", {}, "После этого войти будет нельзя, а история останется только у организации, без вашего имени."),
    list("Что сотрём", gone),
    kept.length > 0 ? list("Что останется по закону", kept) : "",
    plan.request ? "" : wish(root, place, plan.grace_days));
}

/**
 * @param {string} title
 * @param {ErasurePlan["items"]} items
 */
function list(title, items) {
  return el("div", { class: "stack stack--tight" }, el("h3", {}, title),
    el("ul", { class: "journal" }, items.map(({ title: name, purpose, kept, rows, fate }) =>
      el("li", {}, el("span", {}, `${name}: ${count(rows, "запись", "записи", "записей")}`),
        el("span", { class: "small" }, `Зачем: ${purpose}. Сколько хранится: ${kept}.`), el("span", {}, fate)))));
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} place
 * @param {number} days
 */
function wish(root, place, days) {
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", { class: "soft" }, `Попросим подтвердить, что это вы. Дней на то, чтобы передумать: ${days}.`),
    el("p", {}, el("button", { class: "button button--quiet", type: "submit" }, "Стереть мой вход и данные")));
  onSubmit(form, () => attempt(form, async () => {
    /** @type {ErasurePlan} */
    const plan = await confirming((confirmation) => post(PATH, { confirmation }));
    await refreshErasure();
    redraw(root, place, plan, "Просьба принята.");
  }));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} place
 * @param {NonNullable<ErasurePlan["request"]>} request
 */
function pending(root, place, { due_at, reason }) {
  const why = reason === "withdrawal" ? ["Вы отозвали ", el("a", { href: "/consents" }, "согласие"), "."] : "Вы попросили стереть вход и данные.";
  const form = el("form", { class: "message message--warn stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, why, ` Сотрём: ${fullTime(due_at)}. До этого можно передумать.`),
    el("p", {}, el("button", { class: "button", type: "submit" }, "Оставить мой вход и данные")));
  onSubmit(form, () => attempt(form, async () => {
    await del(PATH);
    await refreshErasure();
    redraw(root, place, await get(PATH), "Ваши данные остаются: стирать ничего не будем.");
  }));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} place
 * @param {ErasurePlan} plan
 * @param {string} told
 */
function redraw(root, place, plan, told) {
  show(root, place, plan);
  place.prepend(el("p", { class: "message" }, told));
  find("h2", root).focus();
  announce(told);
}
