// @ts-check
/** The request to the company: answers and documents; when it came back, only what has to be corrected. */
import { post, put } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { dropDraft } from "./lib/draft.js";
import { Missing, attempt } from "./lib/form.js";
import { keepForm } from "./lib/form-draft.js";
import { address } from "./lib/format.js";

/** @typedef {import("portal-types").LevelRequest} LevelRequest */
/** @typedef {import("portal-types").Account} Account */
/** @typedef {{ name: string, label: string, hint?: string, type?: string, autocomplete?: string, inputmode?: string, isOptional?: boolean }} FieldOf */
/** @typedef {import("./lib/problem.js").Complaint} Complaint */
/** @typedef {{ input: HTMLInputElement, name: string, files: File[] }} Chosen */

const DRAFT = "level-request";
/**
 * Beside a name and a birth date these numbers are what loans are taken by: they lie in no browser's storage, where any
 * program of the device's owner may read them. The rest is kept in the tab.
 */
const UNKEPT = ["passport", "snils"];

const MEGABYTE = 1024 * 1024;
const BYTES_MAX = 5 * MEGABYTE;
const FILES_MAX = 5;
/** Five megabytes over a bad mobile network. */
const TIMEOUT_MS = 120_000;

/** @type {FieldOf[]} */
const FIELDS = [
  { name: "surname", label: "Фамилия", autocomplete: "family-name" },
  { name: "first_name", label: "Имя", autocomplete: "given-name" },
  { name: "patronymic", label: "Отчество", hint: "Нет отчества — оставьте пустым.", autocomplete: "additional-name", isOptional: true },
  { name: "birth_date", label: "Дата рождения", type: "date", autocomplete: "bday" },
  { name: "passport", label: "Серия и номер паспорта", hint: "Например: 6112 345678.", inputmode: "numeric" },
  { name: "issued_by", label: "Кем выдан паспорт" },
  { name: "issued_on", label: "Когда выдан паспорт", type: "date" },
  { name: "snils", label: "СНИЛС", hint: "Например: 112-233-445 95.", inputmode: "numeric" },
  { name: "address", label: "Адрес регистрации", hint: "Как в паспорте: город, улица, дом, квартира.", autocomplete: "street-address" },
];

const DOCUMENTS = [
  { name: "passport-scan", label: "Паспорт: страница с фотографией и страница с пропиской" },
  { name: "snils-scan", label: "СНИЛС: карточка или уведомление" },
  { name: "basis-scan", label: "Выписка из ЕГРН или договор найма" },
];

/**
 * @param {LevelRequest | null} request
 * @param {Account[]} accounts at least one
 * @param {() => Promise<void>} done
 */
export function requestForm(request, accounts, done) {
  const corrections = request?.corrections ?? [];
  const isAsked = (/** @type {{ name: string }} */ { name }) => corrections.length === 0 || corrections.some(({ item }) => item === name);
  const kept = el("p", { class: "message", hidden: true }, "Вернули то, что вы набрали. Номер паспорта, СНИЛС и файлы в браузере не храним: их добавьте снова.");
  const form = el("form", { class: "stack", method: "post", novalidate: true, "data-level-request": true },
    corrections.length > 0
      ? el("div", { class: "message message--warn" }, el("h3", {}, "Что исправить"), el("p", {}, "Остальное отправлять заново не надо. Прежние ответы мы для безопасности не показываем: наберите эти заново."),
        el("ul", {}, corrections.map(({ item_words, reason_words, words }) => el("li", {}, `${item_words}: ${reason_words}.${words ? ` ${words}` : ""}`))))
      : el("p", {}, "Заполните, как в документах. Организация решит в течение суток, через месяц после решения документы удалим."),
    kept,
    el("div", { "data-error-summary": true }),
    accountField(accounts),
    FIELDS.filter(isAsked).map(field),
    DOCUMENTS.filter(isAsked).map((one) => file(one, request)),
    el("button", { class: "button button--wide", type: "submit" }, "Отправить заявку"),
    el("div", { class: "import-progress", "data-level-progress": true, hidden: true },
      el("label", { for: "progress", "data-level-step": true }), el("progress", { id: "progress", max: 100 })));
  kept.hidden = !keepForm(form, DRAFT, UNKEPT);
  onSubmit(form, () => attempt(form, async () => {
    const texts = typed(form);
    const files = chosen(form);
    const faults = [...unfilled(texts), ...unsent(DOCUMENTS.filter(isAsked), files, request), ...unfit(files)];
    if (faults.length > 0) throw new Missing(faults);
    await sendFiles(form, files);
    await confirming((confirmation) => post("/api/auth/level-request", { body: texts, confirmation }));
    dropDraft(DRAFT);
    announce("Заявка отправлена");
    await done();
  }));
  return form;
}

/**
 * Whoever has one home chooses nothing.
 * @param {Account[]} accounts
 */
function accountField(accounts) {
  const [first, ...others] = accounts;
  if (first && others.length === 0) {
    return el("p", {}, `Сверим по жилью: ${address(first.address)}.`,
      el("input", { type: "hidden", name: "account_id", value: first.account_id }));
  }
  return el("div", { class: "field" },
    el("label", { for: "account_id" }, "По какому жилью сверить"),
    el("p", { class: "field-error", id: "account_id-error", "data-error-for": "/account_id" }),
    el("select", { class: "input", id: "account_id", name: "account_id", "aria-describedby": "account_id-error" },
      accounts.map((one) => el("option", { value: one.account_id }, address(one.address)))));
}

/** @param {FieldOf} field */
function field({ name, label, hint, type = "text", autocomplete = "off", inputmode = "text" }) {
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    hint && el("p", { class: "hint", id: `${name}-hint` }, hint),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/${name}` }),
    el("input", { class: "input", id: name, name, type, autocomplete, inputmode, maxlength: 300, "aria-describedby": `${hint ? `${name}-hint ` : ""}${name}-error` }));
}

/**
 * @param {{ name: string, label: string }} document
 * @param {LevelRequest | null} request
 */
function file({ name, label }, request) {
  const there = request?.documents.find((one) => one.document === name && one.is_new);
  return el("div", { class: "field" },
    el("label", { for: name }, label),
    el("p", { class: "hint", id: `${name}-hint` }, `JPEG, PNG или PDF, до 5 МБ. Страницы можно снять по отдельности: выберите сразу все файлы, до ${FILES_MAX}.${there ? ` ${received(there)}` : ""}`),
    el("p", { class: "field-error", id: `${name}-error`, "data-error-for": `/documents/${name}` }),
    el("input", { class: "input input--file", id: name, name, type: "file", multiple: true, accept: ".jpg,.jpeg,.png,.pdf,image/jpeg,image/png,application/pdf", "aria-describedby": `${name}-hint ${name}-error` }));
}

/**
 * The texts of the fields that are shown; files go by themselves.
 * @param {HTMLFormElement} form
 */
function typed(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string").map(([name, value]) => [name, String(value).trim()]));
}

/** @param {LevelRequest["documents"][number]} there */
function received({ file_count, is_whole }) {
  if (!is_whole) return "Пришли не все файлы: выберите их заново.";
  return file_count === 1 ? "Файл уже получен, можно выбрать другой." : `Файлы уже получены (${file_count}), можно выбрать другие.`;
}

/**
 * What is asked for and left empty.
 * @param {Record<string, string>} texts
 * @returns {Complaint[]}
 */
function unfilled(texts) {
  const empty = FIELDS.filter(({ name, isOptional }) => texts[name] === "" && !isOptional);
  return empty.map(({ name, label }) => ({ text: `Заполните: ${label}`, pointer: `/${name}` }));
}

/**
 * The documents of which no file is chosen, and none came before.
 * @param {typeof DOCUMENTS} asked
 * @param {Chosen[]} files
 * @param {LevelRequest | null} request
 * @returns {Complaint[]}
 */
function unsent(asked, files, request) {
  const isThere = (/** @type {string} */ name) => request?.documents.some((one) => one.document === name && one.is_new && one.is_whole);
  return asked.filter(({ name }) => !isThere(name) && !files.some((one) => one.name === name))
    .map(({ name, label }) => ({ text: `Добавьте файл. ${label}`, pointer: `/documents/${name}` }));
}

/**
 * The files that were chosen, document by document; the browser gives them in the order of their names.
 * @param {HTMLFormElement} form
 * @returns {Chosen[]}
 */
function chosen(form) {
  return DOCUMENTS.flatMap(({ name }) => {
    const input = form.elements.namedItem(name);
    return input instanceof HTMLInputElement && input.files && input.files.length > 0 ? [{ input, name, files: [...input.files] }] : [];
  });
}

/**
 * @param {Chosen[]} documents
 * @returns {Complaint[]}
 */
function unfit(documents) {
  return documents.flatMap(({ name, files }) => {
    const pointer = `/documents/${name}`;
    if (files.length > FILES_MAX) return [{ text: `Выберите не больше ${FILES_MAX} файлов: снимите по две страницы вместе или соберите их в один PDF`, pointer }];
    const large = files.find(({ size }) => size > BYTES_MAX);
    return large ? [{ text: `Файл больше 5 МБ: ${large.name}. Снимите страницу с меньшим разрешением`, pointer }] : [];
  });
}

/**
 * Sends the files one by one; a document that came through once is not sent again.
 * @param {HTMLFormElement} form
 * @param {Chosen[]} documents
 */
async function sendFiles(form, documents) {
  const progress = find("[data-level-progress]", form);
  const total = documents.reduce((sum, { files }) => sum + files.length, 0);
  let sent = 0;
  try {
    for (const { input, name, files } of documents) {
      for (const [index, file] of files.entries()) {
        show(progress, sent, total);
        const path = `/api/auth/level-request/documents/${name}?file=${index + 1}&of=${files.length}`;
        await put(path, { bytes: file, timeoutMs: TIMEOUT_MS });
        sent += 1;
      }
      input.value = "";
    }
  } finally {
    progress.hidden = true;
  }
}

/**
 * @param {HTMLElement} progress
 * @param {number} index
 * @param {number} total
 */
function show(progress, index, total) {
  progress.hidden = false;
  find("[data-level-step]", progress).textContent = `Отправляем файл ${index + 1} из ${total}`;
  const bar = progress.querySelector("progress");
  if (bar) bar.value = (index / total) * 100;
}
