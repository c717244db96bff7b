// @ts-check
/** What a check or an import said, as a table. */
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
};

/** @param {Report} report */
export const reportTable = (report) => (report.bad_lines.length > 0 ? badLines(report) : changes(report));

/** @param {Report} report */
function changes({ files }) {
  const rows = files.map((file) => el("tr", {},
    el("th", { scope: "row" }, fileName(file.file), el("small", {}, KINDS[file.kind] ?? file.kind)),
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
