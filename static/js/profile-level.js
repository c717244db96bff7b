// @ts-check
/** In the profile: whether the portal knows who the person is. */
import { get } from "./lib/api.js";
import { find } from "./lib/dom.js";
import { standing } from "./lib/level.js";

/** @param {HTMLElement} root */
export async function start(root) {
  /** @type {import("portal-types").Level | null} */
  const level = await get("/api/auth/level").catch(() => null);
  find("[data-profile-level-said]", root).textContent = level ? standing(level) : "Сейчас не узнать. Загляните чуть позже.";
}
