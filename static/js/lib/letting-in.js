// @ts-check
/** Letting a person in again by two of those who may: whose turn it is, and the link for the person. */
import { el, find } from "./dom.js";
import { fullTime } from "./format.js";
import { handedLink } from "./handed-link.js";

/** @typedef {import("portal-types").PasswordLink} PasswordLink */

/** @type {Record<string, { text: string, isMine: boolean }>} */
export const LETTING_IN = {
  anybody: { text: "Человек не может войти сам, даже по кнопке «Забыли пароль?»? Впустить его могут двое: вы предложите, другой сотрудник согласится и получит ссылку для него. До этого для человека ничего не изменится, а после неё он подтвердит телефон и почту заново.", isMine: true },
  me: { text: "Другой сотрудник предложил впустить этого человека. Убедитесь сами, кто перед вами, и согласитесь: вы получите ссылку для него.", isMine: true },
  another: { text: "Вы предложили впустить этого человека. Теперь должен согласиться другой сотрудник.", isMine: false },
  person: { text: "Ссылка сделана: человек задаёт по ней новый пароль. Если она потеряна, предложите заново, и прежняя перестанет действовать.", isMine: true },
  admin: { text: "Это сотрудник. Если он не может войти сам, его впускают двое администраторов на странице «Сотрудники».", isMine: false },
};

/**
 * What the button does, by whose turn it is.
 * @type {Record<string, string>}
 */
export const BUTTONS = { anybody: "Предложить впустить", me: "Согласиться и получить ссылку", person: "Предложить заново" };

/**
 * What a press of the button has come to, in a sentence.
 * @param {string} waitsFor
 */
export const reportOf = (waitsFor) => LETTING_IN[waitsFor]?.text ?? "";

/**
 * Shows a link once, at the head of the place.
 * @param {HTMLElement} place
 * @param {PasswordLink} made
 */
export function handOver(place, { link, expires_at }) {
  place.querySelector("[data-link]")?.remove();
  place.prepend(el("div", { class: "message", "data-link": true },
    el("h2", { tabindex: -1 }, "Передайте эту ссылку"),
    el("p", {}, `Только самому человеку, из рук в руки или на экране: по ней задают пароль, один раз, до: ${fullTime(expires_at)}. Больше мы её не покажем.`),
    handedLink(link)));
  find("[data-link] h2", place).focus();
}
