// @ts-check
/** The passkeys of a person: one is made, listed, taken away. */
import { act, actButton, focusOn, showFailure } from "./lib/act.js";
import { del, get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { time } from "./lib/format.js";
import { hasPasskeys, makePasskey } from "./lib/passkey.js";
import { recoveryCodes } from "./lib/recovery-codes.js";

/** @typedef {import("portal-types").Passkey} Passkey */

const PATH = "/api/auth/passkeys";

/** @param {HTMLElement} root */
export async function start(root) {
  const list = find("[data-passkeys-list]", root);
  const errors = find("[data-error-place]", root);
  const fresh = find("[data-passkeys-new]", root);
  /** @type {HTMLButtonElement} */
  const add = find("[data-passkeys-add]", root);

  const draw = async () => {
    /** @type {{ items: Passkey[] }} */
    const { items } = await get(PATH);
    list.replaceChildren(...items.map((item) => row(item, errors, () => remove(item))));
    if (items.length === 0) list.replaceChildren(el("li", { class: "soft" }, "Ключей нет."));
  };
  /** @param {Passkey} passkey */
  const remove = async ({ passkey_id }) => {
    await confirming((confirmation) => del(`${PATH}/${passkey_id}`, { confirmation }));
    await draw();
    focusOn(find("h2", root));
    announce("Ключ убран");
  };
  const begin = async () => {
    const asked = await confirming((confirmation) => post(`${PATH}/challenges`, { confirmation }));
    const made = await makePasskey(asked);
    fresh.replaceChildren(nameForm((name) => keep({ challenge_id: asked.challenge_id, name, ...made })));
    find("input", fresh).focus();
  };
  /** @param {object} body */
  const keep = async (body) => {
    const { recovery_codes } = await post(PATH, { body });
    await draw();
    fresh.replaceChildren(...(recovery_codes.length > 0 ? [recoveryCodes(recovery_codes, () => fresh.replaceChildren())] : []));
    focusOn(recovery_codes.length > 0 ? find("h2", fresh) : find("h2", root));
    announce("Ключ добавлен");
  };
  add.hidden = !hasPasskeys();
  find("[data-passkeys-none]", root).hidden = hasPasskeys();
  add.addEventListener("click", () => act(add, errors, begin));
  try {
    await draw();
  } catch (error) {
    showFailure(errors, error);
  }
}

/**
 * @param {Passkey} passkey
 * @param {HTMLElement} errors
 * @param {() => Promise<void>} onRemove
 */
function row({ name, created_at, used_at, is_backed_up }, errors, onRemove) {
  return el("li", { class: "session" },
    el("div", {},
      el("h3", {}, el("span", {}, name), is_backed_up && el("span", { class: "badge" }, "Есть копия в облаке")),
      el("p", { class: "soft small" }, `Добавлен ${time(created_at)}, последний вход ${time(used_at)}`)),
    actButton("Убрать", errors, onRemove, { label: `Убрать ключ: ${name}` }));
}

/** @param {(name: string) => Promise<void>} keep */
function nameForm(keep) {
  const form = el("form", { class: "stack stack--tight", method: "post", action: "/security", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "passkey-name" }, "Как назвать ключ"),
      el("p", { class: "hint", id: "passkey-name-hint" }, "Чтобы потом узнать его: например, «Мой телефон»."),
      el("p", { class: "field-error", id: "passkey-name-error", "data-error-for": "/name" }),
      el("input", { class: "input", id: "passkey-name", name: "name", type: "text", maxlength: 60, "aria-describedby": "passkey-name-hint passkey-name-error" })),
    el("p", {}, el("button", { class: "button button--small", type: "submit" }, "Сохранить ключ")));
  onSubmit(form, () => attempt(form, async () => {
    const { name } = filled(form, { name: "Назовите ключ" });
    await keep(name ?? "");
  }));
  return form;
}
