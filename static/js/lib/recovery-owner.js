// @ts-check
/** Whose recovery codes they are and of when: a sheet among other papers has to tell it. */
import { get } from "./api.js";
import { fullTime } from "./format.js";
import { serverNow } from "./server-time.js";

/** @param {HTMLElement} line */
export async function tellOwner(line) {
  const { login, masked_email, masked_phone } = await get("/api/auth/profile");
  line.textContent = `«Мой дом», вход ${login ?? masked_email ?? masked_phone}, ${fullTime(new Date(serverNow()).toISOString())}`;
}
