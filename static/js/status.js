// @ts-check
/** How the portal is: its parts, the last run of scheduled work, announced works. */
import { get } from "./lib/api.js";
import { announce, el } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { goesOn, span } from "./lib/maintenance.js";

/** @typedef {import("portal-types").Status} Status */
/** @typedef {import("portal-types").Maintenance} Maintenance */

/** @param {HTMLElement} root */
export async function start(root) {
  const status = await get("/api/notices/status").then(/** @returns {Status} */ (found) => found, () => null);
  root.replaceChildren(...(status ? told(status) : [unreached()]));
  root.removeAttribute("aria-busy");
  announce(status ? headline(status) : "Портал не отвечает");
}

/** @param {Status} status */
function told(status) {
  return [
    el("div", { class: status.is_ok ? "message" : "message message--danger" },
      el("h2", {}, headline(status)),
      el("p", {}, `Проверено ${time(status.checked_at)}.`)),
    el("section", { class: "card stack stack--tight", "aria-labelledby": "status-parts" },
      el("h2", { id: "status-parts" }, "Части портала"),
      el("ul", { class: "status-parts" }, status.parts.map(part)),
      el("p", { class: "soft small" }, lastRun(status))),
    works(status.maintenance),
  ];
}

/** @param {Status} status */
function headline(status) {
  if (status.maintenance.some(goesOn)) return "Сейчас идут плановые работы";
  return status.is_ok ? "Портал работает" : "Работает не всё";
}

/** @param {Status["parts"][number]} part */
function part({ title, is_ok: isOk }) {
  return el("li", { class: "status-part" },
    el("span", {}, title),
    el("span", { class: isOk ? "badge" : "badge badge--danger" }, isOk ? "Работает" : "Не отвечает"));
}

/** @param {Status} status */
function lastRun(status) {
  if (!status.job_ran_at) return "Напоминания ещё ни разу не рассылались.";
  return `Последняя рассылка напоминаний: ${time(status.job_ran_at)}.`;
}

/** @param {Maintenance[]} maintenance */
function works(maintenance) {
  const list = el("ul", { class: "status-works" }, maintenance.map((works) =>
    el("li", {}, el("time", { datetime: works.starts_at }, span(works)), el("p", {}, works.words))));
  return el("section", { class: "card stack stack--tight", "aria-labelledby": "status-works" },
    el("h2", { id: "status-works" }, "Плановые работы"),
    maintenance.length > 0 ? list : el("p", { class: "empty" }, "Ничего не запланировано."));
}

function unreached() {
  return el("div", { class: "message message--danger" },
    el("h2", {}, "Портал не отвечает"),
    el("p", {}, "Проверьте интернет и обновите страницу. Если не поможет, позвоните в управляющую организацию: телефон напечатан в квитанции."));
}
