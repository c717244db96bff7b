// @ts-check
/** The second step of a sign-in: a code of the app, of a message or from paper, in the place of the form before it. */
import { post } from "./api.js";
import { announce, el, find, onSubmit } from "./dom.js";
import { Missing, attempt, codeUntil, slugOf } from "./form.js";
import { hasPasskeys, signInByPasskey } from "./passkey.js";

/** @typedef {import("portal-types").SecondFactor} SecondFactor */
/** @typedef {import("portal-types").Session} Session */
/** @typedef {{ label: string, hint: string, missing: string, other: string, isDigits: boolean }} Way */

/** @type {Record<string, Way>} */
const WAYS = {
  totp: {
    label: "Код из приложения",
    hint: "Откройте приложение с кодами на телефоне: шесть цифр рядом со словами «Мой дом».",
    missing: "Введите шесть цифр из приложения",
    other: "Ввести код из приложения",
    isDigits: true,
  },
  code: {
    label: "Код из сообщения",
    hint: "Отправили код на ваш телефон или почту. Обычно он приходит за минуту.",
    missing: "Введите шесть цифр из сообщения",
    other: "Прислать код сообщением",
    isDigits: true,
  },
  "recovery-code": {
    label: "Код восстановления",
    hint: "Один из кодов, которые вы распечатали или записали, целиком. Каждый подходит один раз.",
    missing: "Введите код восстановления",
    other: "Ввести код восстановления",
    isDigits: false,
  },
};

/**
 * What a refusal of the first step asks for; nothing where it is another refusal.
 * @param {unknown} error
 * @returns {SecondFactor | null}
 */
export function askedBy(error) {
  if (slugOf(error) !== "second-factor-required") return null;
  return /** @type {import("./api.js").ProblemError} */ (error).problem.second_factor ?? null;
}

/**
 * Puts the second step in the place of `before`. The promise is kept once somebody is signed in; nobody, where the
 * person goes back.
 * @param {HTMLElement} before
 * @param {SecondFactor} asked
 * @returns {Promise<Session | null>}
 */
export function secondStep(before, asked) {
  return new Promise((resolve) => {
    const back = () => leave(null);
    const form = stepForm(asked, (session) => leave(session), back);
    /** @param {Session | null} session */
    function leave(session) {
      if (session === null) {
        form.remove();
        before.hidden = false;
        find("input", before).focus();
      }
      resolve(session);
    }
    before.hidden = true;
    before.after(form);
    find("h2", form).focus();
  });
}

/**
 * @param {SecondFactor} asked
 * @param {(session: Session) => void} done
 * @param {() => void} back
 */
function stepForm({ sign_in_id, methods, expires_at }, done, back) {
  const typed = methods.filter((one) => one in WAYS);
  let method = "";
  const label = el("label", { for: "answer" });
  const hint = el("p", { class: "hint", id: "answer-hint" });
  const input = el("input", { class: "input input--code", id: "answer", name: "answer", type: "text", autocomplete: "one-time-code", autocapitalize: "none", spellcheck: "false", maxlength: 48, "aria-describedby": "answer-hint answer-error" });
  const trust = el("input", { type: "checkbox", name: "trust_device" });
  const others = el("div", { class: "button-row button-row--links" });
  const typing = [
    el("div", { class: "field" }, label, hint,
      el("p", { class: "field-error", id: "answer-error", "data-error-for": "/answer" }), input),
    el("label", { class: "check" }, trust, el("span", {}, "Не спрашивать код на этом устройстве 30 дней. Не отмечайте на чужом компьютере.")),
  ];
  // Who has nothing to type signs by a key, or calls.
  const keyOnly = [el("p", {}, "Войдите ключом на том устройстве, где он есть. Если его больше нет, позвоните в управляющую организацию.")];
  const isTyped = typed.length > 0;
  const form = el("form", { class: "card stack", method: "post", action: "/sign-in", novalidate: true, "data-second-step": true },
    el("h2", { tabindex: -1 }, "Подтвердите, что это вы"),
    el("div", { "data-error-summary": true }),
    isTyped ? typing : keyOnly,
    el("button", { class: "button button--wide", type: "submit" }, isTyped ? "Войти" : "Войти ключом устройства"),
    others);

  /** @param {string} next */
  function choose(next) {
    method = next;
    const way = WAYS[next];
    label.textContent = way?.label ?? "";
    hint.textContent = [way?.hint, next === "code" && codeUntil(expires_at)].filter(Boolean).join(" ");
    input.value = "";
    input.inputMode = way?.isDigits ? "numeric" : "text";
    input.classList.toggle("input--code", way?.isDigits ?? false);
    const buttons = typed.filter((one) => one !== method || one === "code");
    others.replaceChildren(
      ...(isTyped && methods.includes("passkey") && hasPasskeys() ? [el("button", { class: "link-button", type: "button", onclick: byPasskey }, "Подтвердить ключом устройства")] : []),
      ...buttons.map((one) => el("button", { class: "link-button", type: "button", onclick: () => turnTo(one) }, one === method ? "Прислать код ещё раз" : WAYS[one]?.other)),
      el("button", { class: "link-button", type: "button", onclick: back }, "Ввести пароль заново"));
  }

  /** @param {string} next */
  function turnTo(next) {
    return attempt(form, async () => {
      choose(next);
      if (next === "code") await post(`/api/auth/sign-ins/${sign_in_id}/codes`, { isSignIn: true });
      if (next === "code") announce("Код отправлен");
      input.focus();
    });
  }

  /** A passkey is both steps at once. */
  const byPasskey = () => attempt(form, async () => done(await signInByPasskey()));

  onSubmit(form, () => (isTyped ? attempt(form, sendTyped) : byPasskey()));

  async function sendTyped() {
    const answer = input.value.trim();
    if (!answer) throw new Missing([{ text: WAYS[method]?.missing ?? "", pointer: "/answer" }]);
    const body = { method, answer, trust_device: trust.checked };
    done(await post(`/api/auth/sign-ins/${sign_in_id}/answers`, { body, isSignIn: true }));
  }

  const first = typed[0] ?? "";
  choose(first);
  if (first === "code") turnTo(first);
  return form;
}
