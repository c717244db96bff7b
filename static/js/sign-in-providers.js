// @ts-check
/** Other ways to sign in, where the operator switched some on. Without them the page is whole. */
import { get } from "./lib/api.js";
import { el } from "./lib/dom.js";
import { providerForm } from "./lib/provider-form.js";
import { safeNext } from "./lib/session.js";

/** @typedef {import("portal-types").Provider} Provider */

/** @param {HTMLElement} root */
export async function start(root) {
  const next = safeNext(new URLSearchParams(location.search).get("next"));
  /** @type {{ items: Provider[] }} */
  const { items } = await get("/api/auth/providers").catch(() => ({ items: [] }));
  root.replaceChildren(...items.flatMap((one) => [providerForm(one, `Войти через «${one.name}»`, next), ...bySnils(one)]));
  root.removeAttribute("aria-busy");
}

/** @param {Provider} provider */
function bySnils({ name, tells_snils }) {
  if (!tells_snils) return [];
  return [el("p", { class: "soft small" }, `Если вы уже входили через «${name}» и запись там подтверждена, вместо логина можно вписать СНИЛС, пароль тот же.`)];
}
