// @ts-check
/** The administrator's desk for planned works: announces them, changes and withdraws what is not over. */
import { del, get, post, put } from "./lib/api.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { attempt, filled } from "./lib/form.js";
import { span } from "./lib/maintenance.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").Maintenance} Maintenance */

const PATH = "/api/notices/maintenance";

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "admin", "portal_roles")) await startDesk(root);
  root.removeAttribute("aria-busy");
}

/** @param {HTMLElement} root */
async function startDesk(root) {
  /** @type {HTMLFormElement} */
  const form = find("[data-maintenance-form]", root);
  const list = find("[data-maintenance-list]", root);
  /** @type {Maintenance | null} */
  let changed = null;

  /** @param {Maintenance | null} works what the form is to change; nothing for new works */
  function fill(works) {
    changed = works;
    form.reset();
    if (works) {
      for (const name of /** @type {const} */ (["starts_at", "ends_at"])) field(form, name).value = localTime(works[name]);
      field(form, "words").value = works.words;
    }
    find("[data-maintenance-title]", form).textContent = works ? "Изменить работы" : "Новые работы";
    find("[data-maintenance-submit]", form).textContent = works ? "Сохранить" : "Объявить";
    find("[data-maintenance-cancel]", form).hidden = !works;
  }

  async function draw() {
    const { items } = /** @type {import("portal-types").MaintenanceList} */ (await get(PATH));
    list.replaceChildren(...items.map((works) => entry(works, change, withdraw)));
    find("[data-maintenance-none]", root).hidden = items.length > 0;
  }

  /** @param {string} news */
  async function drawAndTell(news) {
    await draw();
    find("#announced-title", root).focus();
    announce(news);
  }

  /** @param {Maintenance} works */
  function change(works) {
    fill(works);
    find("[data-maintenance-title]", form).focus();
  }

  /** @param {Maintenance} works */
  const withdraw = (works) => attempt(form, async () => {
    await del(`${PATH}/${works.maintenance_id}`);
    if (changed?.maintenance_id === works.maintenance_id) fill(null);
    await drawAndTell("Работы отменены, люди их больше не увидят");
  });

  onSubmit(form, () => attempt(form, async () => {
    const texts = filled(form, {
      starts_at: "Укажите начало работ",
      ends_at: "Укажите конец работ",
      words: "Напишите, что не будет работать",
    });
    const body = { starts_at: moment(texts.starts_at), ends_at: moment(texts.ends_at), words: texts.words };
    await (changed ? put(`${PATH}/${changed.maintenance_id}`, { body }) : post(PATH, { body }));
    fill(null);
    await drawAndTell("Работы объявлены: о них скажет каждая страница");
  }));
  find("[data-maintenance-cancel]", form).addEventListener("click", () => fill(null));
  find("[data-maintenance-zone]", form).textContent = `: ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
  await attempt(form, draw);
}

/**
 * @param {Maintenance} works
 * @param {(works: Maintenance) => void} onChange
 * @param {(works: Maintenance) => void} onWithdraw
 */
function entry(works, onChange, onWithdraw) {
  /** @param {string} text @param {(works: Maintenance) => void} act */
  const button = (text, act) =>
    el("button", { class: "link-button", type: "button", "aria-label": `${text}: ${span(works)}`, onclick: () => act(works) }, text);
  return el("li", {},
    el("time", { datetime: works.starts_at }, span(works)),
    el("p", {}, works.words),
    el("p", { class: "button-row" }, button("Изменить", onChange), button("Отменить работы", onWithdraw)));
}

/**
 * What a field for date and time wants: the time of this device without its zone.
 * @param {string} at
 */
function localTime(at) {
  const moment = new Date(at);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {string | undefined} local what a field for date and time holds */
const moment = (local) => new Date(local ?? "").toISOString();

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement | HTMLTextAreaElement}
 */
const field = (form, name) => find(`#${name}`, form);
