// @ts-check
/** What a check or an import said, as tables. */
import { el } from "./dom.js";

/** @typedef {NonNullable<import("portal-types").Import["report"]>} Report */

/** @type {Record<string, string>} */
const KINDS = {
  companies: "организации",
  houses: "дома",
  premises: "помещения",
  owners: "собственники",
  accounts: "лицевые счета",
  meters: "счётчики",
  readings: "показания",
  tariffs: "тарифы",
  norms: "нормативы",
  benefits: "льготы",
  production_days: "календарь",
  openings: "остатки",
  house_services: "услуги домов",
  house_areas: "площади домов",
  households: "проживающие",
  not_supplied: "где услуги нет",
  house_volumes: "счётчики домов",
  acknowledgements: "ответы поставщиков",
};

/** @param {Report} report */
export const reportTable = (report) => (report.bad_lines.length > 0 ? badLines(report) : changes(report));

/** How many values become empty. @param {Report} report */
export const clearedValues = ({ files }) => files.reduce((sum, file) => sum + file.cleared, 0);

/**
 * Which rows of each file changed, and in what.
 * @param {Report} report
 */
export const changedRows = ({ files }) => files.filter((file) => file.changed_rows.length > 0).map((file) => {
  const told = file.changed_rows.length;
  const amount = told < file.changed ? `первые ${told} из ${file.changed.toLocaleString("ru")}` : String(told);
  const title = `Изменённые записи, ${KINDS[file.kind] ?? file.kind} (${file.file}): ${amount}`;
  const rows = file.changed_rows.map(({ line, key, columns }) => el("tr", {},
    el("th", { scope: "row" }, key, el("small", {}, `строка ${line}`)),
    el("td", {}, columns.join(", "))));
  return el("details", { class: "disclosure" }, el("summary", {}, title),
    el("div", { class: "scroller", role: "region", "aria-label": title, tabindex: 0 }, table("Что в них другое", [["Запись"], ["Столбцы"]], rows)));
});

/** @param {Report} report */
function changes({ files }) {
  const rows = files.map((file) => el("tr", {},
    el("th", { scope: "row" }, fileName(file.file), el("small", {}, KINDS[file.kind] ?? file.kind), file.cleared > 0 && el("small", {}, `стёртых значений: ${file.cleared.toLocaleString("ru")}`)),
    numeric(file.added), numeric(file.changed), numeric(file.unchanged)));
  return table("Сколько записей в каждом файле", [["Файл"], ["Новые", true], ["Другие", true], ["Те же", true]], rows);
}

/** @param {Report} report */
function badLines({ bad_lines }) {
  const rows = bad_lines.map((bad) => el("tr", {},
    el("th", { scope: "row" }, fileName(bad.file), el("small", {}, `строка ${bad.line}`), bad.column && el("small", {}, `столбец ${bad.column}`)),
    el("td", {}, bad.reason)));
  return table("Что исправить", [["Где"], ["Что не так"]], rows);
}

/**
 * @param {string} caption
 * @param {[string, boolean?][]} heads
 * @param {HTMLTableRowElement[]} rows
 */
function table(caption, heads, rows) {
  const cells = heads.map(([text, isNumeric]) => el("th", { scope: "col", class: isNumeric ? "numeric" : null }, text));
  return el("table", { class: "table import-table" }, el("caption", {}, caption), el("thead", {}, el("tr", {}, cells)), el("tbody", {}, rows));
}

/**
 * In a narrow column a name breaks before its ending, not within.
 * @param {string} name
 */
function fileName(name) {
  const [, stem = name, ending = ""] = /^(.+)(\.[^.]+)$/.exec(name) ?? [];
  return [stem, el("wbr"), ending];
}

/** @param {number} amount */
const numeric = (amount) => el("td", { class: "numeric" }, amount.toLocaleString("ru"));
