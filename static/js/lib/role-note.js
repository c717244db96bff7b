// @ts-check
/** Where the work of one of the staff is: instead of a page for residents, or on it for who lives here too. */
import { el } from "./dom.js";
import { person } from "./person.js";

/** @typedef {[href: string, what: string]} Desk */

/** @type {Desk} */
const COVERAGE = ["/coverage", "Чьих показаний ещё нет"];
/** @type {Desk} */
const METERS = ["/meter-desk", "Счётчики: поверки, замены, неисправности"];

/** @type {Record<string, Desk[]>} */
const DESKS = {
  dispatcher: [COVERAGE],
  support: [["/support", "Открыть вход жильцу"]],
  accountant: [["/billing-desk", "Начисления и квитанции домов"], METERS, COVERAGE],
  manager: [["/level-desk", "Заявки на подтверждение личности"], METERS, COVERAGE],
  admin: [["/import", "Загрузить данные домов и счетов"], ["/staff", "Сотрудники"]],
};

/**
 * What only those reach who have the role in the whole portal.
 * @type {typeof DESKS}
 */
const PORTAL_DESKS = {
  admin: [["/maintenance", "Объявить плановые работы"], ["/acts", "Акты об уничтожении данных"]],
};

async function desks() {
  const { roles, portal_roles } = await person();
  const all = [...roles.flatMap((role) => DESKS[role] ?? []), ...portal_roles.flatMap((role) => PORTAL_DESKS[role] ?? [])];
  return all.filter(([href], place) => all.findIndex(([other]) => other === href) === place);
}

/** @param {string[][]} links */
const list = (links) => el("ul", { class: "stack stack--tight" }, links.map(([href = "", what = ""]) => el("li", {}, el("a", { href }, what))));

export async function roleNote() {
  return el("div", { class: "message" },
    el("h2", {}, "Что вам доступно"),
    list([...await desks(), ["/profile", "Ваш профиль"]]),
    el("p", { class: "soft" }, "Квитанции и показания видят жильцы."));
}

/** For who lives here and works here: nothing, where the work has no page yet. */
export async function workCard() {
  const links = await desks();
  return links.length > 0 ? [el("section", { class: "card stack stack--tight" }, el("h2", {}, "Ваша работа"), list(links))] : [];
}
