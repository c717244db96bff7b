// @ts-check
/** The accountant's desk: the houses that are billed, one of them with its month, and a personal account by its number. */
import { actButton } from "./lib/act.js";
import { get, post } from "./lib/api.js";
import { rubles } from "./lib/bills.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { address, capital, fullPeriod } from "./lib/format.js";
import { complaints } from "./lib/problem.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").BilledHouse} BilledHouse */
/** @typedef {import("portal-types").BilledHouseList} BilledHouseList */
/** @typedef {import("portal-types").BilledAccounts} BilledAccounts */

/** What a state of a month is called. @type {Record<string, string>} */
const STATES = { open: "рассчитывается", previewed: "ждёт проверки", approved: "квитанции выставляются", issued: "квитанции выставлены" };

/** @param {HTMLElement} root */
export async function start(root) {
  if (!(await openDesk(root, "accountant"))) return;
  searchAccounts(find("[data-account-search]", root));
  await listHouses(root);
}

/** @param {HTMLElement} root */
async function listHouses(root) {
  const list = find("[data-houses]", root);
  try {
    /** @type {BilledHouse[]} */
    const houses = [];
    for (let next = /** @type {string | null} */ (""); next !== null;) {
      /** @type {BilledHouseList} */
      const page = await get(`/api/billing/desk/houses?${new URLSearchParams({ after: next })}`);
      houses.push(...page.items);
      next = page.next ?? null;
    }
    list.replaceChildren(houses.length > 0
      ? el("ul", { class: "stack" }, houses.map((house) => houseItem(house, root)))
      : el("p", { class: "empty" }, "Домов, по которым здесь начисляют, у вас нет."));
  } catch (error) {
    list.replaceChildren(failure(error));
  }
}

/** @param {unknown} error */
const failure = (error) => el("div", { class: "message message--danger", role: "alert" }, complaints(error).map(({ text }) => el("p", {}, text)));

/**
 * @param {BilledHouse} house
 * @param {HTMLElement} root
 */
function houseItem({ house_id, address: where, last_run, may_open, waiting }, root) {
  const said = last_run ? `${capital(fullPeriod(last_run.period))}: ${STATES[last_run.state]}.` : "Ещё ничего не начислено.";
  const show = last_run && el("button", { class: "button button--quiet", type: "button" }, "Показать");
  const open = may_open && el("button", { class: "button", type: "button" }, `Рассчитать ${fullPeriod(may_open)}`);
  const fault = el("div", {});
  const tariffs = actButton("Тарифы", fault, async () => {
    const { tariffsSection } = await import("./billing-desk-tariffs.js");
    await present(root, tariffsSection(house_id, address(where)));
  }, { label: `Тарифы: ${where}` });
  if (show) show.addEventListener("click", () => shown(root, last_run.run_id));
  if (open) {
    open.addEventListener("click", async () => {
      open.disabled = true;
      try {
        const { run_id } = await post("/api/billing/desk/runs", { body: { house_id, period: may_open } });
        await shown(root, run_id);
      } catch (error) {
        open.disabled = false;
        fault.replaceChildren(failure(error));
      }
    });
  }
  return el("li", { class: "stack stack--tight" },
    el("h3", {}, address(where)),
    el("p", {}, said, waiting > 0 && ` Перерасчётов ждёт: ${waiting}.`),
    fault,
    el("p", { class: "button-row" }, open, show, tariffs));
}

/**
 * @param {HTMLElement} root
 * @param {number} runId
 */
async function shown(root, runId) {
  // A month brings many cards, and whoever only looks for an account needs none of them.
  const section = import("./billing-desk-run.js").then(({ runSection }) => runSection(runId, () => listHouses(root)));
  await present(root, section.catch(failure));
}

/**
 * @param {HTMLElement} root
 * @param {Promise<HTMLElement>} section
 */
async function present(root, section) {
  const place = find("[data-house]", root);
  place.replaceChildren(await section);
  place.querySelector("h2")?.focus();
}

/** @param {HTMLElement} root */
function searchAccounts(root) {
  const form = /** @type {HTMLFormElement} */ (root);
  const list = find("[data-accounts]", form);
  onSubmit(form, () => attempt(form, async () => {
    const { number } = filled(form, { number: "Впишите номер лицевого счёта" });
    /** @type {BilledAccounts} */
    const { items } = await get(`/api/billing/desk/accounts?${new URLSearchParams({ number: number ?? "" })}`);
    list.replaceChildren(...(items.length > 0 ? items.map(account) : [el("p", { class: "empty" }, "В ваших домах лицевого счёта с таким номером нет.")]));
    announce(items.length > 0 ? "Лицевой счёт найден" : "Лицевой счёт не найден");
  }));
}

/** @param {BilledAccounts["items"][number]} found */
function account({ number, address: where, balance, bills }) {
  const owed = balance > 0 ? `Долг ${rubles(balance)}` : balance < 0 ? `Оплачено вперёд ${rubles(-balance)}` : "Долга нет";
  const row = (/** @type {typeof bills[number]} */ bill) => el("tr", {},
    el("th", { scope: "row" }, capital(fullPeriod(bill.period)), el("small", {}, bill.bill_number)),
    el("td", { class: "numeric" }, rubles(bill.charged + bill.corrected)),
    el("td", { class: "numeric" }, rubles(bill.payable)));
  return el("section", { class: "stack stack--tight" },
    el("h3", {}, `${number}, ${address(where)}`),
    el("p", {}, `${owed}.`),
    bills.length > 0
      ? el("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": `Счета по лицевому счёту ${number}` }, el("table", { class: "table" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Месяц"), el("th", { scope: "col", class: "numeric" }, "Начислено"), el("th", { scope: "col", class: "numeric" }, "К оплате"))),
        el("tbody", {}, bills.map(row))))
      : el("p", { class: "empty" }, "Квитанций ещё не было."));
}
