// @ts-check
/** Whose readings of the month are missing, house by house, and one click to remind them. */
import { actButton } from "./lib/act.js";
import { get, post } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { address, count, day, fullPeriod } from "./lib/format.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").CoveredHouses} CoveredHouses */
/** @typedef {import("portal-types").CoveredHouse} CoveredHouse */
/** @typedef {import("portal-types").Coverage} Coverage */
/** @typedef {import("portal-types").Reminded} Reminded */

const PATH = "/api/readings/coverage/houses";

/** @param {HTMLElement} root */
export async function start(root) {
  if (!(await openDesk(root, ["accountant", "manager", "dispatcher"]))) return;
  const list = find("[data-houses]", root);
  /** @type {HTMLButtonElement} */
  const more = find("[data-more]", root);
  list.replaceChildren();
  let next = /** @type {string | null} */ ("");
  more.addEventListener("click", load);
  await load();

  async function load() {
    try {
      /** @type {CoveredHouses} */
      const page = await get(`${PATH}?${new URLSearchParams({ after: next ?? "" })}`);
      list.append(...page.items.map(house));
      if (list.children.length === 0) list.append(el("p", { class: "empty" }, "Домов, показания которых здесь собирают, у вас нет."));
      next = page.next ?? null;
      more.hidden = next === null;
      announce("Данные загружены");
    } catch (error) {
      list.append(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
    }
  }
}

/** @param {CoveredHouse} house */
function house(house) {
  const { house_id, address: where, period, is_open, opens_on, closes_on, kinds, accepted, refused } = house;
  const id = `house-${house_id}`;
  const errors = el("div", {});
  const said = el("p", { role: "status" });
  const missing = el("div", { class: "stack stack--tight" });
  const unread = kinds.reduce((sum, { meters, read }) => sum + meters - read, 0);
  const remind = actButton("Напомнить всем, кто не передал", errors, async () => {
    /** @type {Reminded} */
    const { told, without_person } = await post(`${PATH}/${house_id}/reminders`);
    const sent = told > 0 ? `Отправлено уведомлений: ${told}.` : "Сегодня всем уже напомнили.";
    said.textContent = `${sent} Без кабинета на портале: ${count(without_person, "помещение", "помещения", "помещений")}, им позвоните.`;
  }, { label: `Напомнить всем, кто не передал: ${where}` });
  return el("section", { class: "card stack", "aria-labelledby": id },
    el("h2", { id }, address(where)),
    el("p", { class: "soft" }, `Показания за ${fullPeriod(period)}: ${is_open ? `принимаем до ${day(closes_on)}` : `начнём принимать ${day(opens_on)}`}.`),
    el("table", { class: "table" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Счётчики"), el("th", { scope: "col", class: "numeric" }, "Переданы"))),
      el("tbody", {}, kinds.map(({ title, meters, read }) => el("tr", {},
        el("th", { scope: "row" }, title),
        el("td", { class: "numeric" }, `${read} из ${meters}`, el("small", {}, `${Math.floor((100 * read) / meters)}\u00a0%`)))))),
    errors, said,
    unread > 0 && el("p", { class: "button-row" }, is_open && remind, showButton(house_id, where, missing),
      ["csv", "xlsx"].map((format) => el("a", { href: `${PATH}/${house_id}/document?format=${format}`, download: true, "aria-label": `Чьих показаний нет, ${where}, ${format.toUpperCase()}` }, format.toUpperCase()))),
    missing, supply(house_id, where, period, accepted, refused));
}

/**
 * Readings go to suppliers as a file, their answers come back by import.
 * @param {string} houseId
 * @param {string} where
 * @param {string} period
 * @param {number} accepted
 * @param {number} refused
 */
function supply(houseId, where, period, accepted, refused) {
  const links = el("p", { class: "button-row button-row--links" });
  const month = el("input", { class: "input", id: `supply-${houseId}`, type: "month", value: period });
  const show = () => links.replaceChildren(...["csv", "xlsx"].map((format) =>
    el("a", { href: `${PATH}/${houseId}/readings?${new URLSearchParams({ period: month.value, format })}`, download: true, "aria-label": `Показания для поставщиков, ${where}, ${format.toUpperCase()}` }, format.toUpperCase())));
  month.addEventListener("change", () => month.value && show());
  show();
  return el("details", { class: "disclosure" },
    el("summary", {}, "Передать поставщикам"),
    el("div", { class: "stack stack--tight" },
      el("p", { class: "soft" }, `За ${fullPeriod(period)} поставщики приняли ${accepted}, не приняли ${refused}. Ответы загружают `, el("a", { href: "/import" }, "файлом acknowledgements"), ", жильцы увидят их в архиве."),
      el("div", { class: "field" }, el("label", { for: month.id }, "Месяц показаний"), month),
      links));
}

/**
 * @param {string} houseId
 * @param {string} where
 * @param {HTMLElement} place
 */
function showButton(houseId, where, place) {
  const errors = el("div", {});
  const body = el("tbody", {});
  let next = /** @type {string | null} */ ("");
  const load = async () => {
    /** @type {Coverage} */
    const page = await get(`${PATH}/${houseId}?${new URLSearchParams({ after: next ?? "" })}`);
    body.append(...page.items.map(row));
    next = page.next ?? null;
    if (!place.firstChild) place.append(el("table", { class: "table" },
      el("caption", {}, "Просмотр увидят жильцы в своём журнале."),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Адрес"), el("th", { scope: "col" }, "Счётчик"), el("th", { scope: "col" }, "Прошлое показание"))), body), errors, more);
    more.hidden = next === null;
    show.hidden = true;
    announce("Список показан");
  };
  const more = actButton("Показать ещё", errors, load, { label: `Показать ещё: ${where}` });
  const show = actButton("Чьих показаний нет", errors, load, { label: `Чьих показаний нет: ${where}` });
  return show;
}

/** @param {Coverage["items"][number]} meter */
function row({ address: where, title, serial, last_read, has_person }) {
  return el("tr", {},
    el("th", { scope: "row" }, address(where), !has_person && el("small", {}, "нет кабинета на портале")),
    el("td", {}, title, el("small", {}, `№\u00a0${serial}`)),
    el("td", {}, last_read ? fullPeriod(last_read) : "не было"));
}
