// @ts-check
/** Takes what somebody lets the person do. The token stands after `#` and is sent to nobody but the API. */
import { post } from "./lib/api.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { attempt, leaveFor } from "./lib/form.js";
import { address, day } from "./lib/format.js";
import { POWERS } from "./lib/powers.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").HeldDelegation} Held */

/** Kept while the person signs in or registers. */
const DRAFT = "delegation-token";

/** @param {HTMLElement} root */
export async function start(root) {
  if (location.hash) keepDraft(DRAFT, location.hash.slice(1));
  const token = readDraft(DRAFT, "");
  addEventListener("hashchange", () => location.reload());
  try {
    root.replaceChildren(offer(await post("/api/homes/delegations/view", { body: { token } }), token));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(el("div", { class: "message message--warn", role: "alert" },
      el("h2", {}, "Ссылка не действует"), complaints(error).map(({ text }) => el("p", {}, text)), el("p", {}, el("a", { href: "/" }, "На главную"))));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {Held} held
 * @param {string} token
 */
function offer({ granted_by, powers, until, addresses }, token) {
  const form = el("form", { class: "card stack", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    el("h2", {}, granted_by),
    addresses.map((one) => el("p", {}, address(one))),
    el("ul", {}, powers.map((power) => el("li", {}, POWERS[power] ?? power))),
    el("p", { class: "soft" }, `По ${day(until)}. Владелец увидит в своём журнале всё, что вы сделаете, и может отозвать доверие.`),
    el("div", { class: "button-row" },
      el("button", { class: "button", type: "submit" }, "Принять"),
      el("a", { href: "/" }, "Не сейчас")));
  onSubmit(form, () => attempt(form, async () => {
    await post("/api/homes/delegations/take", { body: { token } });
    dropDraft(DRAFT);
    return leaveFor("/?reason=entrusted");
  }));
  return form;
}
