// @ts-check
/** For administrators: who works here, inviting others, taking a role away, signing out, a link for a new password. */
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { fullTime } from "./lib/format.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").StaffList} StaffList */
/** @typedef {import("portal-types").StaffLink} StaffLink */

const PATH = "/api/auth/staff";

/** @type {Record<string, string>} */
const ROLES = {
  dispatcher: "диспетчер",
  executor: "исполнитель",
  accountant: "бухгалтер",
  manager: "руководитель",
  admin: "администратор",
  inspector: "инспектор",
  support: "поддержка",
};

/** @param {string} role */
const called = (role) => ROLES[role] ?? role;

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "admin")) {
    const desk = find("[data-desk]", root);
    try {
      show(desk, await get(PATH));
      announce("Данные загружены");
    } catch (error) {
      desk.replaceChildren(...complaints(error).map(({ text }) => el("p", {}, text)));
    }
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList} list
 */
function show(desk, { people, invited }) {
  desk.replaceChildren(
    el("section", { class: "card stack" }, el("h2", { tabindex: -1 }, "Кто работает"), people.map((one) => card(desk, one))),
    el("section", { class: "card stack stack--tight" }, el("h2", {}, "Приглашены"),
      invited.length > 0
        ? el("ul", {}, invited.map((one) => el("li", {}, `${one.name} (${one.login}): ${one.roles.map(called).join(", ")}. Ссылка действует до: ${fullTime(one.expires_at)}`)))
        : el("p", { class: "empty" }, "Никто.")),
    invitation(desk));
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList["people"][number]} one
 */
function card(desk, one) {
  const roles = one.roles.filter((role) => role in ROLES);
  const seen = one.signed_in_at ? `Последний вход: ${fullTime(one.signed_in_at)}.` : "Ещё не входил.";
  return el("article", { class: "stack stack--tight" },
    el("h3", {}, one.name),
    el("p", { class: "soft small" }, `${one.login ?? ""}. ${seen}`),
    one.is_me && el("p", {}, `Это вы: ${roles.map(called).join(", ")}.`),
    !one.is_me && el("div", { class: "button-row" },
      roles.map((role) => act(desk, `Снять роль: ${called(role)}`, one.name, async (confirmation) => show(desk, await del(`${PATH}/${one.staff_id}/roles/${role}`, { confirmation })))),
      act(desk, "Завершить входы", one.name, async (confirmation) => void await post(`${PATH}/${one.staff_id}/sign-out`, { confirmation })),
      act(desk, "Новый пароль", one.name, async (confirmation) => handOver(desk, await post(`${PATH}/${one.staff_id}/reset`, { confirmation })))));
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
    find("h2", desk).focus();
    announce("Записано");
  }));
  return form;
}

/** @param {HTMLElement} desk */
function invitation(desk) {
  const field = (/** @type {string} */ name, /** @type {string} */ label) => el("div", { class: "field" },
    el("label", { for: name }, label),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }),
    el("input", { class: "input", id: name, name, maxlength: 100, autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": `${name}-error` }));
  const form = el("form", { class: "card stack", method: "post", novalidate: true },
    el("h2", {}, "Пригласить"),
    el("div", { "data-error-summary": true }),
    field("login", "Логин"),
    field("name", "Как обращаться"),
    el("fieldset", { class: "field" },
      el("legend", {}, "Роли"),
      el("p", { class: "field-error", id: "roles-error", "data-error-for": "/roles" }),
      Object.entries(ROLES).map(([role, words], index) =>
        el("label", { class: "check" }, el("input", { type: "checkbox", name: "roles", value: role, id: index === 0 ? "roles" : null }), el("span", {}, words)))),
    el("button", { class: "button", type: "submit" }, "Сделать ссылку"));
  onSubmit(form, () => attempt(form, async () => {
    const data = new FormData(form);
    const body = { login: String(data.get("login")).trim(), name: String(data.get("name")).trim(), roles: data.getAll("roles") };
    const missing = [
      { text: "Придумайте логин", pointer: "/login", is: body.login },
      { text: "Напишите, как обращаться", pointer: "/name", is: body.name },
      { text: "Выберите хотя бы одну роль", pointer: "/roles", is: body.roles.length },
    ].filter(({ is }) => !is);
    if (missing.length > 0) throw new Missing(missing);
    const link = await confirming((confirmation) => post(`${PATH}/invitations`, { body, confirmation }));
    show(desk, await get(PATH));
    handOver(desk, link);
    find("h2", desk).focus();
  }));
  return form;
}

/**
 * @param {HTMLElement} desk
 * @param {StaffLink} made
 */
function handOver(desk, { link, expires_at }) {
  desk.querySelector("[data-link]")?.remove();
  desk.prepend(el("div", { class: "message", "data-link": true },
    el("h2", { tabindex: -1 }, "Передайте эту ссылку"),
    el("p", {}, `Только самому человеку: по ней задают пароль, один раз, до: ${fullTime(expires_at)}. Больше мы её не покажем.`),
    el("p", {}, el("code", {}, link))));
}
