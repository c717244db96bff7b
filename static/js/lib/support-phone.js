// @ts-check
/** Whom to call once the sign-in is stopped: told by the portal then, said by the page that comes after it. Not in its address, where anybody could write a phone of his own. */
import { el } from "./dom.js";

const KEY = "support-phone";

/** @param {string | null | undefined} phone none where the portal knows no single one */
export function noteSupportPhone(phone) {
  try {
    sessionStorage.setItem(KEY, phone ?? "");
  } catch {
    // Storage may be forbidden: then the page says where the phone is printed.
  }
}

/** @param {HTMLElement} place what says where the phone is printed */
export function saySupportPhone(place) {
  try {
    const phone = sessionStorage.getItem(KEY);
    if (phone) place.replaceChildren(el("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, phone));
  } catch {
    // As above.
  }
}
