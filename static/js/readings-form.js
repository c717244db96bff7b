// @ts-check
/**
 * The form of one personal account: sends what is filled until an answer comes, asks about what is unusual, never sends
 * anything twice.
 */
import { ProblemError, post } from "./lib/api.js";
import { attemptKey, endAttempt, noteWaiting, waitingBody } from "./lib/attempt.js";
import { el, find, isBusy, onSubmit, setBusy } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { clearErrors, showErrors } from "./lib/error-summary.js";
import { count, day, today } from "./lib/format.js";
import { insist } from "./lib/insist.js";
import { device } from "./lib/offline.js";
import { person } from "./lib/person.js";
import { complaints } from "./lib/problem.js";
import { meterField } from "./meter-field.js";

/** @typedef {import("portal-types").MeterAccount} MeterAccount */
/** @typedef {import("portal-types").Receipt} Receipt */
/** @typedef {import("portal-types").Problem} Problem */
/** @typedef {import("portal-types").Suggestion} Suggestion */
/** @typedef {import("./lib/problem.js").Complaint} Complaint */
/** @typedef {import("./meter-field.js").MeterField} MeterField */

/**
 * @param {MeterAccount} account
 * @param {string | null} sticker the meter whose sticker opened the form
 * @param {(receipt: Receipt) => void} onDone
 */
export function readingsForm(account, sticker, onDone) {
  const { account_id, window, meters } = account;
  if (meters.length === 0) return el("p", { class: "card empty" }, "Счётчиков на этом счёте нет.");
  // What waits for a connection may have been recorded before the window closed: only the portal knows.
  if (!window.is_open && !waitingBody(account_id)) return closedNote(window);
  return openForm(account, sticker, onDone);
}

/** @param {MeterAccount["window"]} window */
function closedNote({ opens_on, closes_on }) {
  return el("div", { class: "message" },
    el("h3", {}, `Приём откроется ${day(opens_on)}`),
    el("p", {}, `Показания принимаем с ${day(opens_on)} по ${day(closes_on)}. Мы напомним, когда начнётся.`),
    el("p", {}, el("a", { href: "/history" }, "Посмотреть прошлые показания")));
}

/**
 * @param {MeterAccount} account
 * @param {string | null} sticker
 * @param {(receipt: Receipt) => void} onDone
 */
function openForm({ account_id, time_zone, window, meters }, sticker, onDone) {
  const draft = readDraft(account_id, { values: /** @type {Record<string, string[]>} */ ({}), takenOn: "" }, "device");
  const button = el("button", { class: "button button--wide", type: "submit" }, "Передать показания");
  const date = dateField(account_id, { min: window.opens_on, max: today(time_zone), value: draft.takenOn });
  const fields = meters.map((meter) =>
    meterField(meter, draft.values[meter.meter_id], { onInput: changed, onAnswered: () => submit() }));
  const waiting = el("div", { role: "status" });
  const lead = el("p", { class: "soft" });
  const form = el("form", { class: "stack", method: "post", action: "/readings", novalidate: true, autocomplete: "off" },
    lead,
    el("div", { "data-error-summary": true }),
    fields.map((field) => field.element),
    date.element,
    waiting,
    button);
  let sending = new AbortController();
  onSubmit(form, submit);
  date.input.addEventListener("input", changed);
  showCount();
  if (waitingBody(account_id)) resume();
  return form;

  /** Goes on with what waits for an answer, once it is known that it is this person's: another's is dropped then. */
  async function resume() {
    await insist(person, { onLost: showWaiting });
    const left = waitingBody(account_id);
    if (!left) return waiting.replaceChildren();
    const fieldOf = (/** @type {{ meter_id: string }} */ item) => fields.find(({ meterId }) => meterId === item.meter_id);
    await deliver(left, left.items.map(fieldOf));
  }

  /** Something else was typed: what waits for a connection is not what the person wants to send any more. */
  function changed() {
    if (waiting.firstChild) {
      sending.abort();
      endAttempt(account_id);
    }
    const values = Object.fromEntries(fields.map((field) => [field.meterId, field.typed()]).filter(([, typed]) => typed));
    if (Object.keys(values).length > 0 || date.input.value) keepDraft(account_id, { values, takenOn: date.input.value }, "device");
    else dropDraft(account_id, "device");
    showCount();
  }

  function showCount() {
    const isDone = fields.every((field) => !field.isOpen());
    button.hidden = date.element.hidden = isDone;
    lead.textContent = isDone
      ? `Всё передано. Если заметили ошибку, до ${day(window.closes_on)} показание можно исправить.`
      : `За\u00a0этот месяц принимаем до ${day(window.closes_on)}. Можно передать все показания сразу или только часть.`;
    const filled = fields.filter((field) => field.isFilled() && field.faults().every(({ isNumber }) => isNumber)).length;
    button.textContent = filled === 0 ? "Передать показания" : `Передать ${count(filled, "показание", "показания", "показаний")}`;
  }

  /** To the next question; with the last one answered the form goes. */
  async function submit() {
    if (isBusy(button)) return;
    const open = openQuestion();
    if (open) return open.focus();
    const sent = fields.filter((field) => field.isFilled());
    const missing = absent(fields, sent);
    const isUnfit = missing.length > 0 || fields.some((field) => field.faults().some(({ isNumber }) => !isNumber));
    // A number that the dial cannot show goes along where all else fits: the answer tells what was probably meant.
    if (isUnfit) return complain([...fields.flatMap(faultsOf), ...missing]);
    // The day goes along: what waits for a connection may arrive on another one, or in another month.
    const takenOn = date.input.value || today(time_zone);
    await deliver({ account_id, items: sent.map((field) => ({ ...field.item(takenOn), is_by_sticker: field.meterId === sticker })) }, sent);
  }

  /** @param {Complaint[]} wrong */
  function complain(wrong) {
    showErrors(form, wrong);
    for (const field of fields) field.hush();
  }

  /**
   * Sends until an answer comes: under one key, so that the readings are recorded once however often they are sent.
   * @param {{ account_id: string, items: unknown[] }} body
   * @param {(MeterField | undefined)[]} sent the fields of its items
   */
  async function deliver(body, sent) {
    clearErrors(form);
    for (const field of fields) field.clearQuestions();
    const idempotencyKey = attemptKey(account_id, body);
    sending = new AbortController();
    setBusy(button, true);
    try {
      const receipt = await insist(() => post("/api/readings/submissions", { body, idempotencyKey }), {
        signal: sending.signal,
        onLost: () => {
          noteWaiting(account_id);
          showWaiting();
        },
      });
      endAttempt(account_id);
      dropDraft(account_id, "device");
      onDone(receipt);
    } catch (error) {
      if (!sending.signal.aborted) refused(error, sent);
    }
    waiting.replaceChildren();
    setBusy(button, false);
  }

  function showWaiting() {
    if (waiting.firstChild) return;
    waiting.replaceChildren(el("div", { class: "message message--warn", "data-waiting": true },
      el("h3", {}, "Нет связи"),
      el("p", {}, `Показания сохранены на этом ${device()}, отправим, как только связь появится.`),
      el("p", {}, "Страницу можно закрыть: тогда отправим, когда вы откроете её снова.")));
  }

  /**
   * @param {unknown} error
   * @param {(MeterField | undefined)[]} sent
   */
  function refused(error, sent) {
    // After a failure inside the portal the same key goes with the same body again.
    if (error instanceof ProblemError && error.problem.status < 500) endAttempt(account_id);
    if (error instanceof ProblemError && error.slug === "reading-questioned") return ask(error.problem, sent);
    complain(complaints(error).map((complaint) => placed(complaint, sent)));
    if (error instanceof ProblemError) offer(error.problem, sent);
    if (find("[data-error-for=\"/taken_on\"]", form).textContent) date.element.open = true;
  }

  /**
   * @param {Problem} problem
   * @param {(MeterField | undefined)[]} sent
   */
  function ask(problem, sent) {
    const boxes = (problem.errors ?? []).map((question) => {
      const { item, rate } = place(question.pointer);
      return sent[item]?.ask(rate, question, () => mend(sent, { item, rate }, question.hint?.suggestion));
    });
    boxes.find(Boolean)?.focus();
  }

  /**
   * @param {Problem} problem
   * @param {(MeterField | undefined)[]} sent
   */
  function offer(problem, sent) {
    for (const { pointer, hint } of problem.errors ?? []) {
      const { item, rate } = place(pointer);
      if (hint?.suggestion) sent[item]?.offer(rate, hint.suggestion, () => mend(sent, { item, rate }, hint.suggestion));
    }
  }

  /**
   * Puts into the field what the person meant; it stays to be seen there.
   * @param {(MeterField | undefined)[]} sent
   * @param {{ item: number, rate: number }} at
   * @param {Suggestion | null | undefined} suggestion
   */
  function mend(sent, at, suggestion) {
    const field = sent[at.item];
    if (suggestion?.value) field?.set(at.rate, suggestion.value.replace(".", ","));
    if (suggestion?.swap_with) {
      const other = place(suggestion.swap_with);
      const [mine, its] = [field?.text(at.rate) ?? "", sent[other.item]?.text(other.rate) ?? ""];
      field?.set(at.rate, its);
      sent[other.item]?.set(other.rate, mine);
    }
    submit();
  }

  /** @returns {HTMLElement | null} */
  function openQuestion() {
    return form.querySelector(".question");
  }
}

/**
 * @param {MeterField} field
 * @returns {Complaint[]}
 */
const faultsOf = (field) =>
  field.faults().map(({ rate, text }) => ({ text: `${field.title}: ${text}`, pointer: `/${field.meterId}/${rate}` }));

/**
 * What the person forgot: everything, or one rate of a meter with several.
 * @param {MeterField[]} fields
 * @param {MeterField[]} sent
 * @returns {Complaint[]}
 */
function absent(fields, sent) {
  if (sent.length === 0) {
    const first = fields.find((field) => field.isOpen());
    return [{ text: "Введите хотя бы одно показание", pointer: first ? `/${first.meterId}/0` : null }];
  }
  return sent.flatMap((field) =>
    field.emptyRates().map((rate) => ({ text: `Введите показание и по этому тарифу: ${field.rateName(rate)}`, pointer: `/${field.meterId}/${rate}` })));
}

/**
 * The server's pointer names a place in the request; the form names its fields by meter and rate.
 * @param {Complaint} complaint
 * @param {(MeterField | undefined)[]} sent
 * @returns {Complaint}
 */
function placed({ text, pointer }, sent) {
  if (pointer?.endsWith("/taken_on")) return { text, pointer: "/taken_on" };
  const { item, rate } = place(pointer ?? "");
  const field = sent[item];
  return { text: field ? `${field.title}: ${text}` : text, pointer: field ? `/${field.meterId}/${rate}` : null };
}

/** @param {string} pointer `/items/0/values/1` */
function place(pointer) {
  const match = /^\/items\/(\d+)(?:\/values(?:\/(\d+))?)?/.exec(pointer);
  return { item: Number(match?.[1] ?? NaN), rate: Number(match?.[2] ?? 0) };
}

/**
 * @param {string} accountId
 * @param {{ min: string, max: string, value: string }} days from the first day of the window until today
 */
function dateField(accountId, { min, max, value }) {
  const id = `taken-on-${accountId}`;
  const input = el("input", { class: "input input--date", id, type: "date", min, max, value, "aria-describedby": `${id}-hint ${id}-error` });
  const element = el("details", { class: "disclosure", open: value !== "" },
    el("summary", {}, "Сняли показания не сегодня?"),
    el("div", { class: "field" },
      el("label", { for: id }, "День, когда вы их сняли"),
      el("p", { class: "hint", id: `${id}-hint` }, "Если оставить пустым, запишем сегодняшний."),
      el("p", { class: "field-error", id: `${id}-error`, "data-error-for": "/taken_on" }),
      input));
  return { element, input };
}
