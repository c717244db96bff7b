// @ts-check
/** For administrators: who works where, inviting others, giving a role and taking it away, signing out, a new password. */
import { addressExport } from "./lib/address-export.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { fullTime } from "./lib/format.js";
import { handOver, reportOf } from "./lib/letting-in.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";
import { ROLES, called, place } from "./lib/roles.js";

/** @typedef {import("portal-types").StaffList} StaffList */
/** @typedef {StaffList["scopes"][number]} Scope */

const PATH = "/api/auth/staff";

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

/** @param {Scope} scope */
const key = ({ kind, id }) => (id ? `${kind}:${id}` : kind);

/**
 * @param {HTMLElement} desk
 * @param {StaffList} list
 */
function show(desk, { people, invited, scopes }) {
  desk.replaceChildren(
    el("section", { class: "card stack" }, el("h2", { tabindex: -1 }, "Кто работает"), filter(desk, people), people.map((one) => card(desk, one, scopes))),
    el("section", { class: "card stack stack--tight" }, el("h2", {}, "Приглашены"),
      invited.length > 0
        ? el("ul", {}, invited.map((one) => el("li", {}, `${one.name} (${one.login}): ${one.roles.map(called).join(", ")}, ${place(one.scope)}. Ссылка действует до: ${fullTime(one.expires_at)}`)))
        : el("p", { class: "empty" }, "Никто.")),
    el("details", { class: "card disclosure", open: people.length < 2 }, el("summary", {}, "Пригласить сотрудника"), invitation(desk, scopes)),
    addressExport());
}

/**
 * Shows the people of one place; nothing where all work in the same.
 * @param {HTMLElement} desk
 * @param {StaffList["people"]} people
 */
function filter(desk, people) {
  const places = new Map(people.flatMap(({ roles }) => roles.map(({ scope }) => [key(scope), place(scope)])));
  if (places.size < 2) return null;
  const select = el("select", { class: "input", id: "where", onchange: () => {
    for (const article of desk.querySelectorAll("article")) article.hidden = select.value !== "" && !(article.dataset.places ?? "").split(" ").includes(select.value);
    announce("Список обновлён");
  } }, el("option", { value: "" }, "Все"), [...places].map(([value, title]) => el("option", { value }, title)));
  return el("div", { class: "field" }, el("label", { for: "where" }, "Где работают"), select);
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList["people"][number]} one
 * @param {Scope[]} scopes
 */
function card(desk, one, scopes) {
  const { staff_id, name, login, roles } = one;
  const seen = one.signed_in_at ? `Последний вход: ${fullTime(one.signed_in_at)}.` : "Входов ещё не было.";
  return el("article", { class: "stack stack--tight", "data-places": roles.map(({ scope }) => key(scope)).join(" ") },
    el("h3", {}, name),
    el("p", { class: "soft small" }, `${login ?? ""}. ${seen}`),
    el("ul", {}, roles.map(({ role, scope }) => el("li", {}, `${called(role)}: ${place(scope)}`))),
    one.is_me && el("p", {}, "Это вы."),
    !one.is_me && el("div", { class: "button-row" },
      roles.map(({ grant_id, role, scope }) => act(desk, `Снять роль: ${called(role)}, ${place(scope)}`, name, async (confirmation) => show(desk, await del(`${PATH}/${staff_id}/roles/${grant_id}`, { confirmation })))),
      act(desk, "Завершить входы", name, async (confirmation) => void await post(`${PATH}/${staff_id}/sign-out`, { confirmation })),
      act(desk, "Новый пароль", name, async (confirmation) => handOver(desk, await post(`${PATH}/${staff_id}/reset`, { confirmation })))),
    !one.is_me && anotherRole(desk, one, scopes),
    !one.is_me && letIn(desk, one),
    !one.is_me && stop(one));
}

/** @param {StaffList["people"][number]} one */
function stop({ staff_id, name }) {
  const id = `stop-${staff_id}`;
  const said = el("p", { role: "status" });
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, "Для того, кто сообщил, что телефон или компьютер в чужих руках. Все его входы завершатся, впустить его заново смогут только двое администраторов."),
    el("div", { class: "field" },
      el("label", { for: id }, "Почему останавливаете вход"),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/reason" }),
      el("textarea", { class: "input", id, name: "reason", rows: 2, maxlength: 500, "aria-describedby": `${id}-error` })),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Остановить вход, ${name}` }, "Остановить вход"),
    said);
  onSubmit(form, () => attempt(form, async () => {
    const reason = String(new FormData(form).get("reason")).trim();
    if (!reason) throw new Missing([{ text: "Напишите, почему останавливаете вход", pointer: "/reason" }]);
    await confirming((confirmation) => post(`${PATH}/${staff_id}/block`, { body: { reason }, confirmation }));
    form.reset();
    said.textContent = "Вход остановлен.";
  }));
  return el("details", { class: "disclosure" }, el("summary", {}, "Остановить вход"), form);
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList["people"][number]} one
 */
function letIn(desk, { staff_id, name }) {
  const id = `let-in-${staff_id}`;
  const said = el("p", { role: "status" });
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, "Для того, кто не может войти сам: остановил вход, потерял второй шаг, сменил номер. Один администратор предлагает, другой соглашается и получает ссылку. Телефон и почту человек потом подтверждает заново."),
    el("div", { class: "field" },
      el("label", { for: id }, "Как вы убедились, кто перед вами"),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/reason" }),
      el("textarea", { class: "input", id, name: "reason", rows: 2, maxlength: 500, "aria-describedby": `${id}-error` })),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Впустить заново, ${name}` }, "Впустить заново"),
    said);
  onSubmit(form, () => attempt(form, async () => {
    const reason = String(new FormData(form).get("reason")).trim();
    if (!reason) throw new Missing([{ text: "Напишите, как вы убедились, кто перед вами", pointer: "/reason" }]);
    const { waits_for, link } = await confirming((confirmation) => post(`${PATH}/${staff_id}/unblock`, { body: { reason }, confirmation }));
    form.reset();
    said.textContent = reportOf(waits_for);
    if (link) handOver(desk, link);
  }));
  return el("details", { class: "disclosure" }, el("summary", {}, "Впустить заново"), form);
}

/**
 * @param {HTMLElement} desk
 * @param {StaffList["people"][number]} one
 * @param {Scope[]} scopes
 */
function anotherRole(desk, { staff_id, name }, scopes) {
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    choice("role", `role-${staff_id}`, "Роль", Object.entries(ROLES)),
    scopeChoice(`scope-${staff_id}`, scopes),
    el("button", { class: "button button--quiet button--small", type: "submit", "aria-label": `Дать роль, ${name}` }, "Дать роль"));
  onSubmit(form, () => attempt(form, async () => {
    const body = { role: String(new FormData(form).get("role")), scope: chosen(form, scopes) };
    show(desk, await confirming((confirmation) => post(`${PATH}/${staff_id}/roles`, { body, confirmation })));
    find("h2", desk).focus();
    announce("Записано");
  }));
  return el("details", { class: "disclosure" }, el("summary", {}, "Дать ещё роль"), form);
}

/**
 * @param {string} name
 * @param {string} id
 * @param {string} label
 * @param {string[][]} options value and words
 * @param {string} [preset] the value that is chosen at first
 */
function choice(name, id, label, options, preset) {
  return el("div", { class: "field" },
    el("label", { for: id }, label),
    el("p", { class: "field-error", id: `${id}-error`, "data-error-for": `/${name}` }),
    el("select", { class: "input", id, name, "aria-describedby": `${id}-error` }, options.map(([value = "", words = ""]) => el("option", { value, selected: value === preset }, words))));
}

/** From the narrowest. */
const KINDS = ["house", "company", "portal"];

/**
 * The narrowest reach is chosen until somebody chooses a wider one.
 * @param {string} id
 * @param {Scope[]} scopes
 */
function scopeChoice(id, scopes) {
  const narrowest = KINDS.flatMap((kind) => scopes.filter((scope) => scope.kind === kind))[0];
  return choice("scope", id, "Где", scopes.map((scope) => [key(scope), place(scope)]), narrowest && key(narrowest));
}

/**
 * @param {HTMLFormElement} form
 * @param {Scope[]} scopes
 */
function chosen(form, scopes) {
  const wanted = new FormData(form).get("scope");
  const scope = scopes.find((one) => key(one) === wanted);
  return scope ? { kind: scope.kind, id: scope.id } : null;
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
    const data = new FormData(form);
    const body = { login: String(data.get("login")).trim(), name: String(data.get("name")).trim(), roles: data.getAll("roles"), scope: chosen(form, scopes) };
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
