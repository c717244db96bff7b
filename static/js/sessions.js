// @ts-check
/** Where the person is signed in, and the end of it: one by one, or everywhere else at once. */
import { act, actButton, focusOn, showFailure } from "./lib/act.js";
import { del, get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { time } from "./lib/format.js";

/** @typedef {import("portal-types").SessionItem} SessionItem */

/** @param {HTMLElement} root */
export async function start(root) {
  const list = find("[data-sessions-list]", root);
  /** @type {HTMLButtonElement} */
  const endOthers = find("[data-sessions-end-others]", root);
  const errors = find("[data-error-place]", root);

  const draw = async () => {
    const { items } = /** @type {import("portal-types").SessionList} */ (await get("/api/auth/sessions"));
    list.replaceChildren(...items.map((item) => card(item, errors, () => end(item))));
    endOthers.hidden = items.length < 2;
  };
  /** @param {SessionItem} item */
  const end = async ({ session_id, device }) => {
    await del(`/api/auth/sessions/${session_id}`);
    await draw();
    tell(list, `Сеанс завершён: ${device}`);
  };
  endOthers.addEventListener("click", () => act(endOthers, errors, async () => {
    await del("/api/auth/sessions");
    await draw();
    tell(list, "Вы вышли на всех остальных устройствах");
  }));

  try {
    await draw();
  } catch (error) {
    list.replaceChildren();
    showFailure(errors, error);
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {SessionItem} item
 * @param {HTMLElement} errors
 * @param {() => Promise<void>} onEnd
 */
function card({ device, address, opened_at, last_seen_at, is_current }, errors, onEnd) {
  return el("li", { class: "card session" },
    el("div", {},
      el("h2", {}, el("span", {}, device), is_current && el("span", { class: "badge" }, "Это устройство")),
      el("p", { class: "soft small" }, "Вход ", el("time", { datetime: opened_at }, time(opened_at)), address && `, адрес ${address}`),
      el("p", { class: "soft small" }, "Последнее действие ", el("time", { datetime: last_seen_at }, time(last_seen_at)))),
    !is_current && actButton("Завершить", errors, onEnd, { label: `Завершить: ${device}, вход ${time(opened_at)}` }));
}

/**
 * @param {HTMLElement} list
 * @param {string} text
 */
function tell(list, text) {
  focusOn(list);
  announce(text);
}
