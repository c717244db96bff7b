// @ts-check
/** In the profile: the password is changed by the one of before, or set where there is none. */
import { post, put } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { find } from "./lib/dom.js";
import { Missing } from "./lib/form.js";

/** @typedef {import("portal-types").Profile} Profile */

/**
 * Who signed in by a provider alone has no password to type: the first one is set, by a confirmation, and its person is
 * told by what it signs in. Gives the words for what was done.
 * @param {HTMLFormElement} form
 * @param {(profile: Profile) => string} show that there is a password now; gives by what it signs in
 */
export async function change(form, show) {
  const isFirst = find("[data-profile-old-password]", form).hidden;
  // Not trimmed: spaces are part of a password.
  const { old_password, new_password } = Object.fromEntries(new FormData(form));
  const missing = [
    { text: "Введите нынешний пароль", pointer: "/old_password", value: isFirst || old_password },
    { text: "Придумайте новый пароль", pointer: "/new_password", value: new_password },
  ].filter(({ value }) => !value);
  if (missing.length > 0) throw new Missing(missing);
  if (!isFirst) {
    await post("/api/auth/password", { body: { old_password, new_password } });
    form.reset();
    return "Пароль изменён. На других устройствах мы вышли из кабинета.";
  }
  /** @type {Profile} */
  const profile = await confirming((confirmation) => put("/api/auth/password", { body: { new_password }, confirmation }));
  form.reset();
  return `Пароль задан. С ним подойдёт любое из этого: ${show(profile)}. На других устройствах мы вышли из кабинета.`;
}
