// @ts-check
/** The company's desk: who waits to have an identity confirmed, and who is asked to confirm again. */
import { addressExport } from "./lib/address-export.js";
import { get, post } from "./lib/api.js";
import { el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, time } from "./lib/format.js";
import { openDesk } from "./lib/role-desk.js";
import { complaints } from "./lib/problem.js";
import { PURPOSES, requestCard } from "./level-desk-request.js";

/** @typedef {import("portal-types").LevelDesk} LevelDesk */

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "manager")) await startDesk(root);
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} root */
async function startDesk(root) {
  /** @type {HTMLFormElement} */
  const again = find("[data-level-again]", root);
  onSubmit(again, () => attempt(again, async () => {
    const done = find("[data-level-again-done]", again);
    done.textContent = "";
    const { identifier, reason } = filled(again, { identifier: "Введите логин, телефон или почту целиком", reason: "Напишите, почему" });
    const { name } = await post("/api/auth/level-desk/ask-again", { body: { identifier, reason } });
    again.reset();
    done.textContent = `${name}: просьба отправлена.`;
  }));
  try {
    show(root, await get("/api/auth/level-desk/requests"));
  } catch (error) {
    find("[data-level-waiting]", root).replaceChildren(el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  // What stands below the list waits for it, so that nothing moves.
  again.hidden = false;
  find("[data-desk]", root).append(addressExport());
}

/**
 * @param {HTMLElement} root
 * @param {LevelDesk} desk
 */
function show(root, { items }) {
  find("[data-level-seen]", root).replaceChildren();
  find("[data-level-waiting]", root).replaceChildren(
    ...(items.length > 0 ? items.map((one) => row(root, one)) : [el("p", { class: "empty" }, "Никто не ждёт.")]));
}

/**
 * @param {HTMLElement} root
 * @param {LevelDesk["items"][number]} one
 */
function row(root, one) {
  const due = `решить до: ${time(one.due_at ?? "")}`;
  const form = el("form", { class: "session", method: "post", novalidate: true },
    el("div", {},
      el("div", { "data-error-summary": true }),
      el("h3", {}, one.name),
      el("p", { class: "soft" }, address(one.address)),
      el("p", { class: "small" }, one.is_overdue ? el("strong", {}, `Просрочено, ${due}`) : due, one.round > 1 && `, отправлена ${one.round}-й раз`)),
    one.is_mine
      ? el("p", { class: "soft" }, "Это ваша заявка: решит другой сотрудник.")
      : el("div", { class: "stack stack--tight" },
        el("select", { class: "input", name: "purpose", "aria-label": `Зачем вы открываете заявку: ${one.name}` },
          Object.entries(PURPOSES).map(([value, words]) => el("option", { value }, words))),
        el("button", { class: "button button--small", type: "submit", "aria-label": `Открыть: ${one.name}` }, "Открыть")));
  if (!one.is_mine) onSubmit(form, () => attempt(form, () => open(root, one, String(new FormData(form).get("purpose")))));
  return form;
}

/**
 * @param {HTMLElement} root
 * @param {LevelDesk["items"][number]} one
 * @param {string} purpose
 */
async function open(root, one, purpose) {
  const path = `/api/auth/level-desk/requests/${one.level_request_id}`;
  const seen = await post(`${path}/looks`, { body: { purpose, words: "" } });
  const card = requestCard(one.name, seen, purpose, async (decision) => {
    show(root, await post(`${path}/decisions`, { body: decision }));
    const done = decision.verdict === "confirmed" ? `${one.name}: личность подтверждена.` : `${one.name}: заявка вернулась на исправление.`;
    find("[data-level-seen]", root).replaceChildren(el("p", { class: "message", role: "status" }, done));
    find("#waiting-title", root).focus();
  });
  find("[data-level-seen]", root).replaceChildren(card);
  find("h2", card).focus();
}
