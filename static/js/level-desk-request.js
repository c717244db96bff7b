// @ts-check
/** One request on the desk: what the person says beside the register, the documents, the decision. */
import { el, onSubmit } from "./lib/dom.js";
import { Missing, attempt } from "./lib/form.js";
import { time } from "./lib/format.js";

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
const OUTCOMES = { match: "совпадает", differs: "отличается", "not-in-register": "в реестре нет" };

const REASONS = {
  "": "в порядке",
  mismatch: "не совпадает с документом",
  unreadable: "не читается",
  incomplete: "не хватает страницы или части",
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
    el("div", { class: "scroller", role: "region", "aria-label": "Поля заявки", tabindex: 0 }, fields(seen)),
    el("h3", {}, "Документы"),
    seen.documents.map((one) => documentRow(seen, one, purpose)),
    el("p", { class: "soft small" }, "Каждый просмотр виден человеку в его журнале."),
    el("div", { class: "button-row" },
      el("button", { class: "button", type: "submit" }, "Подтвердить или вернуть")));
  onSubmit(form, () => attempt(form, () => decide(decision(form, seen))));
  return el("section", { class: "card stack", "aria-labelledby": "seen-title" },
    el("h2", { id: "seen-title", tabindex: -1 }, name),
    el("p", {}, `По реестру: ${seen.registered_names.join(", ") || "имени нет"}; ${seen.registered_address}.`),
    el("p", { class: "soft" }, `Решить до: ${time(seen.due_at ?? "")}. Отметьте, что исправить, или оставьте «в порядке» везде: тогда личность будет подтверждена.`),
    form,
    history(seen));
}

/** @param {DeskRequest} seen */
function fields({ fields: all }) {
  return el("table", { class: "table" },
    el("thead", {}, el("tr", {}, ["Поле", "В заявке", "С реестром", "Решение"].map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, all.map(({ field, words, value, outcome }) => el("tr", {},
      el("th", { scope: "row" }, words), el("td", {}, value), el("td", {}, OUTCOMES[outcome] ?? outcome), el("td", {}, verdictOf(field, words))))));
}

/**
 * @param {DeskRequest} seen
 * @param {DeskRequest["documents"][number]} one
 * @param {string} purpose
 */
function documentRow({ level_request_id }, { document, words, size_bytes, is_new }, purpose) {
  const href = `/api/auth/level-desk/requests/${level_request_id}/documents/${document}?purpose=${purpose}`;
  return el("div", { class: "field" },
    el("p", {}, el("a", { href, target: "_blank", rel: "noopener" }, `Открыть: ${words}`), ` (${Math.ceil(size_bytes / 1024)} КБ${is_new ? "" : ", с прошлого раза"})`),
    verdictOf(document, words));
}

/**
 * @param {string} item
 * @param {string} words
 */
function verdictOf(item, words) {
  return el("div", { class: "stack stack--tight" },
    el("select", { class: "input", name: `reason ${item}`, "aria-label": `Решение: ${words}` },
      Object.entries(REASONS).map(([value, text]) => el("option", { value }, text))),
    el("input", { class: "input", name: `words ${item}`, type: "text", maxlength: 500, "aria-label": `Пояснение: ${words}`, placeholder: "пояснение" }));
}

/**
 * @param {HTMLFormElement} form
 * @param {DeskRequest} seen
 * @returns {Decision}
 */
function decision(form, { round, fields: all, documents }) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const items = [...all.map(({ field }) => field), ...documents.map(({ document }) => document)];
  const corrections = items.map((item) => ({ item, reason: text(`reason ${item}`), words: text(`words ${item}`) })).filter(({ reason }) => reason);
  const silent = corrections.find(({ reason, words }) => reason === "other" && words.length < 3);
  if (silent) throw new Missing([{ text: "К другой причине напишите пояснение: человек прочтёт его", pointer: null }]);
  return { round, verdict: corrections.length > 0 ? "returned" : "confirmed", corrections };
}

/** @param {DeskRequest} seen */
function history({ rounds }) {
  const earlier = rounds.filter(({ corrections }) => corrections.length > 0);
  return earlier.length === 0 ? "" : el("details", { class: "disclosure" },
    el("summary", {}, "Что возвращали раньше"),
    el("ul", {}, earlier.map(({ decided_at, corrections }) => el("li", {},
      `${time(decided_at ?? "")}: ${corrections.map(({ item_words, reason_words, words }) => `${item_words} (${words || reason_words})`).join("; ")}`))));
}
