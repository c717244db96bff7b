// @ts-check
/** The archive of a meter: what was given when, how much was used, with which code. */
import { get } from "./lib/api.js";
import { announce, el, isBusy, retire, setBusy } from "./lib/dom.js";
import { address as withoutBreaks, capital, day, fullPeriod, number } from "./lib/format.js";
import { meterStory } from "./lib/meter-story.js";
import { CHANNELS, SOURCES, meterDetails, meterIcon, meterTitle } from "./lib/meter.js";
import { whenOnline } from "./lib/offline.js";
import { demandResident, isOfRole, roleNote } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { consumptionChart } from "./history-chart.js";

/** @typedef {import("portal-types").Meter} Meter */
/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").HistoryItem} HistoryItem */
/** @typedef {import("portal-types").HistoryPage} HistoryPage */

/** @param {HTMLElement} root */
export async function start(root) {
  const query = new URLSearchParams(location.search);
  try {
    await whenOnline(root, demandResident);
    /** @type {{ accounts: MeterAccount[] }} */
    const { accounts: reached } = await whenOnline(root, () => get("/api/readings/meters"));
    const accounts = reached.filter(({ delegation }) => delegation?.may_see_history !== false);
    const asked = query.get("meter_id");
    const meters = accounts.flatMap((account) => account.meters);
    const meter = asked ? meters.find(({ meter_id }) => meter_id === asked) : meters[0];
    if (meter) root.replaceChildren(tabs(accounts, meter), await archive(meter, query.get("year") ?? ""));
    else root.replaceChildren(...(meters.length > 0 ? [unknown(), tabs(accounts, null)] : [nothing()]));
    announce("Данные загружены");
  } catch (error) {
    root.replaceChildren(isOfRole(error) ? await roleNote() : el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text))));
  }
  root.removeAttribute("aria-busy");
}

function nothing() {
  return el("p", { class: "lead" }, "Здесь будет история показаний. Сначала ", el("a", { href: "/link" }, "привяжите лицевой счёт"), ".");
}

function unknown() {
  return el("p", { class: "message message--warn" }, "Счётчика из этой ссылки среди ваших нет. Выберите счётчик:");
}

/**
 * @param {MeterAccount[]} accounts
 * @param {Meter | null} current
 */
function tabs(accounts, current) {
  return el("nav", { class: "stack stack--tight no-print", "aria-label": "Счётчики" },
    accounts.map(({ address, meters }) => [
      accounts.length > 1 && el("p", { class: "soft" }, withoutBreaks(address)),
      el("ul", { class: "meter-tabs" }, meters.map((meter) =>
        el("li", {}, el("a", { href: `?meter_id=${encodeURIComponent(meter.meter_id)}`, "aria-current": meter === current && "page" },
          meterTitle(meter), meter.place && el("span", { class: "soft small" }, meter.place))))),
    ]).flat());
}

/**
 * @param {Meter} meter
 * @param {string} asked the year, empty for all
 */
async function archive(meter, asked) {
  const year = /^2\d{3}$/.test(asked) ? asked : "";
  const path = `/api/readings/history?meter_id=${encodeURIComponent(meter.meter_id)}&limit=12${year && `&year=${year}`}`;
  /** @type {[HistoryPage, import("portal-types").MeterStory]} */
  const [page, story] = await Promise.all([get(path), get(`/api/readings/meter-events?meter_id=${encodeURIComponent(meter.meter_id)}`)]);
  const rows = el("tbody", {}, page.items.map((item) => row(meter, item)));
  return el("section", { class: "card stack", "aria-labelledby": "meter-title" },
    el("div", { class: "meter-field-head" },
      meterIcon(meter),
      el("div", {},
        el("h2", { id: "meter-title" }, meterTitle(meter)),
        el("p", { class: "soft small" }, meterDetails(meter)))),
    years(meter, page.years, year),
    consumptionChart(page.items, meter.unit),
    page.items.length > 0 ? readingsTable(meter, rows) : el("p", { class: "empty" }, year ? "За этот год показаний нет." : "Показаний пока нет."),
    el("div", { class: "button-row no-print" },
      page.next_cursor && moreButton(meter, path, page.next_cursor, rows),
      el("button", { class: "button button--quiet button--small", type: "button", onclick: () => print() }, "Распечатать"),
      ["csv", "xlsx"].map((format) => el("a", { href: `/api/readings/history/document?${new URLSearchParams({ meter_id: meter.meter_id, format })}`, download: true, "aria-label": `Все показания, ${format.toUpperCase()}` }, format.toUpperCase())),
      el("a", { href: "/consumption" }, "Расход за два года"),
      el("a", { href: "/verify" }, "Проверить акт")),
    el("h3", {}, "Что было со счётчиком"),
    meterStory(story));
}

/**
 * Links to the years: the choice stays in the address. One year alone is no choice.
 * @param {Meter} meter
 * @param {number[]} known
 * @param {string} current
 */
function years(meter, known, current) {
  if (known.length < 2 && !current) return null;
  const link = (/** @type {string} */ year) => {
    const query = new URLSearchParams({ meter_id: meter.meter_id, ...(year && { year }) });
    return el("li", {}, el("a", { href: `?${query}`, "aria-current": year === current && "page" }, year || "Все годы"));
  };
  return el("nav", { class: "no-print", "aria-label": "Годы" }, el("ul", { class: "meter-tabs" }, ["", ...known.map(String)].map(link)));
}

/**
 * @param {Meter} meter
 * @param {HTMLElement} rows
 */
function readingsTable(meter, rows) {
  const table = el("table", { class: "table" },
    el("caption", { class: "visually-hidden" }, `Показания: ${meterTitle(meter)}, ${meterDetails(meter)}`),
    el("thead", {}, el("tr", {},
      el("th", { scope: "col" }, "Месяц"),
      el("th", { scope: "col", class: "numeric" }, `Показание, ${meter.unit}`),
      el("th", { scope: "col", class: "numeric" }, `Расход, ${meter.unit}`))),
    rows);
  return el("div", { class: "scroller", role: "region", "aria-label": "Показания по месяцам", tabindex: "0" }, table);
}

/**
 * @param {Meter} meter
 * @param {HistoryItem} item
 */
function row(meter, item) {
  const facts = [item.replaced && "заменено", SOURCES[item.source], CHANNELS[item.channel], item.confirmation_code && el("span", { class: "nowrap" }, `код ${item.confirmation_code}`), item.review === "pending" && "на проверке", ...item.acknowledgements.map(answered)];
  const act = `/api/readings/history/${encodeURIComponent(item.reading_id)}/act?format=`;
  const month = fullPeriod(item.period);
  return el("tr", { class: item.replaced && "replaced" },
    el("th", { scope: "row" },
      capital(month),
      el("small", {}, day(item.taken_on)),
      facts.filter(Boolean).map((fact) => el("small", {}, fact)),
      el("small", { class: "no-print" },
        "акт: ", el("a", { href: `${act}pdf`, download: true, "aria-label": `Акт передачи, ${month}, PDF` }, "PDF"),
        " ", el("a", { href: `${act}json`, download: true, "aria-label": `Акт передачи, ${month}, файл с подписью` }, "файл"))),
    el("td", { class: "numeric" }, item.values.map((value, rate) => cellLine(meter, value, rate))),
    el("td", { class: "numeric" }, item.consumption ? item.consumption.map((value, rate) => cellLine(meter, value, rate)) : "—"));
}

/** @param {HistoryItem["acknowledgements"][number]} answer */
const answered = ({ supplier, on, is_accepted, reason }) =>
  is_accepted ? `принято, ${day(on)}: ${supplier}` : el("span", { class: "badge badge--danger" }, `не принято, ${day(on)}: ${supplier}, ${reason}`);

/**
 * A value under the name of its rate, in both columns alike, so that values of a rate stand on one line.
 * @param {Meter} meter
 * @param {string} value
 * @param {number} rate
 */
function cellLine(meter, value, rate) {
  const name = meter.rate_names[rate];
  return el("div", {}, name && el("small", {}, name), el("span", { class: "nowrap" }, number(value)));
}

/**
 * @param {Meter} meter
 * @param {string} path
 * @param {string} cursor
 * @param {HTMLElement} rows
 */
function moreButton(meter, path, cursor, rows) {
  const button = el("button", { class: "button button--small", type: "button" }, "Показать ещё");
  let next = cursor;
  button.addEventListener("click", async () => {
    if (isBusy(button)) return;
    setBusy(button, true);
    try {
      /** @type {HistoryPage} */
      const page = await get(`${path}&cursor=${encodeURIComponent(next)}`);
      const added = page.items.map((item) => row(meter, item));
      rows.append(...added);
      announce(`Показано ещё: ${page.items.length}`);
      next = page.next_cursor ?? "";
      button.textContent = "Показать ещё";
      if (!next) retire(button, added[0]?.firstElementChild);
    } catch {
      button.textContent = "Не получилось, попробовать ещё раз";
    }
    setBusy(button, false);
  });
  return button;
}
