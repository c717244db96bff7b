// @ts-check
/** One request on the desk: what the person says beside the register, the documents, the decision. */
import { el, find, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { fullDay, time } from "./lib/format.js";

/** @typedef {import("portal-types").DeskRequest} DeskRequest */
/** @typedef {{ item: string, reason: string, words: string }} Correction */
/** @typedef {{ round: number, verdict: string, corrections: Correction[] }} Decision */

/** What a look may be for; the person reads it in the journal. */
export const PURPOSES = {
  "identity-check": "Проверить документы",
  enquiry: "Ответить на обращение",
  security: "Проверить безопасность",
  authority: "Ответить государственному органу",
};

/** @type {Record<string, string>} */
const OUTCOMES = { match: "с реестром совпадает", differs: "с реестром расходится", "not-in-register": "в реестре нет" };

const DATES = new Set(["birth_date", "issued_on"]);

/** What nobody has looked at yet is not in order. */
const UNDECIDED = "undecided";

const REASONS = {
  "": "в порядке",
  mismatch: "не как в документе",
  unreadable: "не читается",
  incomplete: "не хватает части",
  "wrong-document": "другой документ",
  expired: "больше не действует",
  other: "другая причина",
};

/**
 * @param {string} name
 * @param {DeskRequest} seen
 * @param {string} purpose
 * @param {(decision: Decision) => Promise<void>} decide
 */
export function requestCard(name, seen, purpose, decide) {
  const form = el("form", { class: "stack", method: "post", novalidate: true },
    el("div", { "data-error-summary": true }),
    fields(seen),
    el("h3", {}, "Документы"),
    seen.documents.map((one) => documentRow(seen, one, purpose)),
    el("p", { class: "soft small" }, "Каждый просмотр виден человеку в его журнале."),
    el("div", { class: "button-row" }, el("button", { class: "button", type: "submit" })));
  const tell = () => {
    nameTheDecision(form, seen);
    showExplanations(form, seen);
  };
  form.addEventListener("change", tell);
  tell();
  onSubmit(form, () => attempt(form, () => decide(decision(form, seen))));
  return el("section", { class: "card stack", "aria-labelledby": "seen-title" },
    el("h2", { id: "seen-title", tabindex: -1 }, name),
    el("p", {}, `По реестру: ${seen.registered_names.join(", ") || "имени нет"}; ${seen.registered_address}.`),
    el("p", { class: "soft" }, `Решить до: ${time(seen.due_at ?? "")}. Откройте документы и решите о каждом и о том, что расходится с реестром. Если в порядке всё, личность будет подтверждена; если что-то исправить, заявка вернётся к человеку.`),
    form,
    history(seen));
}

/** @param {DeskRequest} seen */
function fields({ fields: all }) {
  return el("table", { class: "table table--stacked" },
    el("thead", {}, el("tr", {}, ["Поле", "В заявке", "Решение"].map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, all.map(({ field, words, value, outcome }) => el("tr", {},
      el("th", { scope: "row" }, words),
      el("td", {}, DATES.has(field) ? fullDay(value) : value, el("small", {}, OUTCOMES[outcome] ?? outcome)),
      el("td", {}, verdictOf(field, words, outcome === "match"))))));
}

/**
 * @param {DeskRequest} seen
 * @param {DeskRequest["documents"][number]} one
 * @param {string} purpose
 */
function documentRow({ level_request_id }, { document, words, files, is_new }, purpose) {
  const path = `/api/auth/level-desk/requests/${level_request_id}/documents/${document}?purpose=${purpose}`;
  return el("div", { class: "field" },
    files.map(({ file, size_bytes }) => el("p", {},
      el("a", { href: `${path}&file=${file}`, target: "_blank", rel: "noopener" }, `Открыть: ${words}${files.length > 1 ? `, файл ${file} из ${files.length}` : ""}`),
      ` (${Math.ceil(size_bytes / 1024)} КБ${is_new ? "" : ", с прошлого раза"})`)),
    verdictOf(document, words, false));
}

/**
 * @param {string} item
 * @param {string} words
 * @param {boolean} isClear whether it is in order unless somebody says otherwise
 */
function verdictOf(item, words, isClear) {
  const reasons = Object.entries(isClear ? REASONS : { [UNDECIDED]: "выберите", ...REASONS });
  return el("div", { class: "stack stack--tight" },
    el("select", { class: "input", name: `reason ${item}`, "aria-label": `Решение: ${words}`, "aria-describedby": `fault-${item}` },
      reasons.map(([value, text]) => el("option", { value }, text))),
    el("input", { class: "input", name: `words ${item}`, type: "text", maxlength: 500, "aria-label": `Пояснение: ${words}`, placeholder: "пояснение" }),
    el("p", { class: "field-error", id: `fault-${item}`, "data-error-for": `/${item}` }));
}

/**
 * Everything that is decided on, with what to call it and what was chosen.
 * @param {HTMLFormElement} form
 * @param {DeskRequest} seen
 */
function chosen(form, { fields: all, documents }) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const items = [...all.map(({ field, words }) => ({ item: field, called: words })), ...documents.map(({ document, words }) => ({ item: document, called: words }))];
  return items.map(({ item, called }) => ({ item, called, reason: text(`reason ${item}`), words: text(`words ${item}`) }));
}

/**
 * The button says what it does: one decision is made of all the others.
 * @param {HTMLFormElement} form
 * @param {DeskRequest} seen
 */
function nameTheDecision(form, seen) {
  const wrong = chosen(form, seen).filter(({ reason }) => reason && reason !== UNDECIDED).length;
  find("[type=submit]", form).textContent = wrong > 0 ? `Вернуть на исправление: ${wrong}` : "Подтвердить личность";
}

/**
 * What is in order needs no explanation.
 * @param {HTMLFormElement} form
 * @param {DeskRequest} seen
 */
function showExplanations(form, seen) {
  for (const { item, reason } of chosen(form, seen)) {
    find(`[name="words ${item}"]`, form).hidden = !reason || reason === UNDECIDED;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {DeskRequest} seen
 * @returns {Decision}
 */
function decision(form, seen) {
  const all = chosen(form, seen);
  const faults = all.flatMap(({ item, called, reason, words }) => {
    if (reason === UNDECIDED) return [{ text: `Решите: ${called}`, pointer: `/${item}` }];
    if (reason === "other" && words.length < 3) return [{ text: `Напишите пояснение: ${called}. Человек прочтёт его`, pointer: `/${item}` }];
    return [];
  });
  if (faults.length > 0) throw new Missing(faults);
  const corrections = all.filter(({ reason }) => reason).map(({ item, reason, words }) => ({ item, reason, words }));
  return { round: seen.round, verdict: corrections.length > 0 ? "returned" : "confirmed", corrections };
}

/** @param {DeskRequest} seen */
function history({ rounds }) {
  const earlier = rounds.filter(({ corrections }) => corrections.length > 0);
  return earlier.length === 0 ? "" : el("details", { class: "disclosure" },
    el("summary", {}, "Что возвращали раньше"),
    el("ul", {}, earlier.map(({ decided_at, corrections }) => el("li", {},
      `${time(decided_at ?? "")}: ${corrections.map(({ item_words, reason_words, words }) => `${item_words} (${words || reason_words})`).join("; ")}`))));
}
