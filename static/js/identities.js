// @ts-check
/** In the profile: by which other services the person signs in. */
import { del, get } from "./lib/api.js";
import { el, find, onSubmit } from "./lib/dom.js";
import { attempt } from "./lib/form.js";
import { time } from "./lib/format.js";
import { providerForm } from "./lib/provider-form.js";

/** @typedef {import("portal-types").Provider} Provider */
/** @typedef {import("portal-types").Identity} Identity */

/**
 * What the address says was done, and the words for it.
 * @type {Record<string, (identity: Identity) => string>}
 */
const DONE = {
  linked: ({ provider_name, name }) => `Готово: теперь вы можете входить и через «${provider_name}».${name && ` Там вы записаны так: ${name}.`}`,
  told: ({ provider_name }) => `Сведения сервиса «${provider_name}» обновлены.`,
};

/** @param {HTMLElement} root */
export async function start(root) {
  const linked = await draw(root);
  root.removeAttribute("aria-busy");
  for (const [what, provider] of new URLSearchParams(location.search)) {
    const there = linked.find((one) => one.provider === provider);
    const words = DONE[what];
    if (!words || !there) continue;
    // Said once: not again after a reload.
    history.replaceState(history.state, "", location.pathname);
    tell(root, words(there));
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} words
 */
function tell(root, words) {
  find("[data-identities-done]", root).textContent = words;
  find("h2", root).focus();
}

/** @param {HTMLElement} root */
async function draw(root) {
  const lists = await Promise.all([get("/api/auth/identities"), get("/api/auth/providers")]).catch(() => null);
  if (!lists) return [];
  /** @type {[{ items: Identity[] }, { items: Provider[] }]} */
  const [{ items: linked }, { items: providers }] = lists;
  const others = providers.filter(({ provider }) => !linked.some((one) => one.provider === provider));
  root.hidden = linked.length + others.length === 0;
  find("[data-identities]", root).replaceChildren(
    ...linked.map((one) => card(one, root, providers)),
    ...others.map((one) => providerForm(one, `Добавить «${one.name}»`, "/profile")));
  return linked;
}

/**
 * @param {Identity} identity
 * @param {HTMLElement} root
 * @param {Provider[]} providers those that are on
 */
function card({ provider, provider_name, name, level, linked_at, told_at }, root, providers) {
  const form = el("form", { class: "stack stack--tight", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("p", {}, el("strong", {}, provider_name), name && `: ${name}, сведения от ${time(told_at)}`),
    el("p", { class: "soft small" }, [`Привязан ${time(linked_at)}`, level === "confirmed" && "подтверждает вашу личность: без него это подтверждение закончится"].filter(Boolean).join(", ")),
    el("button", { class: "button button--quiet button--small", type: "submit" }, "Отвязать"));
  onSubmit(form, () => attempt(form, async () => {
    // Most visits end without.
    const { confirming } = await import("./lib/confirm.js");
    await confirming((confirmation) => del(`/api/auth/identities/${encodeURIComponent(provider)}`, { confirmation }));
    await Promise.all([draw(root), import("./level-standing.js").then(({ start }) => start(document.body))]);
    tell(root, `Вход через «${provider_name}» отвязан. На других устройствах мы вышли из кабинета.`);
  }));
  const there = providers.filter((one) => one.provider === provider);
  return el("div", { class: "stack stack--tight" }, form,
    there.map((one) => providerForm(one, `Обновить сведения через «${one.name}»`, `/profile?told=${encodeURIComponent(provider)}`)));
}
