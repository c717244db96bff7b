// @ts-check
/** The support's desk: finds one person who can't sign in, and lets in again. */
import { actButton, showFailure } from "./lib/act.js";
import { get, post } from "./lib/api.js";
import { confirming } from "./lib/confirm.js";
import { announce, el, find, onSubmit } from "./lib/dom.js";
import { dropDraft, keepDraft, readDraft } from "./lib/draft.js";
import { facts } from "./lib/facts.js";
import { attempt, filled } from "./lib/form.js";
import { time } from "./lib/format.js";
import { BUTTONS, LETTING_IN, handOver, reportOf } from "./lib/letting-in.js";
import { openDesk } from "./lib/role-desk.js";

/** @typedef {import("portal-types").FoundPerson} FoundPerson */

const DRAFT = "unlock-reason";

/** @type {Record<string, string>} */
const CAUSES = { "not-me": "сообщили о чужом входе", "lost-device": "потеряно устройство", "not-my-contact": "контакт в профиле сменил кто-то другой", "asked-support": "остановил сотрудник, по звонку" };

/**
 * Whether the person can sign in: all that stands in the way, in one place.
 * @param {FoundPerson} person
 */
function standing({ locked_since, block }) {
  const stopped = block && `остановлен с ${time(block.since)}: ${CAUSES[block.cause] ?? "причина не названа"}`;
  const locked = locked_since && `закрыт с ${time(locked_since)}: много неверных паролей`;
  return [stopped, locked].filter(Boolean).join("; ") || "открыт";
}

/** @param {NonNullable<FoundPerson["question"]>} question */
const told = ({ asked_by, asked_at, reason }) => `${asked_by}, ${time(asked_at)}${reason ? `: «${reason}»` : ""}`;

/** @type {Record<string, string>} */
const OUTCOMES = {
  ended: "Ссылку отменили: это был не он",
  "put-out": "Сообщили, что по ссылке вошёл не он: вход остановлен",
  late: "Сообщили, что по ссылке вошёл не он, но позже чем через сутки: вход не остановлен, выясните, кто это",
};

const FORMER = "этот контакт больше не его: другой мог указать посторонний, а номер мог перейти к новому владельцу. Узнайте, кто звонит, не только по номеру";

/** @param {NonNullable<FoundPerson["denial"]>} denial */
const denied = ({ masked_contact, denied_at, outcome }) =>
  `${OUTCOMES[outcome] ?? "Ссылку отменили"}. Ответили ${time(denied_at)}${masked_contact ? ` с контакта ${masked_contact}` : ""}`;

/**
 * A contact, and whether codes go there.
 * @param {string | null | undefined} masked
 * @param {boolean} isUnproved
 */
const contact = (masked, isUnproved) => (masked ? masked + (isUnproved ? ": ждёт подтверждения, коды туда не приходят" : "") : null);

/** @param {HTMLElement} root */
export async function start(root) {
  if (await openDesk(root, "support")) startDesk(root);
}

/** @param {HTMLElement} root */
function startDesk(root) {
  /** @type {HTMLFormElement} */
  const search = find("[data-support-search]", root);
  /** @type {HTMLFormElement} */
  const unlock = find("[data-support-unlock]", root);
  const section = find("[data-support-found]", root);
  /** @type {HTMLFormElement} */
  const unblock = find("[data-support-unblock]", root);
  /** @type {HTMLTextAreaElement} */
  const reason = find("#reason", unlock);
  /** @type {HTMLFormElement} */
  const signOut = find("[data-support-sign-out]", root);
  /** @type {HTMLFormElement} */
  const block = find("[data-support-block]", root);
  const waiting = find("[data-support-waiting]", root);
  /** @type {FoundPerson | null} */
  let found = null;

  /** @param {FoundPerson} shown */
  function show(shown) {
    found = shown;
    section.hidden = false;
    find("h2", section).textContent = shown.name;
    find("[data-support-facts]", section).replaceChildren(...facts([
      ["Телефон", contact(shown.masked_phone, shown.is_phone_unproved)],
      ["Почта", contact(shown.masked_email, shown.is_email_unproved)],
      ["Прежние контакты", shown.masked_former_contacts.map(({ masked_contact, replaced_at }) => `${masked_contact} до ${time(replaced_at)}`).join("; ") || null],
      ["Вход", standing(shown)],
      ["Впустить предложил сотрудник", shown.question ? told(shown.question) : null],
      ["Найден по прежнему контакту", shown.found_by_former ? FORMER : null],
      ["Прошлая ссылка", shown.denial ? denied(shown.denial) : null],
    ]));
    unlock.hidden = !shown.locked_since;
    signOut.hidden = shown.sessions === 0;
    const step = LETTING_IN[shown.waits_for];
    // Of the staff an administrator stops it; what a code opens is stopped for good by this.
    block.hidden = shown.waits_for === "admin" || Boolean(shown.block && shown.block.cause !== "not-me");
    section.querySelector("[data-link]")?.remove();
    unblock.hidden = !step;
    find("[data-support-unblock-words]", unblock).textContent = step?.text ?? "";
    find(".field", unblock).hidden = !step?.isMine;
    find("[type=submit]", unblock).hidden = !step?.isMine;
    find("[data-support-unblock-button]", unblock).textContent = BUTTONS[shown.waits_for ?? ""] ?? "";
    find("h2", section).focus();
  }

  /** Who waits is shown anew after each step of a letting in. */
  async function showWaiting() {
    /** @type {import("portal-types").WaitingPeople} */
    const { items } = await get("/api/auth/support/waiting");
    waiting.hidden = items.length === 0;
    find("[data-support-waiting-list]", waiting).replaceChildren(...items.map((one) => el("li", { class: "stack stack--tight" },
      el("p", {}, `${one.masked_contact ? `${one.initials}, ${one.masked_contact}.` : one.initials} ${one.question ? `${one.is_mine ? "Предложили вы" : "Предложил сотрудник"}: ${told(one.question)}` : "Впустить заново никто не предлагал."}`),
      one.denial && el("p", {}, `${denied(one.denial)}.`),
      el("p", {}, actButton("Открыть", find("[data-error-place]", waiting), async () => show(await post(`/api/auth/support/waiting/${one.person_id}/looks`)),
        { label: `Открыть: ${one.initials}` })))));
  }

  showWaiting().catch((error) => showFailure(find("[data-error-place]", waiting), error));
  reason.value = readDraft(DRAFT, "");
  reason.addEventListener("input", () => keepDraft(DRAFT, reason.value));
  onSubmit(search, () => attempt(search, async () => {
    section.hidden = true;
    const { identifier, purpose, words } = filled(search, {
      identifier: "Введите логин, телефон или почту целиком",
      purpose: "Выберите, зачем вы ищете этого человека",
    });
    show(await post("/api/auth/support/searches", { body: { identifier, purpose, words } }));
  }));
  onSubmit(unlock, () => attempt(unlock, async () => {
    const texts = filled(unlock, { reason: "Напишите, как вы убедились, что звонит этот человек" });
    const path = `/api/auth/support/persons/${found?.person_id}/unlock`;
    const opened = await post(path, { body: { reason: texts.reason } });
    dropDraft(DRAFT);
    unlock.reset();
    show(opened);
    announce("Вход открыт, человек получит уведомление");
  }));
  onSubmit(signOut, () => attempt(signOut, async () => {
    const texts = filled(signOut, { reason: "Напишите, почему завершаете все входы" });
    const path = `/api/auth/support/persons/${found?.person_id}/sign-out`;
    const answer = await post(path, { body: { reason: texts.reason } });
    signOut.reset();
    show(answer);
    announce("Все входы завершены, человек получит уведомление");
  }));
  onSubmit(block, () => attempt(block, async () => {
    const texts = filled(block, { reason: "Напишите, почему останавливаете вход" });
    const path = `/api/auth/support/persons/${found?.person_id}/block`;
    const answer = await confirming((confirmation) => post(path, { body: { reason: texts.reason }, confirmation }));
    block.reset();
    show(answer);
    await showWaiting();
    announce("Вход остановлен");
  }));
  onSubmit(unblock, () => attempt(unblock, async () => {
    const texts = filled(unblock, { reason: "Напишите, как вы убедились, кто перед вами" });
    const path = `/api/auth/support/persons/${found?.person_id}/unblock`;
    const { waits_for, link } = await confirming((confirmation) => post(path, { body: { reason: texts.reason }, confirmation }));
    unblock.reset();
    if (found) show({ ...found, waits_for, question: null });
    await showWaiting();
    if (link) handOver(section, link);
    announce(reportOf(waits_for));
  }));
}
