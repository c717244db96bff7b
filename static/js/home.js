// @ts-check
/** «Мой дом»: what needs attention, the accounts with their meters, and the feed. Drawn at once, so nothing jumps. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { whenOnline } from "./lib/offline.js";
import { person } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { isOfRole, roleNote } from "./lib/role-note.js";
import { feed } from "./feed.js";
import { accountCards } from "./home-accounts.js";
import { tasks } from "./home-tasks.js";

/** @param {HTMLElement} root */
export async function start(root) {
  greet();
  const [accounts, meters, notices] = await Promise.allSettled([
    whenOnline(root, () => get("/api/homes/accounts")),
    whenOnline(root, () => get("/api/readings/meters")),
    whenOnline(root, () => get("/api/notices?limit=5")),
  ]);
  const main = [];
  if (accounts.status === "fulfilled" && meters.status === "fulfilled") {
    main.push(...tasks(accounts.value.items, meters.value.accounts));
    main.push(...accountCards(accounts.value.items, meters.value.accounts));
  } else {
    main.push(await failure([accounts, meters]));
  }
  const side = notices.status === "fulfilled" ? feed(notices.value) : await failure([notices]);
  root.replaceChildren(el("div", { class: "stack" }, main), el("div", { class: "stack" }, side));
  root.removeAttribute("aria-busy");
  announce("Данные загружены");
}

function greet() {
  person().then(({ name }) => {
    find(".greeting").replaceChildren(el("span", {}, "Здравствуйте,"), " ", el("span", { class: "one-line" }, name));
  }, () => {});
}

/** @param {PromiseSettledResult<unknown>[]} results */
async function failure(results) {
  const failed = results.find((result) => result.status === "rejected");
  if (isOfRole(failed?.reason)) return roleNote();
  const texts = failed ? complaints(failed.reason) : [];
  return el("div", { class: "message message--danger" },
    el("h2", {}, "Не удалось загрузить"),
    texts.map(({ text }) => el("p", {}, text)),
    el("p", {}, el("button", { class: "button button--small", type: "button", onclick: () => location.reload() }, "Попробовать ещё раз")));
}
