// @ts-check
/** The certificates of a person's electronic signature: one is connected by signing a text, listed, taken away. */
import { act, actButton, focusOn, showFailure } from "./lib/act.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { fullTime, time } from "./lib/format.js";
import { saveFile } from "./lib/save.js";

/** @typedef {import("portal-types").CertificateList} CertificateList */
/** @typedef {import("portal-types").CertificateChallenge} CertificateChallenge */

const PATH = "/api/auth/certificates";
/** The text to be signed tells the time by this clock. */
const capital = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Moscow" });
/** What a DER begins with: an octet of a sequence. */
const SEQUENCE = 0x30;

/** @param {HTMLElement} root */
export async function start(root) {
  const list = find("[data-certificates-list]", root);
  const errors = find("[data-error-place]", root);
  const fresh = find("[data-certificates-new]", root);
  /** @type {HTMLButtonElement} */
  const add = find("[data-certificates-add]", root);

  /** @param {CertificateList} certificates */
  const draw = ({ is_on, items }) => {
    list.replaceChildren(...items.map((item) => row(item, errors, () => remove(item.certificate_id))));
    if (items.length === 0) list.replaceChildren(el("li", { class: "soft" }, "Подписей нет."));
    add.hidden = !is_on;
    find("[data-certificates-off]", root).hidden = is_on;
  };
  /** @param {string} certificateId */
  const remove = async (certificateId) => {
    await confirming((confirmation) => del(`${PATH}/${certificateId}`, { confirmation }));
    draw(await get(PATH));
    focusOn(find("h2", root));
    announce("Подпись убрана");
  };
  const begin = async () => {
    const asked = await confirming((confirmation) => post(`${PATH}/challenges`, { confirmation }));
    fresh.replaceChildren(signing(asked, (certificates) => {
      fresh.replaceChildren();
      draw(certificates);
      focusOn(find("h2", root));
      announce("Подпись подключена");
    }));
    focusOn(find("h3", fresh));
  };
  add.addEventListener("click", () => act(add, errors, begin));
  try {
    draw(await get(PATH));
  } catch (error) {
    showFailure(errors, error);
  }
}

/**
 * @param {CertificateList["items"][number]} certificate
 * @param {HTMLElement} errors
 * @param {() => Promise<void>} onRemove
 */
function row({ owner, issuer, serial, not_after, state, connected_at }, errors, onRemove) {
  return el("li", { class: "session" },
    el("div", {},
      el("h3", {}, el("span", {}, owner), " ", state === "ending" && badge("badge--warn", "Скоро закончится"), state === "over" && badge("badge--danger", "Срок истёк")),
      el("p", { class: "soft small" }, `Выдал: ${issuer}, номер ${serial}`),
      el("p", { class: "soft small" }, `Действует до: ${fullTime(not_after)}. Подключена ${time(connected_at)}`),
      state !== "live" && el("p", { class: "small" }, "Получите новый сертификат в удостоверяющем центре и подключите его.")),
    actButton("Убрать", errors, onRemove, { label: `Убрать подпись: ${owner}` }));
}

/**
 * @param {string} kind
 * @param {string} words
 */
const badge = (kind, words) => el("span", { class: `badge ${kind}` }, words);

/**
 * The text to sign, and a place for its signature.
 * @param {CertificateChallenge} asked
 * @param {(certificates: CertificateList) => void} done
 */
function signing({ challenge_id, text, expires_at }, done) {
  const save = el("button", { class: "button button--quiet button--small", type: "button" }, "Скачать текст");
  save.addEventListener("click", () => saveFile("moydom.txt", new Blob([text], { type: "text/plain" })));
  const form = el("form", { class: "stack stack--tight", method: "post", action: "/security", novalidate: true },
    el("h3", {}, "Подпишите текст"),
    el("p", { class: "soft" }, `Успейте до ${capital.format(new Date(expires_at))} МСК. Текст нельзя менять: подписывается сам файл.`),
    el("pre", { class: "signed-text" }, text),
    el("ol", { class: "steps" },
      el("li", {}, save),
      el("li", {}, "Подпишите файл программой для электронной подписи, например «КриптоПро». Нужна отсоединённая подпись (CMS) с вложенным сертификатом."),
      el("li", {}, "Выберите файл подписи здесь.")),
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "signature" }, "Файл подписи"),
      el("p", { class: "hint", id: "signature-hint" }, "Обычно кончается на .sig или .p7s, до 64 КБ."),
      el("p", { class: "field-error", id: "signature-error", "data-error-for": "/signature" }),
      el("input", { class: "input input--file", id: "signature", name: "signature", type: "file", accept: ".sig,.sgn,.p7s,.p7m,.pem,application/pkcs7-signature", "aria-describedby": "signature-hint signature-error" })),
    el("p", {}, el("button", { class: "button button--small", type: "submit" }, "Подключить")));
  onSubmit(form, () => attempt(form, async () => {
    const file = new FormData(form).get("signature");
    if (!(file instanceof File) || file.size === 0) throw new Missing([{ text: "Выберите файл подписи", pointer: "/signature" }]);
    done(await post(PATH, { body: { challenge_id, signature: await textOf(file) } }));
  }));
  return form;
}

/**
 * A signature as text: programs write it as bytes or as base64.
 * @param {File} file
 */
async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== SEQUENCE) return new TextDecoder().decode(bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
