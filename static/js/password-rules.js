// @ts-check
/** Tells while a new password is typed what it still needs. The portal decides; this only helps. */
import { get } from "./lib/api.js";
import { el, find } from "./lib/dom.js";

/** @type {Record<string, (password: string) => boolean>} */
const TESTS = {
  "long-enough": (password) => [...password].length >= 8,
  "not-only-digits": (password) => /[^\p{N}]/u.test(password),
  "not-only-letters": (password) => /[^\p{L}]/u.test(password),
  upper: (password) => /\p{Lu}/u.test(password),
  lower: (password) => /\p{Ll}/u.test(password),
  digit: (password) => /\p{N}/u.test(password),
  special: (password) => /[^\p{L}\p{N}]/u.test(password),
};

/** @param {HTMLElement} root a list that holds the usual rules, so that nothing moves when the portal's own come */
export async function start(root) {
  /** @type {HTMLInputElement} */
  const input = find(`#${root.dataset.for}`);
  const check = () => {
    for (const item of root.children) {
      if (item instanceof HTMLElement) mark(item, input.value);
    }
  };
  input.addEventListener("input", check);
  check();
  /** @type {import("portal-types").PasswordRules | null} */
  const answer = await get("/api/auth/password-rules").catch(() => null);
  if (!answer) return;
  const rules = answer.rules.filter(({ code }) => TESTS[code]);
  root.replaceChildren(...rules.map(({ code, words }) => el("li", { "data-rule": code }, words)));
  check();
}

/**
 * @param {HTMLElement} item
 * @param {string} password
 */
function mark(item, password) {
  const isMet = password !== "" && (TESTS[item.dataset.rule ?? ""]?.(password) ?? false);
  if (item.classList.contains("rule--met") === isMet) return;
  item.classList.toggle("rule--met", isMet);
  item.querySelector(".visually-hidden")?.remove();
  if (isMet) item.append(el("span", { class: "visually-hidden" }, " — готово"));
}
