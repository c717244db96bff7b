// @ts-check
/** Where the person is signed in, and the end of it: one by one, or everywhere else at once. */
import { del, get } from "./lib/api.js";
import { announce, el, find, isBusy, setBusy } from "./lib/dom.js";
import { time } from "./lib/format.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").SessionItem} SessionItem */

/** @param {HTMLElement} root */
export async function start(root) {
  const list = find("[data-sessions-list]", root);
  /** @type {HTMLButtonElement} */
  const endOthers = find("[data-sessions-end-others]", root);
  const errors = find("[data-error-place]", root);

  const draw = async () => {
    const { items } = /** @type {import("portal-types").SessionList} */ (await get("/api/auth/sessions"));
    list.replaceChildren(...items.map((item) => card(item, (button) => end(button, item))));
    endOthers.hidden = items.length < 2;
  };
  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<void>} work
   */
  const attempt = async (button, work) => {
    if (isBusy(button)) return;
    setBusy(button, true);
    errors.replaceChildren();
    try {
      await work();
    } catch (error) {
      showFailure(errors, error);
    }
    setBusy(button, false);
  };
  /**
   * @param {HTMLButtonElement} button
   * @param {SessionItem} item
   */
  const end = (button, { session_id, device }) => attempt(button, async () => {
    await del(`/api/auth/sessions/${session_id}`);
    await draw();
    tell(list, `Сеанс завершён: ${device}`);
  });
  endOthers.addEventListener("click", () => attempt(endOthers, async () => {
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
 * @param {(button: HTMLButtonElement) => void} onEnd
 */
function card({ device, address, opened_at, last_seen_at, is_current }, onEnd) {
  const button = el("button", { class: "button button--quiet button--small", type: "button", "aria-label": `Завершить: ${device}, вход ${time(opened_at)}` }, "Завершить");
  button.addEventListener("click", () => onEnd(button));
  return el("li", { class: "card session" },
    el("div", {},
      el("h2", {}, el("span", {}, device), is_current && el("span", { class: "badge" }, "Это устройство")),
      el("p", { class: "soft small" }, "Вход ", el("time", { datetime: opened_at }, time(opened_at)), address && `, адрес ${address}`),
      el("p", { class: "soft small" }, "Последнее действие ", el("time", { datetime: last_seen_at }, time(last_seen_at)))),
    !is_current && button);
}

/**
 * The pressed button is gone: focus goes to the list, and the words to those who do not see it.
 * @param {HTMLElement} list
 * @param {string} text
 */
function tell(list, text) {
  list.tabIndex = -1;
  list.focus();
  announce(text);
}

/**
 * @param {HTMLElement} place
 * @param {unknown} error
 */
function showFailure(place, error) {
  place.replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
}
