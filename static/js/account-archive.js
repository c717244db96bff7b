// @ts-check
/** What the person submitted for an account that is unlinked now. */
import { get } from "./lib/api.js";
import { el, isBusy, setBusy } from "./lib/dom.js";
import { number, period, time } from "./lib/format.js";
import { meterDetails, meterTitle } from "./lib/meter.js";
import { complaints } from "./lib/problem.js";

/** @typedef {import("portal-types").PastSubmission} PastSubmission */

/** @param {string} accountId */
export async function archive(accountId) {
  const path = `/api/homes/past-accounts/${encodeURIComponent(accountId)}/submissions`;
  const list = el("ul", { class: "journal" });
  const more = el("button", { class: "button button--quiet", type: "button" }, "Показать ещё");
  const problem = el("p", { class: "field-error", role: "alert" });
  let cursor = "";

  async function load() {
    /** @type {import("portal-types").PastSubmissionPage} */
    const { items, next_cursor } = await get(`${path}${cursor && `?cursor=${encodeURIComponent(cursor)}`}`);
    list.append(...items.map(entry));
    cursor = next_cursor ?? "";
    more.hidden = !cursor;
  }
  more.addEventListener("click", async () => {
    if (isBusy(more)) return;
    setBusy(more, true);
    problem.textContent = "";
    await load().catch((error) => { problem.textContent = complaints(error).map(({ text }) => text).join(" "); });
    setBusy(more, false);
  });
  await load();
  if (list.childElementCount === 0) return el("p", { class: "empty" }, "По этому счёту вы ничего не передавали.");
  return el("div", { class: "stack stack--tight" }, list, problem, more);
}

/** @param {PastSubmission} submission */
function entry({ confirmation_code, submitted_at, readings }) {
  return el("li", {},
    el("ul", {}, readings.map((reading) => el("li", {},
      `${meterTitle(reading)}, ${meterDetails(reading)}: `,
      el("strong", {}, reading.values.map(number).join(" / ")), ` за ${period(reading.period)}`))),
    el("p", {}, el("time", { datetime: submitted_at }, time(submitted_at)), `, код подтверждения ${confirmation_code}`));
}
