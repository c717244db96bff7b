// @ts-check
/** Sets a new password by a code. Whether anybody has the login, the page does not know either. */
import { get, post } from "./lib/api.js";
import { announce, find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { attempt, codeAfter, codeHint, demandProtection, filled, leaveFor } from "./lib/form.js";
import { serverNow } from "./lib/server-time.js";
import { noteSignedIn } from "./lib/session.js";

/** @typedef {import("portal-types").Provider} Provider */
/** @typedef {import("portal-types").Recovery} Recovery */
/** @typedef {{ identifier: string, request: Recovery | null }} Progress */

/** @type {Progress} */
const NOTHING = { identifier: "", request: null };

/** @param {HTMLElement} root */
export async function start(root) {
  /** @type {HTMLFormElement} */
  const who = find("[data-recover-who]", root);
  /** @type {HTMLFormElement} */
  const code = find("[data-recover-code]", root);
  /** @type {HTMLInputElement} */
  const identifier = find("#identifier", root);
  let progress = readDraft("recover", NOTHING);

  const keep = (/** @type {Partial<Progress>} */ changed) => keepDraft("recover", (progress = { ...progress, ...changed }));

  /** @param {Recovery} request */
  function showCode(request) {
    who.hidden = true;
    code.hidden = false;
    find("[data-recover-step]", root).textContent = "Шаг 2 из 2";
    find("[data-recover-attempts]", code).textContent = codeHint(request);
    /** @type {HTMLInputElement} */ (find("#login", code)).value = progress.identifier;
    find("[data-recover-sent]", code).focus();
  }

  async function askCode() {
    filled(who, { identifier: "Введите телефон, почту или логин" });
    demandProtection();
    const isAgain = progress.request !== null;
    const request = await post("/api/auth/recoveries", { body: { identifier: identifier.value.trim() } });
    keep({ request });
    showCode(request);
    if (isAgain) announce("Если такой вход есть, придёт новый код");
  }

  async function confirm() {
    const body = filled(code, { code: "Введите код из сообщения", password: "Придумайте новый пароль" });
    const { code: digits, password } = body;
    const session = await post(`/api/auth/recoveries/${progress.request?.recovery_id}/confirm`, { body: { code: digits, password }, isSignIn: true })
      .catch(goOn);
    dropDraft("recover");
    // Without the second step nothing has changed; who went back signs in with the old password.
    if (!session) return leaveFor("/sign-in");
    noteSignedIn(session);
    return leaveFor("/?reason=password-changed");
  }

  /** @param {unknown} error */
  async function goOn(error) {
    const { askedBy, secondStep } = await import("./lib/second-step.js");
    const asked = askedBy(error);
    if (!asked) throw error;
    find("[data-recover-step]", root).textContent = "Остался второй шаг";
    return secondStep(code, asked);
  }

  /** @param {unknown} error */
  function afterRefusal(error) {
    if (!error || !progress.request) return;
    const request = codeAfter(progress.request, error);
    keep({ request });
    find("[data-recover-attempts]", code).textContent = codeHint(request);
  }

  onSubmit(who, () => attempt(who, askCode));
  onSubmit(code, () => attempt(code, confirm).then(afterRefusal));
  find("[data-recover-again]", root).addEventListener("click", () => attempt(code, askCode));
  find("[data-recover-back]", root).addEventListener("click", () => {
    keep({ request: null });
    find("[data-recover-step]", root).textContent = "Шаг 1 из 2";
    code.hidden = true;
    who.hidden = false;
    identifier.focus();
  });
  identifier.addEventListener("input", () => keep({ identifier: identifier.value }));

  identifier.value = progress.identifier;
  await warn(find("[data-recover-providers]", code));
  if (progress.request && Date.parse(progress.request.expires_at) > serverNow()) showCode(progress.request);
}

/**
 * Whether the login has a provider is not told to whoever asks: what a new password does to it stands there for all,
 * wherever one is on.
 * @param {HTMLElement} words
 */
async function warn(words) {
  /** @type {{ items: Provider[] }} */
  const { items } = await get("/api/auth/providers").catch(() => ({ items: [] }));
  const names = items.map(({ name }) => `«${name}»`).join(" или ");
  words.textContent = `Если вы входите ещё и через ${names}, с новым паролем мы этот вход отвяжем: так он не останется у того, кто мог войти вместо вас. Если личность подтверждена через него, подтверждение снимется. Привязать его снова можно в профиле.`;
  words.hidden = items.length === 0;
}
