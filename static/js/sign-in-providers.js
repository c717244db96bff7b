// @ts-check
/** Other ways to sign in, where the operator switched some on. Without them the page is whole. */
import { get } from "./lib/api.js";
import { providerForm } from "./lib/provider-form.js";
import { safeNext } from "./lib/session.js";

/** @typedef {import("portal-types").Provider} Provider */

/** @param {HTMLElement} root */
export async function start(root) {
  const next = safeNext(new URLSearchParams(location.search).get("next"));
  /** @type {{ items: Provider[] }} */
  const { items } = await get("/api/auth/providers").catch(() => ({ items: [] }));
  root.replaceChildren(...items.map((one) => providerForm(one, `Войти через «${one.name}»`, next)));
}
