// @ts-check
/**
 * Prolongs the session while the person is doing something, warns two minutes before it ends, and leaves when it
 * has ended, so that nothing private stays on an abandoned screen.
 */
import { get } from "./lib/api.js";
import { el, find } from "./lib/dom.js";
import { clock } from "./lib/format.js";
import { person } from "./lib/person.js";
import { serverNow } from "./lib/server-time.js";
import { leaveForSignIn, onActivity } from "./lib/session.js";

const WARNING_SECONDS = 120;
const PROLONG_AFTER_SECONDS = 60;

/** @param {HTMLElement} root */
export async function start(root) {
  const session = await person().catch(() => null);
  if (!session) return;
  // Rare: its words are fetched for whoever needs them.
  if (session.erasure) (await import("./erasure-banner.js")).tellOfErasure(session.erasure);
  const dialog = warning();
  root.append(dialog);

  let prolongedAt = serverNow();
  onActivity(() => {
    prolongedAt = serverNow();
    dialog.close();
  });
  for (const kind of ["input", "pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      if (secondsSince(prolongedAt) > PROLONG_AFTER_SECONDS && !dialog.open) prolong();
    });
  }
  const check = () => {
    const idle = prolongedAt + session.idle_seconds * 1_000;
    const last = Date.parse(session.expires_at);
    const left = -secondsSince(Math.min(idle, last));
    if (left <= 0) leaveForSignIn();
    else if (left <= WARNING_SECONDS && !dialog.open) warn(dialog, Math.min(idle, last), idle < last);
  };
  setInterval(check, 5_000);
  // A phone that slept comes back with its timers late.
  document.addEventListener("visibilitychange", check);
}

function prolong() {
  get("/api/auth/session").catch(() => {});
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {number} endsAt
 * @param {boolean} isProlongable after twelve hours only a new sign-in helps
 */
function warn(dialog, endsAt, isProlongable) {
  const why = isProlongable ? "чтобы никто чужой не увидел ваши данные" : "потому что вы вошли давно";
  find("p", dialog).textContent = `В ${clock(new Date(endsAt).toISOString())} мы закроем сеанс, ${why}. Набранное не пропадёт.`;
  const button = find("button", dialog);
  button.textContent = isProlongable ? "Остаться" : "Войти снова";
  button.onclick = isProlongable ? prolong : leaveForSignIn;
  dialog.showModal();
}

function warning() {
  return el("dialog", { class: "dialog", "aria-labelledby": "watch-title" },
    el("h2", { id: "watch-title" }, "Вы ещё здесь?"),
    el("p", {}),
    el("button", { class: "button button--wide", type: "button" }));
}

/** @param {number} moment */
const secondsSince = (moment) => (serverNow() - moment) / 1_000;
