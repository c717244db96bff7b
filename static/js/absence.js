// @ts-check
/** A resident who was away asks for it to be taken into account, and reads what was decided. */
import { get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, day } from "./lib/format.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").AbsenceList} AbsenceList */
/** @typedef {import("portal-types").Absence} Absence */

/** @type {Record<string, string>} */
const STANDINGS = { asked: "ждёт решения управляющей организации", accepted: "перерасчёт будет", refused: "перерасчёта не будет" };

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    await whenOnline(root, demandResident);
    /** @type {AbsenceList} */
    const known = await whenOnline(root, () => get("/api/billing/absences"));
    root.replaceChildren(...shown(known));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

/** @param {AbsenceList} known */
function shown({ accounts, items }) {
  if (accounts.length === 0) {
    return [el("p", { class: "lead" }, "Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".")];
  }
  const list = el("ul", { class: "stack" });
  const past = el("section", { class: "card stack", "aria-labelledby": "absences-title" }, el("h2", { id: "absences-title" }, "Ваши заявления"), list);
  show(items);
  const form = applicationForm(accounts);
  onSubmit(form, () => attempt(form, async () => {
    const { account_id, persons, left_on, returned_on, document } = filled(form, {
      persons: "Впишите, сколько человек отсутствовало",
      left_on: "Укажите день отъезда",
      returned_on: "Укажите день возвращения",
      document: "Назовите, чем подтвердить отсутствие",
    });
    const body = { account_id, persons: Number(persons), left_on, returned_on, document };
    await post("/api/billing/absences", { body, idempotencyKey: attemptKey("absence", body) });
    endAttempt("absence");
    form.reset();
    /** @type {AbsenceList} */
    const now = await get("/api/billing/absences");
    show(now.items);
    announce("Заявление отправлено, о решении придёт уведомление");
  }));
  return [form, past];

  /** @param {Absence[]} all */
  function show(all) {
    list.replaceChildren(...all.map(item));
    past.hidden = all.length === 0;
  }
}

/** @param {Absence} one */
function item({ account_number, persons, left_on, returned_on, standing, reason }) {
  return el("li", {},
    el("p", {}, el("strong", {}, `С ${day(left_on)} по ${day(returned_on)}: ${STANDINGS[standing]}`)),
    el("p", { class: "soft" }, `Лицевой счёт ${account_number}, отсутствовало человек: ${persons}.${reason ? ` Ответ: ${reason}.` : ""}`));
}

/** @param {AbsenceList["accounts"]} accounts */
function applicationForm(accounts) {
  const asked = new URLSearchParams(location.search).get("account_id");
  const isOnlyHome = accounts.length === 1;
  const account = isOnlyHome ? el("input", { type: "hidden", name: "account_id", value: accounts[0]?.account_id ?? "" }) : el("select", { class: "input", id: "account_id", name: "account_id", "aria-describedby": "account_id-error" },
    accounts.map(({ account_id, account_number, address: where }) =>
      el("option", { value: account_id, selected: account_id === asked }, `${address(where)}, лицевой счёт ${account_number}`)));
  return el("form", { class: "card stack", method: "post", action: "/absence", novalidate: true },
    el("h2", {}, "Заявление"),
    el("div", { "data-error-summary": true }),
    isOnlyHome ? account : field("account_id", "Жильё", "", account),
    field("left_on", "День отъезда", "", input("left_on", { type: "date" })),
    field("returned_on", "День возвращения", "", input("returned_on", { type: "date" })),
    field("persons", "Сколько человек отсутствовало", "", input("persons", { type: "text", inputmode: "numeric", maxlength: "2" })),
    field("document", "Чем подтвердить", "Билеты, справка из больницы или с места временной регистрации. Сохраните их: управляющая организация может попросить показать.", input("document", { type: "text", maxlength: "200" })),
    el("button", { class: "button", type: "submit" }, "Отправить заявление"));
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
const input = (name, attributes) =>
  el("input", { class: "input", id: name, name, autocomplete: "off", ...attributes, "aria-describedby": `${name}-hint ${name}-error` });

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
