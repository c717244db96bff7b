// @ts-check
/** A resident asks for another tariff, one more service or past months computed anew, and reads what was decided. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, day, fullPeriod, fullTime } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").RequestList} RequestList */
/** @typedef {import("portal-types").ChargeRequest} ChargeRequest */
/** @typedef {import("portal-types").ServiceList} ServiceList */

const PATH = "/api/billing/requests";

/** @type {Record<string, string>} */
const STANDINGS = { asked: "рассматривают", accepted: "принято", refused: "отказано" };

const KINDS = [["tariff", "Сменить тариф"], ["service", "Добавить услугу"], ["recalculation", "Пересчитать прошлые месяцы"]];

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await whenOnline(root, demandResident);
    /** @type {[RequestList, ServiceList]} */
    const [known, services] = await whenOnline(root, () => Promise.all([get(PATH), get("/api/billing/services")]));
    root.replaceChildren(...shown(known, services));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {RequestList} known
 * @param {ServiceList} services
 */
function shown({ accounts, items, next: later }, services) {
  if (accounts.length === 0) {
    return [el("p", { class: "lead" }, "Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".")];
  }
  const list = el("ul", { class: "stack" }, items.map(item));
  const more = el("button", { class: "button button--quiet", type: "button", hidden: later === null }, "Показать ещё");
  let next = later;
  const past = el("section", { class: "card stack", "aria-labelledby": "requests-title", hidden: items.length === 0 },
    el("h2", { id: "requests-title" }, "Ваши заявления"), list, el("p", {}, more));
  more.addEventListener("click", async () => {
    /** @type {RequestList} */
    const page = await get(`${PATH}?${new URLSearchParams({ before: String(next) })}`);
    list.append(...page.items.map(item));
    next = page.next;
    more.hidden = next === null;
  });
  const form = requestForm(accounts, services);
  onSubmit(form, () => attempt(form, async () => {
    const { account_id, kind, service, from, words } = filled(form, { words: "Напишите, о чём просите и почему" });
    // An offer is of one home and one service: whoever chooses others means something else.
    const wished = new URLSearchParams(location.search);
    const isSame = wished.get("account_id") === account_id && wished.get("service") === service;
    const offer = isSame ? wished.get("offer_id") : null;
    const body = {
      account_id, kind, words,
      ...(kind === "recalculation" ? { from } : {}),
      ...(service ? { service } : {}),
      ...(kind === "tariff" && offer ? { offer_id: offer } : {}),
    };
    /** @type {ChargeRequest} */
    const request = await post(PATH, { body, idempotencyKey: attemptKey("charge-request", body) });
    endAttempt("charge-request");
    form.reset();
    form.dispatchEvent(new Event("change"));
    list.prepend(item(request));
    past.hidden = false;
    announce(`Заявление ${request.number} отправлено, о решении придёт уведомление`);
  }));
  return [form, past];
}

/** @param {ChargeRequest} one */
function item({ number, title, service, supplier, from, account_number, words, asked_at, due_on, standing, answer, decided_at }) {
  const about = [service, supplier, from && `с ${fullPeriod(from)}`].filter(Boolean).join(", ");
  return el("li", {},
    el("p", {}, el("strong", {}, `№ ${number}. ${title}${about ? `: ${about}` : ""}`), ` — ${STANDINGS[standing]}`),
    el("p", { class: "soft" }, `Лицевой счёт ${account_number}, ${fullTime(asked_at)}: ${words}`),
    answer && decided_at
      ? el("p", {}, `Ответ, ${fullTime(decided_at)}: ${answer}`)
      : el("p", { class: "soft" }, `Ответят не позже: ${day(due_on)}.`));
}

/**
 * @param {RequestList["accounts"]} accounts
 * @param {ServiceList} services
 */
function requestForm(accounts, { items }) {
  const wished = new URLSearchParams(location.search);
  const options = (/** @type {string[][]} */ all, /** @type {string | null} */ chosen) =>
    all.map(([value = "", label = ""]) => el("option", { value, selected: value === chosen }, label));
  const select = (/** @type {string} */ name, /** @type {HTMLElement[]} */ choices) =>
    el("select", { class: "input", id: name, name, "aria-describedby": `${name}-hint ${name}-error` }, choices);
  const kind = select("kind", options(KINDS, wished.get("kind")));
  const service = select("service", options([["", ""], ...items.map(({ service: name, title }) => [name, title])], wished.get("service")));
  const from = el("input", { class: "input", id: "from", name: "from", type: "month", value: wished.get("from"), "aria-describedby": "from-hint from-error" });
  const words = el("textarea", { class: "input", id: "words", name: "words", rows: 4, maxlength: 500, "aria-describedby": "words-hint words-error" });
  const isOnlyHome = accounts.length === 1;
  const account = isOnlyHome ? el("input", { type: "hidden", name: "account_id", value: accounts[0]?.account_id ?? "" }) : select("account_id", accounts.map(({ account_id, account_number, address: where }) =>
    el("option", { value: account_id, selected: account_id === wished.get("account_id") }, `${address(where)}, лицевой счёт ${account_number}`)));
  const month = field("from", "С какого месяца", "", from);
  const supplier = wished.get("supplier");
  const form = el("form", { class: "card stack", method: "post", action: "/requests", novalidate: true },
    el("h2", {}, "Новое заявление"),
    el("div", { "data-error-summary": true }),
    isOnlyHome ? account : field("account_id", "Жильё", "", account),
    field("kind", "О чём просите", "", kind),
    field("service", "Услуга", wished.get("offer_id") && supplier ? `Предложение: ${supplier}` : "", service),
    month,
    field("words", "Подробности", "Что изменить и почему. Назовите акт, договор или другой документ, если он есть.", words),
    el("button", { class: "button", type: "submit" }, "Отправить заявление"));
  // A month is asked for only where past ones are meant, and only they may be of all services.
  form.addEventListener("change", () => {
    month.hidden = kind.value !== "recalculation";
    const all = service.querySelector("option");
    if (all) all.textContent = month.hidden ? "Выберите услугу" : "Все услуги";
  });
  form.dispatchEvent(new Event("change"));
  return form;
}

/**
 * @param {string} name
 * @param {string} label
 * @param {string} hint
 * @param {HTMLElement} control
 */
function field(name, label, hint, control) {
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    el("p", { class: "hint", id: `${name}-hint`, hidden: !hint }, hint),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }),
    control);
}
