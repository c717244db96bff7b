// @ts-check
/** Talks to the portal's HTTP API: JSON in, JSON or a problem out. */
import { leaveForSignIn, noteActivity } from "./session.js";

const TIMEOUT_MS = 20_000;

/** @typedef {import("portal-types").Problem} Problem */

/** An answer of the API that says why it could not do what was asked (RFC 9457). */
export class ProblemError extends Error {
  /**
   * @param {Problem} problem
   * @param {number} retryAfterSeconds 0 where the answer names no time
   */
  constructor(problem, retryAfterSeconds) {
    super(problem.title);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The stable name of the problem: `wrong-code`. */
  get slug() {
    return this.problem.type.replace(/^.*\//, "");
  }
}

/** No answer came: it is unknown whether the request was carried out. */
export class ConnectionError extends Error {}

/**
 * @typedef {object} Options
 * @property {unknown} [body]
 * @property {string} [idempotencyKey]
 * @property {boolean} [isSignIn] a 401 is then an answer, not the end of the session
 */

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export const get = (path) => send("GET", path);

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const post = (path, options) => send("POST", path, options);

/**
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {Options} [options]
 */
async function send(method, path, options = {}) {
  const response = await reach(method, path, options);
  if (response.status === 401 && !options.isSignIn) return leaveForSignIn();
  if (response.ok) noteActivity();
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  throw new ProblemError(body ?? unreadable(response.status), Number(response.headers.get("retry-after")) || 0);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
async function reach(method, path, { body, idempotencyKey }) {
  const headers = new Headers({ accept: "application/json" });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (idempotencyKey) headers.set("idempotency-key", idempotencyKey);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: timeout.signal,
    });
  } catch {
    throw new ConnectionError();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What stands for an answer that is no JSON, such as a proxy's error page.
 * @param {number} status
 * @returns {Problem}
 */
function unreadable(status) {
  return {
    type: "/problems/internal",
    title: "Сервер ответил непонятно",
    status,
    detail: "Повторите через минуту.",
    request_id: "",
  };
}
