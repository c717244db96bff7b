// @ts-check
/** The second step of a sign-in, switched on and off: the app, the code by message, the codes on paper. */
import { actButton, focusOn, showFailure } from "./lib/act.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find } from "./lib/dom.js";
import { count, time } from "./lib/format.js";
import { recoveryCodes } from "./lib/recovery-codes.js";

/** @typedef {import("portal-types").SecondFactorState} State */

const PATH = "/api/auth/second-factor";

/** @param {HTMLElement} root */
export async function start(root) {
  const place = find("[data-second-factor]", root);
  const errors = find("[data-error-place]", root);

  /** Draws what is; what is new on the page takes focus. */
  async function draw(/** @type {HTMLElement[]} */ ...first) {
    /** @type {State} */
    const state = await get(PATH);
    place.replaceChildren(...first, app(state), message(state), ...(state.is_on ? [paper(state)] : []));
    if (first[0]) focusOn(find("h2", first[0]));
  }

  /** @param {{ recovery_codes: string[] }} answer */
  async function drawWith({ recovery_codes }) {
    if (recovery_codes.length === 0) return draw();
    await draw(recoveryCodes(recovery_codes, () => draw()));
  }

  /** @param {string} path */
  const off = (path) => async () => {
    await confirming((confirmation) => del(path, { confirmation }));
    await draw();
    focusOn(find("h2", place));
    announce("Отключено");
  };

  /** @param {State} state */
  function app({ totp_since }) {
    const section = card("Код из приложения", totp_since
      ? `Подключено ${time(totp_since)}.`
      : "Бесплатное приложение на телефоне показывает шесть цифр и работает без связи. Подойдёт любое приложение с одноразовыми кодами.");
    const begin = async () => {
      const begun = await confirming((confirmation) => post(`${PATH}/totp`, { confirmation }));
      const { totpForm } = await import("./lib/totp-form.js");
      const form = totpForm(begun, drawWith, () => draw());
      section.replaceChildren(...form);
      focusOn(find("h2", section));
    };
    section.append(totp_since
      ? actButton("Отключить", errors, off(`${PATH}/totp`), { label: "Отключить код из приложения" })
      : actButton("Подключить приложение", errors, begin, { isQuiet: false }));
    return section;
  }

  /** @param {State} state */
  function message({ contact_since, masked_contact }) {
    const where = masked_contact ?? "";
    const section = card("Код сообщением", contact_since
      ? `При входе отправим код: ${where}. Включено ${time(contact_since)}.`
      : masked_contact
        ? `При входе отправим код: ${where}. Приложение надёжнее: сообщение можно перехватить.`
        : "У вашего входа нет подтверждённого телефона или почты, отправить код некуда. Подтвердите их в профиле.");
    const on = async () => drawWith(await confirming((confirmation) => post(`${PATH}/contact`, { confirmation })));
    if (contact_since) section.append(actButton("Отключить", errors, off(`${PATH}/contact`), { label: "Отключить код сообщением" }));
    else if (masked_contact) section.append(actButton("Присылать код", errors, on));
    return section;
  }

  /** @param {State} state */
  function paper({ recovery_codes_left: left }) {
    const section = card("Коды восстановления", left === 0
      ? "Кодов не осталось. Без них, потеряв телефон, вы не войдёте: выпустите новые."
      : `Осталось: ${count(left, "код", "кода", "кодов")}. С ними вы войдёте, если потеряете телефон.`);
    const renew = async () => drawWith(await confirming((confirmation) => post(`${PATH}/recovery-codes`, { confirmation })));
    section.append(actButton("Выпустить новые", errors, renew, { label: "Выпустить новые коды восстановления, прежние перестанут действовать" }));
    return section;
  }

  try {
    await draw();
  } catch (error) {
    place.replaceChildren();
    showFailure(errors, error);
  }
}

/**
 * @param {string} title
 * @param {string} text
 */
const card = (title, text) => el("section", { class: "card stack stack--tight" }, el("h2", {}, title), el("p", { class: "soft" }, text));
