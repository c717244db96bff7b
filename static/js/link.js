// @ts-check
/** Links a personal account in two steps: its address and number, then the code that went to the contact the company holds. */
import { post } from "./lib/api.js";
import { announce, find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { attempt, codeAfter, codeHint, filled } from "./lib/form.js";
import { address } from "./lib/format.js";
import { isResident, roleNote } from "./lib/person.js";
import { serverNow } from "./lib/server-time.js";
import { startAddressSearch } from "./link-address.js";

/** @typedef {import("portal-types").LinkRequest} LinkRequest */
/** @typedef {{ number: string, place: import("./link-address.js").Place | null, request: LinkRequest | null }} Progress */

/** @type {Progress} */
const NOTHING = { number: "", place: null, request: null };

/** @param {HTMLElement} root */
export async function start(root) {
  // A reload may begin at another step, whose place on the page is another: it begins at the top.
  history.scrollRestoration = "manual";
  const isTheirs = await isResident().catch(() => true);
  if (!isTheirs) return root.replaceChildren(await roleNote());
  const page = {
    step: find("[data-link-step]", root),
    /** @type {HTMLFormElement} */ number: find("[data-link-number]", root),
    /** @type {HTMLFormElement} */ code: find("[data-link-code]", root),
    done: find("[data-link-done]", root),
  };
  let progress = readDraft("link", NOTHING);

  const keep = (/** @type {Progress} */ changed) => keepDraft("link", (progress = changed));

  /** @param {LinkRequest} request */
  function showCodeStep(request) {
    page.step.textContent = "Шаг 2 из 2";
    page.number.hidden = true;
    page.code.hidden = false;
    const where = request.channel === "sms" ? "СМС с кодом на номер" : "письмо с кодом на адрес";
    find("[data-link-sent]", page.code).textContent = `Мы отправили ${where} ${request.masked_contact}. Обычно оно приходит за минуту.`;
    find("[data-link-attempts]", page.code).textContent = codeHint(request);
  }

  function showNumberStep() {
    page.step.textContent = "Шаг 1 из 2";
    page.code.hidden = true;
    page.number.hidden = false;
    numberInput(page.number).focus();
  }

  async function askCode() {
    const { number = "" } = filled(page.number, { number: "Введите номер лицевого счёта" });
    const isAgain = progress.request !== null;
    const place = progress.place && { premises_id: progress.place.premises_id };
    const request = await post("/api/homes/links", { body: { number, ...place } });
    keep({ ...progress, number, request });
    showCodeStep(request);
    codeInput(page.code).value = "";
    find("[data-link-sent]", page.code).focus();
    find("[data-link-news]", page.code).hidden = !isAgain;
    announce(isAgain ? "Новый код отправлен" : "Код отправлен");
  }

  async function confirmCode() {
    const { code = "" } = filled(page.code, { code: "Введите код из сообщения" });
    const body = { code: code.replace(/\s/g, "") };
    const account = await post(`/api/homes/links/${progress.request?.link_request_id}/confirm`, { body });
    dropDraft("link");
    page.step.hidden = true;
    page.code.hidden = true;
    page.done.hidden = false;
    find("[data-link-address]", page.done).textContent = address(account.address);
    find("h2", page.done).focus();
  }

  /** @param {unknown} error */
  function afterRefusal(error) {
    if (!error || !progress.request) return;
    const request = codeAfter(progress.request, error);
    keep({ ...progress, request });
    find("[data-link-attempts]", page.code).textContent = codeHint(request);
  }

  onSubmit(page.number, () => attempt(page.number, askCode));
  onSubmit(page.code, () => attempt(page.code, confirmCode).then(afterRefusal));
  find("[data-link-again]", root).addEventListener("click", () => attempt(page.code, askCode));
  find("[data-link-back]", root).addEventListener("click", () => {
    keep({ ...progress, request: null });
    showNumberStep();
  });
  numberInput(page.number).addEventListener("input", ({ target }) => {
    if (target instanceof HTMLInputElement) keep({ ...progress, number: target.value });
  });

  startAddressSearch(find("[data-link-address]", root), progress.place, (place) => keep({ ...progress, place }));
  numberInput(page.number).value = progress.number;
  if (progress.request && Date.parse(progress.request.expires_at) > serverNow()) showCodeStep(progress.request);
}

/** @param {HTMLFormElement} form @returns {HTMLInputElement} */
const numberInput = (form) => find("#number", form);

/** @param {HTMLFormElement} form @returns {HTMLInputElement} */
const codeInput = (form) => find("#code", form);
