// @ts-check
/** Whether the portal knows who a person is, in words. */
import { fullTime } from "./format.js";

/** @typedef {import("portal-types").Level} Level */

/** @param {Level} level */
export function standing({ level, source, since, until }) {
  if (level !== "confirmed") return "Личность не подтверждена. Смотреть счета и передавать показания можно.";
  const who = source === "company" ? "управляющая организация" : "сервис, через который вы входите";
  return `Личность подтверждена: ${who}, ${fullTime(since ?? "")}.${until ? ` Действует до: ${fullTime(until)}.` : ""}`;
}
