// @ts-check
/** Turns what went wrong into sentences that say what to do next, and finds the fields they are about. */
import { ConnectionError, ProblemError } from "./api.js";
import { wait } from "./format.js";

/** @typedef {{ text: string, pointer: string | null }} Complaint */

/** The person thought better of it: there is nothing to say. */
export class Declined extends Error {}

/** What went wrong in this browser, in the words of its message. */
export class Told extends Error {}

/**
 * @param {unknown} error
 * @returns {Complaint[]}
 */
export function complaints(error) {
  if (error instanceof ConnectionError) {
    return [general("Нет связи с порталом. Ничего не пропало: проверьте интернет и нажмите ещё раз.")];
  }
  if (error instanceof Told) return [general(error.message)];
  if (!(error instanceof ProblemError)) throw error;
  const fields = (error.problem.errors ?? []).filter((field) => field.detail);
  if (fields.length > 0) return fields.map((field) => ({ text: field.detail, pointer: field.pointer }));
  return [general(sentence(error))];
}

/** @param {ProblemError} error */
function sentence({ problem, retryAfterSeconds, slug }) {
  if (slug === "rate-limited" && retryAfterSeconds > 0) {
    return `Слишком много попыток подряд. Попробуйте через ${wait(retryAfterSeconds)}.`;
  }
  const text = [problem.title, problem.detail].filter(Boolean).join(". ").replace(/([.!?])\./g, "$1");
  return slug === "internal" && problem.request_id ? `${text} Номер запроса: ${problem.request_id}.` : text;
}

/**
 * @param {string} text
 * @returns {Complaint}
 */
const general = (text) => ({ text, pointer: null });
