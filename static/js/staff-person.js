// @ts-check
/** One of the staff on the administrators' page: the roles, and folded below them what an administrator may do. */
import { del, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { fullTime } from "./lib/format.js";
import { handOver, reportOf } from "./lib/letting-in.js";
import { ROLES, called, place } from "./lib/roles.js";
import { choice, chosenScope, scopeChoice } from "./lib/scope-choice.js";

/** @typedef {import("portal-types").StaffList} StaffList */
/** @typedef {StaffList["people"][number]} Person */
/** @typedef {(list: StaffList) => void} Show draws the list anew after a change of it */

export const PATH = "/api/auth/staff";

/**
 * @param {HTMLElement} desk
 * @param {Person} one
 * @param {StaffList["scopes"]} scopes
 * @param {Show} show
 */
export function card(desk, one, scopes, show) {
  const { staff_id, name, login, roles } = one;
  const seen = one.signed_in_at ? `Последний вход: ${fullTime(one.signed_in_at)}.` : "Входов ещё не было.";
  return el("article", { class: "stack stack--tight" },
    el("h3", {}, name),
    el("p", { class: "soft small" }, `${login ?? ""}. ${seen}`),
    el("ul", {}, roles.map(({ role, scope }) => el("li", {}, `${called(role)}: ${place(scope)}`))),
    one.is_me && el("p", {}, "Это вы."),
    !one.is_me && el("details", { class: "disclosure" }, el("summary", {}, "Изменить роли или вход", el("span", { class: "visually-hidden" }, `, ${name}`)),
      el("div", { class: "stack" },
        el("div", { class: "button-row" },
          roles.map(({ grant_id, role, scope }) => act(desk, `Снять роль: ${called(role)}, ${place(scope)}`, name, async (confirmation) => show(await del(`${PATH}/${staff_id}/roles/${grant_id}`, { confirmation })))),
          act(desk, "Завершить входы", name, async (confirmation) => void await post(`${PATH}/${staff_id}/sign-out`, { confirmation })),
          act(desk, "Новый пароль", name, async (confirmation) => handOver(desk, await post(`${PATH}/${staff_id}/reset`, { confirmation })))),
        anotherRole(desk, one, scopes, show),
        stop(one),
        letIn(desk, one))));
}

/** @param {Person} one */
function stop({ staff_id, name }) {
  return withReason(`stop-${staff_id}`, name, {
    words: "Остановить вход",
    explained: "Для того, кто сообщил, что телефон или компьютер в чужих руках. Все его входы завершатся, впустить его заново смогут только двое администраторов.",
    question: "Почему останавливаете вход",
    missing: "Напишите, почему останавливаете вход",
  }, async (body) => {
    await confirming((confirmation) => post(`${PATH}/${staff_id}/block`, { body, confirmation }));
    return "Вход остановлен.";
  });
}

/**
 * @param {HTMLElement} desk
 * @param {Person} one
 */
function letIn(desk, { staff_id, name }) {
  return withReason(`let-in-${staff_id}`, name, {
    words: "Впустить заново",
    explained: "Для того, кто не может войти сам: остановил вход, потерял второй шаг, сменил номер. Один администратор предлагает, другой соглашается и получает ссылку. Телефон и почту человек потом подтверждает заново.",
    question: "Как вы убедились, кто перед вами",
    missing: "Напишите, как вы убедились, кто перед вами",
  }, async (body) => {
    const { waits_for, link } = await confirming((confirmation) => post(`${PATH}/${staff_id}/unblock`, { body, confirmation }));
    if (link) handOver(desk, link);
    return reportOf(waits_for);
  });
}

/**
 * What is done for a written reason.
 * @param {string} id
 * @param {string} name whom it is about
 * @param {{ words: string, explained: string, question: string, missing: string }} texts
 * @param {(body: { reason: string }) => Promise<string>} request answers what it has come to
 */
function withReason(id, name, { words, explained, question, missing }, request) {
  const said = el("p", { role: "status" });
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, explained),
    el("div", { class: "field" },
      el("label", { for: id }, question),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/reason" }),
      el("textarea", { class: "input", id, name: "reason", rows: 2, maxlength: 500, "aria-describedby": `${id}-error` })),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `${words}, ${name}` }, words),
    said);
  onSubmit(form, () => attempt(form, async () => {
    const { reason = "" } = filled(form, { reason: missing });
    said.textContent = await request({ reason });
    form.reset();
  }));
  return el("details", { class: "disclosure" }, el("summary", {}, words), form);
}

/**
 * @param {HTMLElement} desk
 * @param {Person} one
 * @param {StaffList["scopes"]} scopes
 * @param {Show} show
 */
function anotherRole(desk, { staff_id, name }, scopes, show) {
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    choice("role", `role-${staff_id}`, "Роль", Object.entries(ROLES)),
    scopeChoice(`scope-${staff_id}`, scopes),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Дать роль, ${name}` }, "Дать роль"));
  onSubmit(form, () => attempt(form, async () => {
    const { role, scope } = filled(form, { role: "Выберите роль", scope: "Выберите, где" });
    const body = { role, scope: chosenScope(scope, scopes) };
    show(await confirming((confirmation) => post(`${PATH}/${staff_id}/roles`, { body, confirmation })));
    find("[data-link] h2, [data-people]", desk).focus();
    announce("Записано");
  }));
  return el("details", { class: "disclosure" }, el("summary", {}, "Дать ещё роль"), form);
}

/**
 * @param {HTMLElement} desk
 * @param {string} words
 * @param {string} name
 * @param {(confirmation?: string) => Promise<void>} request
 */
function act(desk, words, name, request) {
  const form = el("form", { method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `${words}, ${name}` }, words));
  onSubmit(form, () => attempt(form, async () => {
    await confirming(request);
    find("[data-link] h2, [data-people]", desk).focus();
    announce("Записано");
  }));
  return form;
}
