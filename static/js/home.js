// @ts-check
/** «Мой дом»: what needs attention, the accounts with their meters, and the feed. Drawn at once, so nothing jumps. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, person, roleNote, work } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { feed } from "./feed.js";
import { accountCards } from "./home-accounts.js";
import { billsCard } from "./home-bills.js";
import { tasks } from "./home-tasks.js";

/** @param {HTMLElement} root */
export async function start(root) {
  // Why the page appeared is said once: a reload has no reason.
  history.replaceState(history.state, "", location.pathname + location.hash);
  greet();
  const columns = await Promise.all([mainColumn(root).catch(failure), news(root).catch(failure)]);
  root.replaceChildren(...columns.map((column) => el("div", { class: "stack" }, column)));
  root.removeAttribute("aria-busy");
  announce("Данные загружены");
}

/** @param {HTMLElement} root */
async function mainColumn(root) {
  await whenOnline(root, demandResident);
  const [{ items }, { accounts }, bills] = await whenOnline(root, () =>
    Promise.all([get("/api/homes/accounts"), get("/api/readings/meters"), get("/api/billing/bills?status=unpaid")]));
  return [...tasks(items, accounts), ...billsCard(bills), ...accountCards(items, accounts), ...await work()];
}

/** @param {HTMLElement} root */
const news = async (root) => feed(await whenOnline(root, () => get("/api/notices?limit=5")));

function greet() {
  person().then(({ name }) => {
    find(".greeting").replaceChildren(el("span", {}, "Здравствуйте,"), " ", el("span", { class: "one-line" }, name));
  }, () => {});
}

/** @param {unknown} error */
async function failure(error) {
  if (isOfRole(error)) return roleNote();
  return el("div", { class: "message message--danger" },
    el("h2", {}, "Не удалось загрузить"),
    complaints(error).map(({ text }) => el("p", {}, text)),
    el("p", {}, el("button", { class: "button button--small", type: "button", onclick: () => location.reload() }, "Попробовать ещё раз")));
}
