// @ts-check
/** By what a house is charged in a month: ways, prices, norms and benefits; files bring them. */
import { get } from "./lib/api.js";
import { announce, el } from "./lib/dom.js";
import { fullPeriod } from "./lib/format.js";
import { benefitsTable, normsTable, pricesTable } from "./tariff-tables.js";

/** @typedef {import("portal-types").HouseTariffs} HouseTariffs */

/** @type {Record<string, string>} */
const WAYS = {
  meter: "по счётчику, без него по нормативу",
  person: "с человека",
  area: "с площади",
  common_norm: "общие нужды по нормативу",
  common_meter: "общие нужды по счётчику дома, не больше норматива",
  common_meter_whole: "общие нужды по счётчику дома целиком, так решило собрание",
  heating_norm: "отопление по нормативу",
  heating_meter: "отопление по счётчику дома",
  heating_norm_evenly: "отопление по нормативу, поровну на весь год",
  heating_meter_evenly: "отопление по счётчику дома за прошлый год, поровну на весь год",
  paused: "не начисляется",
};

/**
 * @param {string} houseId
 * @param {string} where
 */
export async function tariffsSection(houseId, where) {
  const title = el("h2", { tabindex: -1 }, `Тарифы: ${where}`);
  const shown = el("div", { class: "stack" });
  const month = el("input", { class: "input", id: "tariffs-month", type: "month" });
  month.addEventListener("change", () => month.value && load(month.value));
  await load(null);
  return el("section", { class: "card stack" }, title,
    el("p", { class: "soft" }, "Тарифы, нормативы и способы начисления приходят файлами: ", el("a", { href: "/import" }, "загрузка данных"), "."),
    el("div", { class: "field" }, el("label", { for: "tariffs-month" }, "Месяц"), month), shown);

  /** @param {string | null} period */
  async function load(period) {
    /** @type {HouseTariffs} */
    const { services, sheet } = await get(`/api/billing/desk/houses/${houseId}/tariffs${period ? `?${new URLSearchParams({ period })}` : ""}`);
    month.value = sheet.period;
    shown.replaceChildren(
      services.length > 0 ? servicesTable(services) : el("p", { class: "empty" }, "За этот месяц дому ничего не начисляется: загрузите файл house_services."),
      ...(sheet.tariffs.length > 0 ? [pricesTable(sheet.tariffs)] : [el("p", { class: "empty" }, "Тарифов на этот месяц нет.")]),
      ...(sheet.norms.length > 0 ? [normsTable(sheet)] : []),
      ...(sheet.benefits.length > 0 ? [benefitsTable(sheet)] : []));
    announce(`Показаны тарифы за ${fullPeriod(sheet.period)}`);
  }
}

/** @param {HouseTariffs["services"]} services */
function servicesTable(services) {
  return el("div", { class: "scroller", role: "region", "aria-label": "Услуги дома", tabindex: 0 }, el("table", { class: "table" },
    el("thead", {}, el("tr", {}, ["Услуга", "Как начисляется"].map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, services.map(({ title, way, has_price }) => el("tr", {},
      el("th", { scope: "row" }, title),
      el("td", {}, WAYS[way] ?? way, !has_price && el("small", {}, el("span", { class: "badge badge--danger" }, "нет цены"))))))));
}
