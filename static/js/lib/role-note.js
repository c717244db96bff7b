// @ts-check
/** What somebody sees who has nothing on a page for residents: where that person's own work is. */
import { el } from "./dom.js";
import { person } from "./person.js";

/** @type {Record<string, [href: string, what: string][]>} */
const DESKS = {
  support: [["/support", "Открыть вход жильцу"]],
  manager: [["/level-desk", "Заявки на подтверждение личности"]],
  admin: [["/import", "Загрузить данные домов и счетов"], ["/staff", "Сотрудники"], ["/maintenance", "Объявить плановые работы"], ["/acts", "Акты об уничтожении данных"]],
};

export async function roleNote() {
  const { roles } = await person();
  const links = [...roles.flatMap((role) => DESKS[role] ?? []), ["/profile", "Ваш профиль"]];
  return el("div", { class: "message" },
    el("h2", {}, "Что вам доступно"),
    el("ul", { class: "stack stack--tight" }, links.map(([href = "", what = ""]) => el("li", {}, el("a", { href }, what)))),
    el("p", { class: "soft" }, "Счета и показания видят жильцы."));
}
