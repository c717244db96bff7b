// @ts-check
/** «Показания»: a form per personal account, and in its place the confirmation when it has been sent. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { address, day } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { confirmation } from "./readings-done.js";
import { readingsForm } from "./readings-form.js";

/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Receipt} Receipt */

/** @param {HTMLElement} root */
export async function start(root) {
  const sticker = new URLSearchParams(location.search).get("meter");
  try {
    await whenOnline(root, demandResident);
    /** @type {{ accounts: MeterAccount[] }} */
    const { accounts } = await whenOnline(root, () => get("/api/readings/meters"));
    const isMine = accounts.some(({ meters }) => meters.some(({ meter_id }) => meter_id === sticker));
    root.replaceChildren(
      ...(sticker && !isMine ? [strange()] : []),
      ...(accounts.length > 0 ? accounts.map((account) => section(account, root, sticker)) : [invitation()]));
    if (isMine) document.getElementById(`value-${sticker}-0`)?.focus();
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : failure(error));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {MeterAccount} account
 * @param {HTMLElement} root
 * @param {string | null} sticker the meter whose sticker opened the page
 */
function section(account, root, sticker) {
  const titleId = `account-${account.account_id}`;
  const form = readingsForm(account, sticker, (receipt) => {
    const done = confirmation(account, receipt, () => start(root));
    form.replaceWith(done);
    find("h3", done).focus();
  });
  return el("section", { class: "stack stack--tight", "aria-labelledby": titleId },
    el("h2", { id: titleId }, address(account.address)),
    el("p", { class: "soft" }, `Лицевой счёт ${account.number}`),
    trust(account),
    account.delegation?.may_submit === false ? el("p", { class: "card empty" }, "Передавать показания по этому счёту вам не доверили.") : form,
    account.meters.length > 0 && el("p", { class: "soft small" },
      el("a", { href: `/api/readings/stickers?account_id=${encodeURIComponent(account.account_id)}` }, "Наклейки на счётчики (PDF)"),
      ": код с наклейки открывает эту форму."));
}

function strange() {
  return el("div", { class: "message message--warn" },
    el("h2", {}, "Счётчика с этой наклейки среди ваших нет"),
    el("p", {}, "Если он ваш, ", el("a", { href: "/link" }, "привяжите лицевой счёт"), " или сверьте номер: возможно, счётчик заменили."));
}

/** @param {MeterAccount} account */
function trust({ delegation }) {
  return delegation && el("p", { class: "soft small" }, `Вам доверяет ${delegation.granted_by}, по ${day(delegation.until)}.`);
}

function invitation() {
  return el("section", { class: "hero" },
    el("h2", {}, "Сначала привяжите лицевой счёт"),
    el("p", {}, "Тогда здесь появятся ваши счётчики."),
    el("a", { class: "button button--hero", href: "/link" }, "Привязать счёт"));
}

/** @param {unknown} error */
function failure(error) {
  return el("div", { class: "message message--danger", role: "alert" },
    el("h2", {}, "Не удалось загрузить счётчики"),
    complaints(error).map(({ text }) => el("p", {}, text)),
    el("p", {}, el("button", { class: "button button--small", type: "button", onclick: () => location.reload() }, "Попробовать ещё раз")));
}
