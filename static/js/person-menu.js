// @ts-check
/** The person's name and the way out, in the header. */
import { ConnectionError, post } from "./lib/api.js";
import { el, find, isBusy, setBusy } from "./lib/dom.js";
import { person } from "./lib/person.js";
import { noteSignedOut } from "./lib/session.js";

/** @param {HTMLElement} root */
export function start(root) {
  person().then(({ name, roles }) => {
    find("[data-person-name]", root).replaceWith(profileLink(name));
    if (!roles.includes("resident")) find(".page-nav").classList.add("page-nav--home");
  }, ignoreLostConnection);
  /** @type {HTMLButtonElement} */
  const button = find("[data-sign-out]", root);
  button.addEventListener("click", () => signOut(button));
}

/**
 * On a phone there is room for one word only.
 * @param {string} name
 */
function profileLink(name) {
  return el("a", { class: "person-link", href: "/profile" },
    el("span", { class: "person-link-word" }, "Профиль"), " ", el("span", { "data-person-name": true }, name));
}

/** @param {HTMLButtonElement} button */
async function signOut(button) {
  if (isBusy(button)) return;
  setBusy(button, true);
  try {
    const answer = await post("/api/auth/sign-out");
    noteSignedOut();
    // Whoever signs in there next at this device must not come in as this person.
    location.replace(answer?.sign_out_url ?? "/sign-in?reason=signed-out");
  } catch (error) {
    setBusy(button, false);
    button.textContent = "Нет связи, выйти ещё раз";
    ignoreLostConnection(error);
  }
}

/**
 * The page itself says that there is no connection; the header stays quiet.
 * @param {unknown} error
 */
function ignoreLostConnection(error) {
  if (!(error instanceof ConnectionError)) throw error;
}
