// @ts-check
/**
 * Prolongs the session while the person is doing something, warns two minutes before it ends, and leaves when it
 * has ended, so that nothing private stays on an abandoned screen.
 */
import { get } from "./lib/api.js";
import { el } from "./lib/dom.js";
import { person } from "./lib/person.js";
import { leaveForSignIn, onActivity } from "./lib/session.js";

const WARNING_SECONDS = 120;
const PROLONG_AFTER_SECONDS = 60;

/** @param {HTMLElement} root */
export async function start(root) {
  const session = await person().catch(() => null);
  if (!session) return;
  const dialog = warning();
  root.append(dialog);

  let prolongedAt = Date.now();
  onActivity(() => {
    prolongedAt = Date.now();
    dialog.close();
  });
  for (const kind of ["input", "pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      if (secondsSince(prolongedAt) > PROLONG_AFTER_SECONDS && !dialog.open) prolong();
    });
  }
  const check = () => {
    const left = session.idle_seconds - secondsSince(prolongedAt);
    if (left <= 0) leaveForSignIn();
    else if (left <= WARNING_SECONDS && !dialog.open) dialog.showModal();
  };
  setInterval(check, 5_000);
  // A phone that slept comes back with its timers late.
  document.addEventListener("visibilitychange", check);
}

function prolong() {
  get("/api/auth/session").catch(() => {});
}

function warning() {
  return el("dialog", { class: "dialog", "aria-labelledby": "watch-title" },
    el("h2", { id: "watch-title" }, "Вы ещё здесь?"),
    el("p", {}, "Через две минуты мы закроем сеанс, чтобы никто чужой не увидел ваши данные. Набранное не пропадёт."),
    el("button", { class: "button button--wide", type: "button", onclick: prolong }, "Остаться"));
}

/** @param {number} moment */
const secondsSince = (moment) => (Date.now() - moment) / 1_000;
