// @ts-check
/** Takes a company's files in: sends them in parts, shows what a check found, and takes them in at a further word. */
import { ProblemError, get, post } from "./lib/api.js";
import { attemptKey, endAttempt } from "./lib/attempt.js";
import { announce, el, find, isBusy, onSubmit, setBusy } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { Missing, attempt, slugOf } from "./lib/form.js";
import { count } from "./lib/format.js";
import { changedRows, clearedValues, reportTable } from "./lib/import-report.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";
import { fits, sendFiles } from "./lib/upload.js";

/** @typedef {import("portal-types").Import} Import */

/** Checking a hundred thousand lines takes some seconds; a slow server gets all the time that it has itself. */
const CHECK_MS = 40_000;

/** The draft of the answer to a demo portal's question. */
const DEMO = "import-demo";

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "admin")) startDesk(root);
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} root */
function startDesk(root) {
  const page = {
    /** @type {HTMLFormElement} */ form: find("[data-import-form]", root),
    result: find("[data-import-result]", root),
    progress: find("[data-import-progress]", root),
  };

  async function check() {
    const files = [...(fileInput(page.form).files ?? [])];
    if (files.length === 0) throw new Missing([{ text: "Выберите файлы", pointer: "/files" }]);
    try {
      const staged = await begin(files, demoInput(page.form).checked);
      await sendFiles(staged, files, (sent) => showProgress(page.progress, "Отправляем файлы", sent));
      showProgress(page.progress, "Проверяем", null);
      show(page, await post(`/api/homes/imports/${staged.import_id}/check`, { timeoutMs: CHECK_MS }));
      find("#result-title", page.result).focus();
    } finally {
      page.progress.hidden = true;
    }
  }

  onSubmit(page.form, async () => {
    const refusal = await attempt(page.form, check);
    if (slugOf(refusal) === "demo-state") askForDemo(page.form);
    if (slugOf(refusal) === "not-found") dropDraft("import");
  });
  find("[data-import-apply]", root).addEventListener("click", ({ currentTarget }) => {
    if (currentTarget instanceof HTMLButtonElement) apply(page, currentTarget);
  });
  find("[data-import-again]", root).addEventListener("click", () => {
    dropDraft("import");
    page.result.hidden = true;
    page.form.hidden = false;
    fileInput(page.form).value = "";
    fileInput(page.form).focus();
  });
  demoInput(page.form).addEventListener("change", () => keepDraft(DEMO, demoInput(page.form).checked));
  if (readDraft(DEMO, null) !== null) askForDemo(page.form);
  resume(page);
}

/** @typedef {{ form: HTMLFormElement, result: HTMLElement, progress: HTMLElement }} Page */

/**
 * Only a demo portal asks whether the data are invented; once asked, the question stays with its answer.
 * @param {HTMLFormElement} form
 */
function askForDemo(form) {
  find("[data-import-demo]", form).hidden = false;
  demoInput(form).checked = readDraft(DEMO, false);
  keepDraft(DEMO, demoInput(form).checked);
}

/**
 * The import that waits for these very files, or a new one.
 * @param {File[]} files
 * @param {boolean} isForDemo
 * @returns {Promise<Import>}
 */
async function begin(files, isForDemo) {
  const importId = readDraft("import", "");
  const waiting = importId ? await get(`/api/homes/imports/${importId}`).catch(absent) : null;
  if (waiting && waiting.stage === "uploading" && fits(waiting, files)) return waiting;
  const body = { files: files.map(({ name, size }) => ({ name, size_bytes: size })), is_for_demo: isForDemo };
  const staged = await post("/api/homes/imports", { body, idempotencyKey: attemptKey("import", body) });
  endAttempt("import");
  keepDraft("import", staged.import_id);
  return staged;
}

/**
 * What a reload or a lost connection left behind.
 * @param {Page} page
 */
async function resume(page) {
  const importId = readDraft("import", "");
  if (!importId) return;
  const staged = await get(`/api/homes/imports/${importId}`).catch(absent);
  if (!staged) return dropDraft("import");
  if (staged.stage === "uploading") announce("Загрузка прервалась. Выберите те же файлы ещё раз: отправим недостающее.");
  else show(page, staged);
}

/** @param {unknown} error */
function absent(error) {
  if (error instanceof ProblemError && error.problem.status !== 404) throw error;
  return null;
}

/**
 * @param {Page} page
 * @param {HTMLButtonElement} button
 */
async function apply(page, button) {
  if (isBusy(button)) return;
  const place = find("[data-error-summary]", page.result);
  place.replaceChildren();
  setBusy(button, true);
  announce("Загружаем");
  try {
    show(page, await post(`/api/homes/imports/${readDraft("import", "")}/apply`, { timeoutMs: CHECK_MS }));
    find("#result-title", page.result).focus();
  } catch (error) {
    const items = complaints(error).map(({ text }) => el("li", {}, text));
    const summary = el("div", { class: "error-summary", tabindex: -1 }, el("div", { role: "alert" }, el("h2", {}, "Не получилось"), el("ul", {}, items)));
    place.replaceChildren(summary);
    summary.focus();
  }
  setBusy(button, false);
}

/**
 * What was said of the files. Those that were refused are chosen anew at once, above what is wrong with them.
 * @param {Page} page
 * @param {Import} staged
 */
function show(page, staged) {
  if (!staged.report) return;
  const isRefused = staged.stage === "refused";
  const words = inWords(staged);
  find("#result-title", page.result).textContent = words.title;
  find("[data-import-summary]", page.result).textContent = words.summary;
  find("[data-import-table]", page.result).replaceChildren(reportTable(staged.report));
  find("[data-import-rows]", page.result).replaceChildren(...changedRows(staged.report));
  find("[data-import-apply]", page.result).hidden = staged.stage !== "checked";
  find("[data-import-actions]", page.result).hidden = isRefused;
  if (staged.stage === "applied") dropDraft("import");
  if (isRefused) fileInput(page.form).value = "";
  page.form.hidden = !isRefused;
  page.result.hidden = false;
}

/** @param {Import} staged */
function inWords({ stage, report }) {
  if (stage === "refused") {
    const total = report?.bad_lines_total ?? 0;
    const told = report?.bad_lines.length ?? 0;
    const rest = told < total ? ` Ниже первые ${told}.` : "";
    const others = report?.is_register_checked ? "" : " Остальные строки сверим с данными портала, когда исправите эти.";
    return { title: "В файлах есть ошибки", summary: `Не загружено ничего. Нашли ${count(total, "ошибку", "ошибки", "ошибок")}.${rest} Исправьте их и выберите файлы снова.${others}` };
  }
  if (stage === "applied") return { title: "Данные загружены", summary: "Всё из этих файлов теперь в портале." };
  const cleared = report ? clearedValues(report) : 0;
  const loss = cleared > 0 ? ` Сотрём ${count(cleared, "значение", "значения", "значений")}: в файлах их ячейки пусты.` : "";
  return { title: "Ошибок нет", summary: `Вот что изменится, когда вы нажмёте «Загрузить».${loss} Пока не изменилось ничего.` };
}

/**
 * @param {HTMLElement} place
 * @param {string} step
 * @param {number | null} share from 0 to 1; `null` where nobody knows how long it takes
 */
function showProgress(place, step, share) {
  const bar = find("progress", place);
  const percent = Math.floor((share ?? 0) * 100);
  place.hidden = false;
  if (share === null) bar.removeAttribute("value");
  else bar.setAttribute("value", String(percent));
  const text = share === null ? step : `${step}: ${percent}\u00a0%`;
  find("[data-import-step]", place).textContent = text;
  if (share === null || percent % 25 === 0) announce(text);
}

/** @param {HTMLFormElement} form @returns {HTMLInputElement} */
const fileInput = (form) => find("#files", form);

/** @param {HTMLFormElement} form @returns {HTMLInputElement} */
const demoInput = (form) => find("[name=demo]", form);
