// @ts-check
/** The person's own page: the name, the ways to sign in, the password. */
import { get, patch, post, put } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { showErrors } from "./lib/error-summary.js";
import { Missing, attempt, filled } from "./lib/form.js";
import { complaints } from "./lib/problem.js";
import { showContacts, startContacts } from "./profile-contacts.js";

/** @typedef {import("portal-types").Profile} Profile */

const DRAFT = "profile-name";

/** @param {HTMLElement} root */
export async function start(root) {
  /** @type {HTMLFormElement} */
  const nameForm = find("[data-profile-name]", root);
  /** @type {HTMLFormElement} */
  const passwordForm = find("[data-profile-password]", root);
  /** @type {HTMLInputElement} */
  const name = find("#name", nameForm);
  name.addEventListener("input", () => keepDraft(DRAFT, name.value));
  onSubmit(nameForm, () => attempt(nameForm, () => rename(nameForm, name)));
  onSubmit(passwordForm, () => attempt(passwordForm, () => changePassword(passwordForm)));
  startContacts(root);
  try {
    show(root, name, await get("/api/auth/profile"));
  } catch (error) {
    showErrors(nameForm, complaints(error));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLElement} root
 * @param {HTMLInputElement} name
 * @param {Profile} profile
 */
function show(root, name, profile) {
  name.value = readDraft(DRAFT, profile.name);
  find("[data-profile-login]", root).textContent = profile.login ?? "нет";
  showContacts(root, profile);
  showPassword(root, profile.has_password);
  find("[data-profile-support]", root).hidden = !profile.roles.includes("support");
  find("[data-profile-meters]", root).hidden = !["accountant", "manager"].some((role) => profile.roles.includes(role));
  // A password manager files the new password under this name.
  /** @type {HTMLInputElement} */
  const username = find("[data-profile-username]", root);
  username.value = profile.login ?? "";
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} input
 */
async function rename(form, input) {
  const done = find("[data-profile-name-done]", form);
  done.textContent = "";
  const { name } = filled(form, { name: "Напишите, как к вам обращаться" });
  /** @type {Profile} */
  const profile = await patch("/api/auth/profile", { body: { name } });
  dropDraft(DRAFT);
  input.value = profile.name;
  find("[data-person-name]").textContent = profile.name;
  done.textContent = "Имя сохранено.";
}

/**
 * Who signed in by a provider alone has no password to type: the first one is set, by a confirmation.
 * @param {HTMLFormElement} form
 */
async function changePassword(form) {
  const done = find("[data-profile-password-done]", form);
  done.textContent = "";
  const isFirst = find("[data-profile-old-password]", form).hidden;
  // Not trimmed: spaces are part of a password.
  const { old_password, new_password } = Object.fromEntries(new FormData(form));
  const missing = [
    { text: "Введите нынешний пароль", pointer: "/old_password", value: isFirst || old_password },
    { text: "Придумайте новый пароль", pointer: "/new_password", value: new_password },
  ].filter(({ value }) => !value);
  if (missing.length > 0) throw new Missing(missing);
  if (isFirst) await confirming((confirmation) => put("/api/auth/password", { body: { new_password }, confirmation }));
  else await post("/api/auth/password", { body: { old_password, new_password } });
  form.reset();
  showPassword(form, true);
  done.textContent = `${isFirst ? "Пароль задан" : "Пароль изменён"}. На других устройствах мы вышли из кабинета.`;
}

/**
 * @param {HTMLElement} root
 * @param {boolean} hasPassword
 */
function showPassword(root, hasPassword) {
  const words = hasPassword ? "Сменить пароль" : "Задать пароль";
  find("[data-profile-password-title]", root).textContent = words;
  find("[data-profile-password-submit]", root).textContent = words;
  find("[data-profile-old-password]", root).hidden = !hasPassword;
}
