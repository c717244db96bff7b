// @ts-check
/** The devices on which the second step is not asked for, and the end of it: one by one, or all at once. */
import { actButton, act, focusOn, showFailure } from "./lib/act.js";
import { del, get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { time } from "./lib/format.js";

/** @typedef {import("portal-types").TrustedDevice} TrustedDevice */

const PATH = "/api/auth/trusted-devices";

/** @param {HTMLElement} root */
export async function start(root) {
  const list = find("[data-trusted-list]", root);
  const errors = find("[data-error-place]", root);
  /** @type {HTMLButtonElement} */
  const endAll = find("[data-trusted-end-all]", root);

  const draw = async () => {
    /** @type {{ items: TrustedDevice[] }} */
    const { items } = await get(PATH);
    list.replaceChildren(...items.map((item) => row(item, errors, () => end(`${PATH}/${item.trusted_device_id}`))));
    if (items.length === 0) list.replaceChildren(el("li", { class: "soft" }, "Таких устройств нет."));
    endAll.hidden = items.length < 2;
  };
  /** @param {string} path */
  const end = async (path) => {
    await del(path);
    await draw();
    focusOn(find("h2", root));
    announce("Доверие снято");
  };
  endAll.addEventListener("click", () => act(endAll, errors, () => end(PATH)));
  try {
    await draw();
  } catch (error) {
    showFailure(errors, error);
  }
}

/**
 * @param {TrustedDevice} trusted
 * @param {HTMLElement} errors
 * @param {() => Promise<void>} onEnd
 */
function row({ device, trusted_at, used_at, expires_at, is_current }, errors, onEnd) {
  return el("li", { class: "session" },
    el("div", {},
      el("h3", {}, el("span", {}, device), is_current && el("span", { class: "badge" }, "Это устройство")),
      el("p", { class: "soft small" }, `С ${time(trusted_at)} до ${time(expires_at)}, последний вход ${time(used_at)}`)),
    actButton("Снять доверие", errors, onEnd, { label: `Снять доверие: ${device}, с ${time(trusted_at)}` }));
}
