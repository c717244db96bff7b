// @ts-check
/** In the profile: whether the e-mail is the electronic address for legally meaningful messages. */
import { actButton, focusOn } from "./lib/act.js";
import { get, post } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { fullTime } from "./lib/format.js";

/** @typedef {import("portal-types").Profile} Profile */
/** @typedef {import("portal-types").ConsentText} ConsentText */

const PURPOSE = "electronic-address";

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 */
export function showAddress(root, { masked_email, is_email_unproved, electronic_address_since }) {
  const place = find("[data-profile-address]", root);
  const errors = el("div");
  const change = async (/** @type {Promise<unknown>} */ request, /** @type {string} */ said) => {
    await request;
    showAddress(root, await get("/api/auth/profile"));
    focusOn(find("#address-title", root));
    announce(said);
  };
  const withdraw = () => change(post(`/api/auth/consents/${PURPOSE}/withdraw`), "Электронный адрес отменён");
  const read = async () => {
    /** @type {{ items: ConsentText[] }} */
    const { items } = await get("/api/auth/consent-texts");
    const text = items.find(({ purpose }) => purpose === PURPOSE);
    if (!text) return;
    const { paragraphs } = await import("./lib/legal.js");
    const give = () => change(post("/api/auth/consents", { body: { purpose: PURPOSE, version: text.version } }), "Электронный адрес назначен");
    const title = el("h3", {}, text.title);
    place.replaceChildren(title, el("div", { class: "legal" }, paragraphs(text.text)), errors, el("p", {}, actButton("Даю согласие", errors, give, { isQuiet: false })));
    focusOn(title);
  };
  if (!masked_email || is_email_unproved) {
    place.replaceChildren(el("p", {}, "Сначала добавьте почту или подтвердите её: поле «Новый телефон или почта» выше."));
  } else if (electronic_address_since) {
    place.replaceChildren(el("p", {}, `Почта из профиля, с ${fullTime(electronic_address_since)}.`), errors, el("p", {}, actButton("Отменить электронный адрес", errors, withdraw)));
  } else {
    place.replaceChildren(el("p", {}, "Пока не назначен."), errors, el("p", {}, actButton("Назначить почту из профиля", errors, read)));
  }
}
