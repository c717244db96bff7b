// @ts-check
/** What happened with the person's data: read page by page, the newest first. */
import { get } from "./lib/api.js";
import { announce, el, isBusy, setBusy } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").JournalItem} JournalItem */
/** @typedef {import("portal-types").JournalPage} JournalPage */

const PATH = "/api/auth/journal?limit=10";

/** @type {Record<string, string>} */
const WHO = {
  me: "вы",
  delegate: "доверенное лицо",
  other: "другой человек, у которого есть этот счёт",
  staff: "сотрудник",
  visitor: "кто-то до входа",
  system: "портал сам",
};

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    /** @type {JournalPage} */
    const page = await get(PATH);
    const list = el("ol", { class: "journal" }, page.items.map(entry));
    root.replaceChildren(list);
    if (page.next_cursor) root.append(moreButton(list, page.next_cursor));
  } catch (error) {
    root.replaceChildren(...complaints(error).map(({ text }) => el("p", {}, text)));
  }
  root.removeAttribute("aria-busy");
}

/** @param {JournalItem} item */
function entry({ what, who, by, at, address, device, details }) {
  const told = details.map(({ name, value }) => `${name}: ${value}`).join(" · ");
  const rest = [by ?? WHO[who] ?? who, address && `адрес ${address}`, device].filter(Boolean).join(" · ");
  return el("li", {}, el("span", {}, what), told && el("span", { class: "small" }, told), el("span", {}, el("time", { datetime: at }, time(at)), ` · ${rest}`));
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
      /** @type {JournalPage} */
      const page = await get(`${PATH}&cursor=${encodeURIComponent(next)}`);
      list.append(...page.items.map(entry));
      next = page.next_cursor ?? "";
      announce(`Показано ещё: ${page.items.length}`);
      if (!next) button.remove();
    } catch {
      button.textContent = "Не получилось, попробовать ещё раз";
    }
    setBusy(button, false);
  });
  return button;
}
