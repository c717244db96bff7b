// @ts-check
/** Whether the portal knows who a person is, in words; in the profile, of its person. */
import { get } from "./lib/api.js";
import { find } from "./lib/dom.js";
import { fullTime } from "./lib/format.js";

/** @typedef {import("portal-types").Level} Level */

/** @param {HTMLElement} root */
export async function start(root) {
  /** @type {Level | null} */
  const level = await get("/api/auth/level").catch(() => null);
  find("[data-level-standing]", root).textContent = level ? standing(level) : "Сейчас не узнать. Загляните чуть позже.";
}

/** @param {Level} level */
export function standing({ level, source, since, until }) {
  if (level !== "confirmed") return "Личность не подтверждена. Смотреть счета и передавать показания можно.";
  const who = source === "company" ? "Вашу личность подтвердила управляющая организация" : "Вашу личность подтвердил сервис, через который вы входите";
  return `${who}: ${fullTime(since ?? "")}.${until ? ` Действует до: ${fullTime(until)}.` : ""}`;
}
