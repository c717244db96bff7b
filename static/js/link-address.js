// @ts-check
/** Finds the flat whose account is to be linked by its address, so that a mistyped number is noticed at once. */
import { get } from "./lib/api.js";
import { announce, el, find } from "./lib/dom.js";
import { startCombobox } from "./lib/combobox.js";
import { address, count } from "./lib/format.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").FoundAddress} FoundAddress */
/** @typedef {{ premises_id: string, address: string, connection: string }} Place */

/**
 * @param {HTMLElement} root
 * @param {Place | null} chosen what was chosen before
 * @param {(place: Place | null) => void} onChange
 */
export function startAddressSearch(root, chosen, onChange) {
  /** @type {HTMLInputElement} */
  const input = find("#address", root);
  const search = find("[data-address-search]", root);
  const result = find("[data-address-chosen]", root);
  const error = find("[data-address-error]", root);
  const nothing = find("[data-address-nothing]", root);
  const filters = find("[data-address-filters]", root);

  /** @param {Place | null} place */
  function show(place) {
    search.hidden = place !== null;
    result.hidden = place === null;
    if (place === null) return;
    find("[data-address-text]", result).textContent = address(place.address);
    find("[data-address-advice]", result).replaceChildren(...advice(place));
  }

  const combobox = startCombobox(input, find("#address-list", root), {
    find: (/** @type {string} */ text) => found(text, filters),
    show: option,
    tell(items) {
      nothing.hidden = items.length > 0;
      return items.length ? `Нашлось: ${count(items.length, "адрес", "адреса", "адресов")}` : nothing.innerText;
    },
    fail: (reason) => { error.textContent = complaints(reason).map(({ text }) => text).join(" "); },
    choose(item) {
      error.textContent = "";
      if (!item.premises_id) return narrow(item);
      const place = { premises_id: item.premises_id, address: item.address, connection: item.connection ?? "none" };
      onChange(place);
      show(place);
      announce(`Выбран адрес ${item.address}`);
      /** @type {HTMLElement} */ (document.querySelector(place.connection === "open" ? "#number" : "[data-address-again]"))?.focus();
    },
  });

  /** A house was chosen: its flats are next. @param {FoundAddress} house */
  function narrow(house) {
    input.value = `${house.address}, кв. `;
    combobox.search();
  }

  input.addEventListener("input", () => {
    error.textContent = "";
    if (!input.value.trim()) nothing.hidden = true;
  });
  filters.addEventListener("change", () => combobox.search());
  find("[data-address-again]", result).addEventListener("click", () => {
    onChange(null);
    show(null);
    input.focus();
  });
  show(chosen);
  offerMunicipalities(filters);
}

/**
 * @param {string} text
 * @param {HTMLElement} filters
 * @returns {Promise<FoundAddress[]>}
 */
async function found(text, filters) {
  const query = new URLSearchParams({ q: text });
  for (const select of filters.querySelectorAll("select")) if (select.value) query.set(select.name, select.value);
  return (await get(`/api/homes/addresses?${query}`)).items;
}

/** @param {FoundAddress} item */
function option({ address: text, premises_id, connection }) {
  const hints = { linked: "уже у вас", none: "счетов нет" };
  const hint = premises_id ? hints[/** @type {"linked" | "none"} */ (connection)] : "весь дом";
  return [el("span", {}, address(text)), hint && el("span", { class: "soft small" }, hint)];
}

/** @param {Place} place */
function advice({ connection }) {
  if (connection === "linked") return ["Счёт по этому адресу уже ", el("a", { href: "/accounts" }, "в вашем списке"), ". Если у квартиры есть ещё один, введите его номер."];
  if (connection === "none") return ["По этому адресу компания пока не передала нам лицевых счетов. Позвоните ей: телефон напечатан в квитанции."];
  return ["Теперь введите номер счёта с квитанции на этот адрес."];
}

/** Where there is one town, there is nothing to choose. @param {HTMLElement} filters */
async function offerMunicipalities(filters) {
  const { items } = await get("/api/homes/municipalities").catch(() => ({ items: [] }));
  /** @type {HTMLSelectElement} */
  const select = find("#municipality", filters);
  select.append(...items.map((/** @type {string} */ name) => el("option", { value: name }, name)));
  find("[data-municipality]", filters).hidden = items.length < 2;
}
