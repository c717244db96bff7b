// @ts-check
/** One account: its settings while it is linked, what was submitted for it once it is not. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { facts } from "./lib/facts.js";
import { address, day } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { complaints } from "./lib/problem.js";
import { archive } from "./account-archive.js";
import { contactsCard } from "./account-contacts.js";
import { leaveCard, restCard } from "./account-leave.js";
import { settingsCard } from "./account-settings.js";

/** @typedef {import("portal-types").Account} Account */

/** @param {HTMLElement} root */
export async function start(root) {
  const id = new URLSearchParams(location.search).get("account_id");
  try {
    const { items } = await whenOnline(root, () => get("/api/homes/accounts"));
    const account = items.find((/** @type {Account} */ one) => one.account_id === id);
    root.replaceChildren(...(account ? settings(root, account) : await past(id)));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} root
 * @param {Account} account
 */
function settings(root, account) {
  const redraw = (/** @type {Account} */ changed, /** @type {string} */ told, /** @type {string} */ focus) => {
    root.replaceChildren(...settings(root, changed));
    announce(told);
    find(focus, root).focus();
  };
  return [
    heading(account.label ?? address(account.address),
      el("dl", { class: "profile-facts" }, facts([
        ["Адрес", account.label ? address(account.address) : null],
        ["Номер", account.number],
        ["Единый лицевой счёт", account.unified_number ?? null],
        ["Управляющая компания", account.company.name],
      ]))),
    settingsCard(account, redraw),
    contactsCard(account, redraw),
    restCard(account, redraw),
    leaveCard(account),
  ];
}

/** @param {string | null} id */
async function past(id) {
  const { items } = await get("/api/homes/past-accounts");
  const account = items.find((/** @type {import("portal-types").PastAccount} */ one) => one.account_id === id);
  if (!account) {
    return [el("p", {}, "Такого счёта у вас нет. "), el("p", {}, el("a", { href: "/accounts" }, "К списку счетов"))];
  }
  return [
    heading(address(account.address),
      el("p", {}, `Счёт ${account.number} отвязан ${day(account.unlinked_at.slice(0, 10))}. Ниже — то, что вы по нему передали.`)),
    await archive(account.account_id),
    el("p", {}, el("a", { href: "/link" }, "Привязать снова")),
  ];
}

/**
 * @param {string} text
 * @param {HTMLElement} below
 */
function heading(text, below) {
  document.title = `${text} — Мой дом`;
  return el("section", { class: "stack stack--tight" }, el("h2", {}, text), below);
}
