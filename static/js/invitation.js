// @ts-check
/** Accepts an invitation: shows whom it is for and what it does, takes a password, signs in. The token stands after `#` and is sent to nobody but the API. */
import { post } from "./lib/api.js";
import { el, find, onSubmit } from "./lib/dom.js";
import { attempt, demandProtection, filled, leaveFor } from "./lib/form.js";
import { complaints } from "./lib/problem.js";
import { called, place } from "./lib/roles.js";
import { noteSignedIn } from "./lib/session.js";

/** @param {HTMLElement} root */
export async function start(root) {
  const token = location.hash.slice(1);
  /** @type {HTMLFormElement} */
  const form = find("[data-invitation-form]", root);
  let lacksContact = false;
  onSubmit(form, () => attempt(form, async () => {
    const { password } = filled(form, { password: "Придумайте пароль" });
    demandProtection();
    const session = await post("/api/auth/invitations/accept", { body: { token, password }, isSignIn: true })
      .catch((error) => goOn(form, error));
    // The new password is set either way; who went back signs in with it.
    if (!session) return leaveFor("/sign-in");
    noteSignedIn(session);
    return leaveFor(lacksContact ? "/profile" : "/");
  }));
  // Another link opened in the same tab changes only what stands after `#`.
  addEventListener("hashchange", () => location.reload());
  await post("/api/auth/invitations/view", { body: { token } }).then(
    (invitation) => {
      lacksContact = invitation.is_reset && invitation.lacks_contact;
      greet(root, invitation);
    },
    (error) => refuse(root, error),
  );
  root.removeAttribute("aria-busy");
}

/**
 * @param {HTMLFormElement} form
 * @param {unknown} error
 */
async function goOn(form, error) {
  const { askedBy, secondStep } = await import("./lib/second-step.js");
  const asked = askedBy(error);
  if (!asked) throw error;
  return secondStep(form, asked);
}

/**
 * @param {HTMLElement} root
 * @param {import("portal-types").Invitation} invitation
 */
function greet(root, { name, login, is_login_masked, roles, scope, is_reset, is_let_in, lacks_contact }) {
  const title = is_let_in ? "Вход открыт заново" : is_reset ? "Новый пароль" : "Приглашение";
  document.title = `${title} — Мой дом`;
  find("h1").textContent = title;
  find("[data-invitation-contact]", root).hidden = !(is_reset && lacks_contact) || is_let_in;
  find("[data-invitation-name]", root).textContent = `Здравствуйте, ${name}!`;
  find("[data-invitation-login]", root).textContent = login;
  // What shows but its ends is no name to sign in by: a password manager would keep it.
  if (!is_login_masked) /** @type {HTMLInputElement} */ (find("#login", root)).value = login;
  const role = find("[data-invitation-role]", root);
  role.hidden = is_reset || roles.length === 0;
  role.textContent = `Ваша роль: ${roles.map(called).join(", ")}. Где: ${place(scope)}.`;
  find("[data-invitation-effects]", root).hidden = !is_reset;
  for (const effect of root.querySelectorAll("[data-invitation-let-in]")) /** @type {HTMLElement} */ (effect).hidden = !is_let_in;
  // All at once, so that nothing moves under the fingers.
  find("[data-invitation-form]", root).hidden = false;
}

/**
 * @param {HTMLElement} root
 * @param {unknown} error
 */
function refuse(root, error) {
  const said = el("div", { class: "message message--warn", role: "alert" },
    el("h2", {}, "По этой ссылке не войти"),
    complaints(error).map(({ text }) => el("p", {}, text)),
    el("p", {}, el("a", { href: "/sign-in" }, "Войти с паролем")));
  root.replaceChildren(said);
}
