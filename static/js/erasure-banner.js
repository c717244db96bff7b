// @ts-check
/**
 * Tells on every private page that the login will be erased, and the way back. It follows the footer, so that nothing
 * moves.
 */
import { get } from "./lib/api.js";
import { el } from "./lib/dom.js";
import { time } from "./lib/format.js";

/** @typedef {import("portal-types").Session} Session */

const ID = "erasure-banner";

/** After the person asked for it, or took it back. */
export async function refreshErasure() {
  tellOfErasure((await get("/api/auth/session")).erasure);
}

/** @param {Session["erasure"]} erasure */
export function tellOfErasure(erasure) {
  document.getElementById(ID)?.remove();
  if (!erasure) return;
  const [what, back] = erasure.reason === "withdrawal"
    ? ["Согласие отозвано: новых данных портал не примет.", el("a", { href: "/consents" }, "Дать согласие снова")]
    : ["Вы попросили стереть ваши данные.", el("a", { href: "/my-data" }, "Передумать")];
  document.body.append(el("aside", { class: "banner", id: ID, "aria-label": "Ваш вход будет стёрт" },
    el("p", {}, `${what} Вход сотрём ${time(erasure.due_at)}. `, back)));
}
