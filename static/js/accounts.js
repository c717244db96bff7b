// @ts-check
/** The person's accounts, how they stand, and those that were unlinked. */
import { get } from "./lib/api.js";
import { announce, el } from "./lib/dom.js";
import { address, day } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").Account} Account */
/** @typedef {import("portal-types").PastAccount} PastAccount */

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await whenOnline(root, demandResident);
    const [accounts, past] = await whenOnline(root, () => Promise.all([get("/api/homes/accounts"), get("/api/homes/past-accounts")]));
    root.replaceChildren(...cards(accounts.items), ...archive(past.items));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/** @param {Account[]} accounts */
function cards(accounts) {
  const link = el("p", {}, el("a", { class: "button", href: "/link" }, accounts.length ? "Привязать ещё один счёт" : "Привязать счёт"));
  if (accounts.length === 0) {
    return [el("p", { class: "empty" }, "Счетов пока нет. Привяжите первый: понадобится номер с квитанции."), link];
  }
  return [...accounts.map(card), link];
}

/** @param {Account} account */
function card(account) {
  const { account_id, number, label, suspended_at, company } = account;
  const name = label ?? address(account.address);
  return el("section", { class: "card stack stack--tight", "aria-labelledby": `account-${account_id}` },
    el("div", { class: "session" },
      el("div", {},
        el("h2", { id: `account-${account_id}` }, name),
        label && el("p", {}, address(account.address)),
        el("p", { class: "soft" }, `Лицевой счёт ${number}`)),
      suspended_at
        ? el("span", { class: "badge badge--warn" }, "Напоминания приостановлены")
        : el("span", { class: "badge" }, "Привязан")),
    el("p", { class: "soft small" }, company.name),
    el("p", { class: "button-row" },
      el("a", { class: "button button--quiet button--small", href: `/account?account_id=${encodeURIComponent(account_id)}`, "aria-label": `Настроить: ${name}` }, "Настроить"),
      el("a", { href: "/readings" }, "Передать показания")));
}

/** @param {PastAccount[]} past */
function archive(past) {
  if (past.length === 0) return [];
  return [el("section", { class: "stack stack--tight", "aria-labelledby": "archive" },
    el("h2", { id: "archive" }, "Отвязанные счета"),
    el("ul", { class: "journal" }, past.map(({ account_id, number, address: text, unlinked_at }) => el("li", {},
      el("a", { href: `/account?account_id=${encodeURIComponent(account_id)}` }, address(text)),
      el("p", {}, `Лицевой счёт ${number}, отвязан ${day(unlinked_at.slice(0, 10))}`)))))];
}
