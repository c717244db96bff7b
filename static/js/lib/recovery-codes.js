// @ts-check
/** Recovery codes, shown once: to print, to copy, to write down. */
import { announce, el } from "./dom.js";

/**
 * @param {string[]} codes
 * @param {() => void} done
 */
export function recoveryCodes(codes, done) {
  const list = el("ol", { class: "recovery-codes" }, codes.map((code) => el("li", {}, el("code", {}, code))));
  const owner = el("p", {});
  // The codes do not wait for it.
  import("./recovery-owner.js").then(({ tellOwner }) => tellOwner(owner)).catch(() => {});
  return el("section", { class: "card stack stack--tight print-alone" },
    el("h2", {}, "Сохраните коды восстановления"),
    el("p", { class: "no-print" }, "С ними вы войдёте, если потеряете телефон. Каждый подходит один раз. Больше мы их не покажем: распечатайте или запишите и храните там, где храните документы."),
    owner,
    list,
    el("div", { class: "button-row no-print" },
      el("button", { class: "button button--small", type: "button", onclick: () => print() }, "Распечатать"),
      el("button", { class: "button button--quiet button--small", type: "button", onclick: () => copy(list, codes) }, "Скопировать"),
      el("button", { class: "button button--quiet button--small", type: "button", onclick: done }, "Коды сохранены")));
}

/**
 * @param {HTMLElement} list
 * @param {string[]} codes
 */
async function copy(list, codes) {
  try {
    await navigator.clipboard.writeText(codes.join("\n"));
    announce("Коды скопированы");
  } catch {
    getSelection()?.selectAllChildren(list);
    announce("Коды выделены, скопируйте их");
  }
}
