// @ts-check
/** For administrators: what was destroyed at the wish of persons, when, how and why. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { facts } from "./lib/facts.js";
import { fullTime } from "./lib/format.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").ErasureAct} ErasureAct */

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "admin", "portal_roles")) await fill(find("[data-desk]", root));
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} desk */
async function fill(desk) {
  try {
    /** @type {{ items: ErasureAct[] }} */
    const { items } = await get("/api/auth/erasures?limit=100");
    desk.replaceChildren(...(items.length > 0 ? items.map(card) : [el("p", { class: "empty" }, "Ничьи данные ещё не стирали.")]));
    announce("Данные загружены");
  } catch (error) {
    desk.replaceChildren(...complaints(error).map(({ text }) => el("p", {}, text)));
  }
}

/** @param {ErasureAct} act */
function card(act) {
  const title = `act-${act.erasure_id}`;
  return el("section", { class: "card stack stack--tight", "aria-labelledby": title },
    el("h2", { id: title }, `Акт от ${fullTime(act.done_at)}`),
    el("dl", { class: "profile-facts" }, facts([
      ["Чьи данные (номер в системе)", act.person_id],
      ["Информационная система", act.system],
      ["Почему", act.reason],
      ["Когда попросили", fullTime(act.requested_at)],
      ["Как", act.method],
      ["Кто", act.done_by],
      ["Запись журнала", act.log ? `№ ${act.log.entry}, ${act.log.hash}` : null],
    ])),
    el("h3", {}, "Что уничтожено"),
    el("ul", {}, act.destroyed.map(({ title: name, rows }) => el("li", {}, `${name}: ${rows}`))),
    el("p", {}, el("a", { href: `/api/auth/erasures/${act.erasure_id}`, download: `act-${act.erasure_id}.json` }, "Скачать акт (JSON)")));
}
