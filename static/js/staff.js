// @ts-check
/** For administrators: who works where, and inviting others. */
import { addressExport } from "./lib/address-export.js";
import { actButton } from "./lib/act.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { fullTime } from "./lib/format.js";
import { handOver } from "./lib/letting-in.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";
import { ROLES, called, place } from "./lib/roles.js";
import { chosenScope, key, scopeChoice } from "./lib/scope-choice.js";
import { PATH, card } from "./staff-person.js";

/** @typedef {import("portal-types").StaffList} StaffList */
/** @typedef {StaffList["scopes"][number]} Scope */

/** From so many people on, a name is sought faster than read. */
const MANY = 6;

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
function show(desk, { people, invited, scopes }) {
  const articles = people.map((one) => card(desk, one, scopes, (changed) => show(desk, changed)));
  desk.replaceChildren(
    el("details", { class: "card disclosure", open: people.length < 2 }, el("summary", {}, "Пригласить сотрудника"), invitation(desk, scopes)),
    ...(invited.length > 0 ? [waiting(desk, invited)] : []),
    el("section", { class: "card stack" }, el("h2", { tabindex: -1, "data-people": true }, "Кто работает"), filter(people, articles), el("div", { class: "rows" }, articles)),
    addressExport());
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList["invited"]} invited
 */
function waiting(desk, invited) {
  return el("section", { class: "card stack stack--tight" }, el("h2", {}, "Приглашены"),
    el("ul", { class: "stack stack--tight" }, invited.map((one) => {
      const errors = el("div", {});
      const withdraw = actButton("Отозвать", errors, async () => {
        await del(`/api/auth/staff/invitations/${one.invitation_id}`);
        show(desk, await get(PATH));
        announce("Приглашение отозвано, по его ссылке не войти");
      }, { label: `Отозвать приглашение: ${one.name}` });
      return el("li", {}, el("p", {}, `${one.name} (${one.login}): ${one.roles.map(called).join(", ")}, ${place(one.scope)}. Ссылка действует до: ${fullTime(one.expires_at)}`), errors, withdraw);
    })));
}

/**
 * Shows the people of one place or of one name; nothing where there is little to choose from.
 * @param {StaffList["people"]} people
 * @param {HTMLElement[]} articles of the same people in the same order
 */
function filter(people, articles) {
  const places = new Map(people.flatMap(({ roles }) => roles.map(({ scope }) => [key(scope), place(scope)])));
  const nobody = el("p", { class: "empty", hidden: true }, "Таких сотрудников нет.");
  const where = el("select", { class: "input", id: "where", onchange: sift }, el("option", { value: "" }, "Все"), [...places].map(([value, title]) => el("option", { value }, title)));
  const who = el("input", { class: "input", id: "who", type: "search", autocomplete: "off", spellcheck: "false", oninput: sift });
  function sift() {
    const sought = who.value.trim().toLocaleLowerCase("ru");
    people.forEach(({ name, login, roles }, index) => {
      const isThere = where.value === "" || roles.some(({ scope }) => key(scope) === where.value);
      const isCalledSo = `${name} ${login ?? ""}`.toLocaleLowerCase("ru").includes(sought);
      /** @type {HTMLElement} */ (articles[index]).hidden = !(isThere && isCalledSo);
    });
    nobody.hidden = articles.some(({ hidden }) => !hidden);
    announce("Список обновлён");
  }
  return [
    people.length >= MANY && el("div", { class: "field" }, el("label", { for: "who" }, "Имя или логин"), who),
    places.size > 1 && el("div", { class: "field" }, el("label", { for: "where" }, "Где работают"), where),
    nobody,
  ];
}

/**
 * @param {HTMLElement} desk
 * @param {Scope[]} scopes
 */
function invitation(desk, scopes) {
  const field = (/** @type {string} */ name, /** @type {string} */ label) => el("div", { class: "field" },
    el("label", { for: name }, label),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }),
    el("input", { class: "input", id: name, name, maxlength: 100, autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": `${name}-error` }));
  const form = el("form", { class: "stack", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    field("login", "Логин"),
    field("name", "Как обращаться"),
    el("fieldset", { class: "field", "aria-describedby": "roles-error" },
      el("legend", {}, "Роли"),
      el("p", { class: "field-error", id: "roles-error", "data-error-for": "/roles" }),
      Object.entries(ROLES).map(([role, words]) =>
        el("label", { class: "check" }, el("input", { type: "checkbox", name: "roles", value: role }), el("span", {}, words)))),
    scopeChoice("scope", scopes),
    el("button", { class: "button", type: "submit" }, "Сделать ссылку"));
  onSubmit(form, () => attempt(form, async () => {
    const { login, name, scope } = filled(form, { login: "Придумайте логин", name: "Напишите, как обращаться", roles: "Выберите хотя бы одну роль", scope: "Выберите, где" });
    const body = { login, name, roles: new FormData(form).getAll("roles"), scope: chosenScope(scope, scopes) };
    const link = await confirming((confirmation) => post(`${PATH}/invitations`, { body, confirmation }));
    show(desk, await get(PATH));
    handOver(desk, link);
  }));
  return form;
}
