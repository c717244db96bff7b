// @ts-check
/** What somebody sees whose role has nothing on this page: where that person's own work is. */
import { ProblemError } from "./api.js";
import { el } from "./dom.js";
import { person } from "./person.js";

/** @type {Record<string, [href: string, what: string][]>} */
const DESKS = {
  support: [["/support", "Открыть вход жильцу"]],
  admin: [["/import", "Загрузить данные домов и счетов"], ["/maintenance", "Объявить плановые работы"]],
};

/**
 * Whether the portal refused because of the role: asking again would change nothing.
 * @param {unknown} error
 */
export const isOfRole = (error) => error instanceof ProblemError && error.slug === "forbidden";

export async function roleNote() {
  const { roles } = await person();
  const links = [...roles.flatMap((role) => DESKS[role] ?? []), ["/profile", "Ваш профиль"]];
  return el("div", { class: "message" },
    el("h2", {}, "Для вашей роли здесь пока ничего нет"),
    el("p", {}, "Счета и показания видят жильцы. Вам доступно:"),
    el("ul", { class: "stack stack--tight" }, links.map(([href = "", what = ""]) => el("li", {}, el("a", { href }, what)))));
}
