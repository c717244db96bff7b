// @ts-check
/** Connects an app of one-time codes: the picture and its text, then the first code. */
import { post } from "./api.js";
import { el, onSubmit } from "./dom.js";
import { attempt, filled } from "./form.js";

/** @typedef {import("portal-types").NewTotp} NewTotp */

/**
 * @param {NewTotp} begun
 * @param {(answer: { recovery_codes: string[] }) => Promise<void>} done
 * @param {() => void} back
 */
export function totpForm({ secret, uri, qr_svg }, done, back) {
  const form = el("form", { class: "stack stack--tight", method: "post", action: "/security", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "totp-code" }, "Код, который показало приложение"),
      el("p", { class: "field-error", id: "totp-code-error", "data-error-for": "/code" }),
      el("input", { class: "input input--code", id: "totp-code", name: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 12, "aria-describedby": "totp-code-error" })),
    el("div", { class: "button-row" },
      el("button", { class: "button button--small", type: "submit" }, "Подключить"),
      el("button", { class: "link-button", type: "button", onclick: back }, "Не нужно")));
  onSubmit(form, () => attempt(form, async () => {
    const { code } = filled(form, { code: "Введите шесть цифр из приложения" });
    await done(await post("/api/auth/second-factor/totp/confirm", { body: { code } }));
  }));
  return [
    el("h2", {}, "Подключите приложение"),
    el("ol", { class: "steps" },
      el("li", {}, "Откройте приложение с кодами на телефоне и добавьте в нём новую запись."),
      el("li", {}, "Наведите камеру на картинку. Если открыли портал на самом телефоне, ", el("a", { href: uri }, "добавьте запись без камеры"), "."),
      el("li", {}, "Введите шесть цифр, которые покажет приложение.")),
    el("img", { class: "qr", src: `data:image/svg+xml,${encodeURIComponent(qr_svg)}`, width: 232, height: 232, alt: "QR-код для приложения с кодами. То же самое текстом стоит ниже." }),
    el("p", {}, "Камера не читает? Введите ключ вручную: ", el("code", { class: "secret" }, secret.replace(/(.{4})(?=.)/g, "$1 "))),
    form,
  ];
}
