// @ts-check
/** What a page shows while there is no connection, until there is one. */
import { el } from "./dom.js";
import { insist } from "./insist.js";

/**
 * What `fetch` gives, however long that takes.
 * @template T
 * @param {HTMLElement} root where the page's data will stand
 * @param {() => Promise<T>} fetch
 * @returns {Promise<T>}
 */
export function whenOnline(root, fetch) {
  return insist(fetch, { onLost: () => showOffline(root) });
}

/** @param {HTMLElement} root */
function showOffline(root) {
  root.removeAttribute("aria-busy");
  if (root.querySelector("[data-offline]")) return;
  root.replaceChildren(el("div", { class: "message message--warn", role: "status", "data-offline": true },
    el("h2", {}, "Нет связи"),
    el("p", {}, "Покажем ваши данные, как только связь появится. Набранное не пропало."),
    el("p", {}, el("button", { class: "button button--small", type: "button", onclick: () => location.reload() }, "Попробовать сейчас"))));
}

/** This device, as people call it. */
export const device = () => (matchMedia("(pointer: coarse)").matches ? "телефоне" : "компьютере");
