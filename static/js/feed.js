// @ts-check
/** The feed of notices: unread ones are marked, and can be marked as read. */
import { get, post } from "./lib/api.js";
import { announce, el, find, isBusy, retire, setBusy } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { safeNext } from "./lib/session.js";

/** @typedef {import("portal-types").Notice} Notice */
/** @typedef {import("portal-types").NoticePage} NoticePage */

/** @param {NoticePage} page */
export function feed(page) {
  const list = el("ul", { class: "feed" }, page.items.map(entry));
  return el("section", { class: "stack stack--tight", "aria-labelledby": "feed-title" },
    el("h2", { id: "feed-title" }, "Новости"),
    page.items.length > 0 ? list : el("p", { class: "empty" }, "Пока тихо. Здесь появятся напоминания и ответы."),
    page.next_cursor && moreButton(list, page.next_cursor));
}

/** @param {Notice} notice */
function entry(notice) {
  const isUnread = notice.read_at === null;
  const item = el("li", { class: isUnread ? "notice notice--unread" : "notice" },
    el("h3", {}, isUnread && el("span", { class: "visually-hidden", "data-unread": true }, "Новое: "), notice.title),
    el("p", {}, notice.body),
    el("time", { datetime: notice.created_at }, time(notice.created_at)),
    el("p", { class: "notice-actions" },
      notice.link && el("a", { href: safeNext(notice.link), onclick: () => markRead(notice) }, "Открыть"),
      isUnread && el("button", { class: "link-button", type: "button", "data-mark-read": true, "aria-label": `Прочитано: ${notice.title}`, onclick: () => read(item, notice) }, "Прочитано")));
  return item;
}

/** @param {Notice} notice */
const markRead = (notice) => post(`/api/notices/${notice.notice_id}/read`).then(() => true, () => false);

/**
 * @param {HTMLElement} item
 * @param {Notice} notice
 */
async function read(item, notice) {
  if (!(await markRead(notice))) return announce("Не получилось отметить: нет связи");
  item.classList.remove("notice--unread");
  item.querySelector("[data-unread]")?.remove();
  const title = find("h3", item);
  title.tabIndex = -1;
  title.focus();
  item.querySelector("[data-mark-read]")?.remove();
  announce("Отмечено прочитанным");
}

/**
 * @param {HTMLElement} list
 * @param {string} cursor
 */
function moreButton(list, cursor) {
  const button = el("button", { class: "button button--quiet button--small", type: "button" }, "Показать ещё");
  let next = cursor;
  button.addEventListener("click", async () => {
    if (isBusy(button)) return;
    setBusy(button, true);
    try {
      /** @type {NoticePage} */
      const page = await get(`/api/notices?limit=10&cursor=${encodeURIComponent(next)}`);
      const added = page.items.map(entry);
      list.append(...added);
      next = page.next_cursor ?? "";
      announce(`Показано ещё: ${page.items.length}`);
      if (!next) retire(button, added[0]?.firstElementChild);
    } catch {
      button.textContent = "Не получилось, попробовать ещё раз";
    }
    setBusy(button, false);
  });
  return button;
}
