// @ts-check
/** The person's own page: the name, the ways to sign in, the password. */
import { get, patch } from "./lib/api.js";
import { find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { showErrors } from "./lib/error-summary.js";
import { attempt, filled } from "./lib/form.js";
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
  onSubmit(passwordForm, () => attempt(passwordForm, () => changePassword(root, passwordForm)));
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
  showContacts(root, profile);
  showPassword(root, profile);
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
 * What becomes of the form is loaded when it is sent: most visits end without.
 * @param {HTMLElement} root
 * @param {HTMLFormElement} form
 */
async function changePassword(root, form) {
  const { change } = await import("./profile-password.js");
  const done = find("[data-profile-password-done]", form);
  done.textContent = "";
  done.textContent = await change(form, (profile) => {
    showPassword(root, profile);
    return namesOf(profile);
  });
}

/** @type {Record<string, string>} */
const NAMES = { phone: "телефон", email: "почта", snils: "СНИЛС", login: "логин" };

/**
 * By what a password signs in.
 * @param {Profile} profile
 */
const namesOf = ({ sign_in_by, login }) => sign_in_by.map((name) => (name === "login" ? `логин ${login}` : NAMES[name])).join(", ");

/**
 * By what one would: who came by another service may never have seen the login that the portal gave.
 * @param {Profile} profile
 */
function withPassword({ masked_phone, masked_email, login }) {
  const names = [masked_phone && "телефону", masked_email && "почте", login && `логину ${login}`].filter(Boolean);
  return ` и входить с ним по ${names.join(" или ")}`;
}

/**
 * @param {HTMLElement} root
 * @param {Profile} profile
 */
function showPassword(root, profile) {
  const { has_password: hasPassword } = profile;
  const words = hasPassword ? "Сменить пароль" : "Задать пароль";
  find("[data-profile-names]", root).textContent = hasPassword ? namesOf(profile) : `пароля нет, его можно задать ниже${withPassword(profile)}`;
  find("[data-profile-alarm]", root).textContent = hasPassword ? " и смените пароль" : "";
  find("[data-profile-password-title]", root).textContent = words;
  find("[data-profile-password-submit]", root).textContent = words;
  find("[data-profile-old-password]", root).hidden = !hasPassword;
}
