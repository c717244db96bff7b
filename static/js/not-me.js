// @ts-check
/** «Это не я»: shows which sign-in, which new contact or which link of two a message told of, and stops it. The token stands after `#` and is sent to nobody but the API. */
import { act } from "./lib/act.js";
import { post } from "./lib/api.js";
import { el, find } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { facts } from "./lib/facts.js";
import { complaints } from "./lib/problem.js";

/** @param {HTMLElement} root */
export async function start(root) {
  const token = location.hash.slice(1);
  /** @type {HTMLButtonElement} */
  const button = find("[data-deny]", root);
  button.addEventListener("click", () => act(button, find("[data-error-place]", root), async () => {
    const { is_link_only, is_late, is_recoverable, phone } = await post("/api/auth/sign-in-notices/deny", { body: { token } });
    const call = phone && el("a", { class: "button", href: `tel:${phone.replace(/[^+\d]/g, "")}` }, "Позвонить");
    if (is_link_only) {
      say(root, "Ссылка отменена", ["По ней никто не вошёл и уже не войдёт. Остальное осталось как было.",
        `Расскажите о случившемся поддержке управляющей организации: ${phone ?? "телефон напечатан в квитанции"}.`], call);
      return;
    }
    if (is_late) {
      say(root, "Позвоните в поддержку", ["По этой ссылке вошли больше суток назад, и отсюда вход уже не остановить: за это время контакты мог сменить сам владелец.",
        `Если это были не вы, вход остановят по звонку: ${phone ?? "телефон напечатан в квитанции"}. О вашем ответе поддержка уже знает.`], call);
      return;
    }
    const ended = "Все сеансы завершены, прежний пароль больше не подходит никому.";
    if (is_recoverable) {
      say(root, "Вход остановлен", [ended, "Чтобы войти самому, задайте новый пароль по коду из сообщения."],
        el("a", { class: "button", href: "/recover" }, "Задать новый пароль"));
      return;
    }
    const whom = `Чтобы открыть вход, позвоните в поддержку управляющей организации: ${phone ?? "телефон напечатан в квитанции"}.`;
    say(root, "Вход остановлен", [ended, "Коды для нового пароля тоже никому не приходят.", whom], call);
  }));
  // Another link opened in the same tab changes only what stands after `#`.
  addEventListener("hashchange", () => location.reload());
  await post("/api/auth/sign-in-notices/view", { body: { token } }).then(
    (notice) => show(root, notice),
    (error) => say(root, "Ссылка не действует", complaints(error).map(({ text }) => text), el("a", { href: "/security" }, "Защита входа")),
  );
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} root
 * @param {import("portal-types").SignInNotice} notice
 */
function show(root, { device, address, new_contact, is_of_link, signed_in_at }) {
  if (new_contact) {
    find("[data-notice-lead]", root).textContent =
      `Кто-то указал в вашем профиле новый контакт ${new_contact}: теперь коды для входа приходят туда.`;
  }
  if (is_of_link) {
    find("[data-notice-lead]", root).textContent =
      "Двое сотрудников решили, что говорят с вами, и сделали ссылку, по которой задают новый пароль и входят в ваш кабинет:";
    find("[data-notice-advice]", root).textContent =
      "Если вы просили их об этом, ничего делать не нужно: закройте страницу. Если нет, отмените ссылку. Если по ней вошли меньше суток назад, вход остановится и все сеансы завершатся.";
    find("[data-deny]", root).textContent = "Это не я, отменить ссылку";
  }
  find("[data-notice-facts]", root).replaceChildren(...facts([
    ["Устройство", device ?? null],
    ["Когда", time(signed_in_at)],
    ["Адрес в сети", address || null],
  ]));
  // All at once, so that nothing moves under the fingers.
  find("[data-notice]", root).hidden = false;
}

/**
 * @param {HTMLElement} root
 * @param {string} title
 * @param {string[]} texts
 * @param {HTMLElement | null} link
 */
function say(root, title, texts, link) {
  const heading = el("h2", { tabindex: -1 }, title);
  root.replaceChildren(el("div", { class: "message message--warn" },
    heading, texts.map((text) => el("p", {}, text)), link && el("p", {}, link)));
  heading.focus();
}
