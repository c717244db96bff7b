// @ts-check
/** Checks an act of transfer for whoever holds it. The number and the code of a link stand after `#` and go to nobody but the API. */
import { post } from "./lib/api.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { facts } from "./lib/facts.js";
import { Missing, attempt, filled } from "./lib/form.js";
import { fullDay, fullPeriod, fullTime, number } from "./lib/format.js";
import { CHANNELS, SOURCES } from "./lib/meter.js";

/** @typedef {import("portal-types").ActCheck} ActCheck */

/** @type {Record<string, { tone: string, title: string, text: string }>} */
const VERDICTS = {
  valid: { tone: "", title: "Акт подлинный", text: "Его подписал портал. Сравните с тем, что у вас на бумаге:" },
  changed: { tone: "danger", title: "Акт изменён", text: "В нём сказано не то, что подписал портал. Возьмите файл ещё раз из архива показаний и не правьте его." },
  unknown: { tone: "warn", title: "Такого акта нет", text: "Проверьте номер и код или файл: портал такого акта не подписывал." },
};

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLFormElement} */
  const byNumber = find("[data-verify-number]", root);
  /** @type {HTMLFormElement} */
  const byFile = find("[data-verify-file]", root);
  /** @type {HTMLInputElement} */
  const file = find("#file", byFile);
  /** @type {HTMLTextAreaElement} */
  const act = find("#act", byFile);
  const ask = async (/** @type {object} */ body) => show(find("[data-verify-result]", root), await post("/api/readings/act-checks", { body }));

  onSubmit(byNumber, () => attempt(byNumber, async () => {
    const { number: digits = "", code } = filled(byNumber, { number: "Впишите номер акта", code: "Впишите код с акта" });
    const number = Number(digits.replace(/^№\s*/, ""));
    if (!Number.isInteger(number) || number < 1 || number > 4_294_967_295) throw new Missing([{ text: "Номер акта состоит из одних цифр", pointer: "/number" }]);
    await ask({ number, code });
  }));
  onSubmit(byFile, () => attempt(byFile, () => ask(filled(byFile, { act: "Выберите файл акта или вставьте его текст" }))));
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    // No act is longer: a film need not be read to say so.
    if (chosen) act.value = chosen.size <= act.maxLength ? await chosen.text() : "";
    if (chosen) byFile.requestSubmit();
  });
  const open = () => {
    const [, digits, code] = /^#(\d{1,10})-([\w-]{8,12})$/.exec(location.hash) ?? [];
    if (!digits || !code) return;
    // A page opened anew begins at its top: below, where it was left, the footer would jump away from the verdict.
    history.scrollRestoration = "manual";
    /** @type {HTMLInputElement} */ (find("#number", byNumber)).value = digits;
    /** @type {HTMLInputElement} */ (find("#code", byNumber)).value = code;
    byNumber.requestSubmit();
  };
  addEventListener("hashchange", open);
  open();
}

/**
 * @param {HTMLElement} place
 * @param {ActCheck} check
 */
function show(place, { verdict, act, replaced_by }) {
  const { tone, title, text } = VERDICTS[verdict] ?? { tone: "warn", title: "Обновите страницу", text: "" };
  place.replaceChildren(el("section", { class: tone ? `message message--${tone}` : "message" },
    el("h2", {}, title), el("p", {}, text),
    replaced_by ? el("p", {}, `Показание позже заменили другим: смотрите акт № ${replaced_by}.`) : null,
    act && el("dl", { class: "profile-facts" }, facts(said(act)))));
  place.focus();
  announce(title);
}

/**
 * @param {NonNullable<ActCheck["act"]>} act
 * @returns {[string, string | null][]}
 */
function said(act) {
  const values = act.values.map((value, rate) => [act.rate_names[rate], number(value), act.unit].filter(Boolean).join("\u00a0"));
  return [
    ["Акт", `№\u00a0${act.number}`],
    ["Счётчик", act.meter],
    ["Показание", values.join(", ")],
    ["Через ноль", act.rolled_over ? "счётчик прошёл через ноль" : null],
    ["Месяц", fullPeriod(act.period)],
    ["Снято", fullDay(act.taken_on)],
    ["Принято", fullTime(act.accepted_at)],
    ["Как передано", [SOURCES[act.source], CHANNELS[act.channel]].filter(Boolean).join(", ") || null],
    ["Дом", act.house],
    ["Лицевой счёт", act.account ?? null],
    ["Заменяет", act.replaces ? `акт №\u00a0${act.replaces}` : null],
    ["Акт составлен", fullTime(act.made_at)],
  ];
}
