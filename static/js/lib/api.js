// @ts-check
/** Talks to the portal's HTTP API: JSON in, JSON or a problem out. */
import { noteServerTime } from "./server-time.js";
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
 * @property {string} [confirmation] the id of what the person confirmed
 * @property {Blob} [bytes] a body that is no JSON
 * @property {number} [timeoutMs] how long to wait, where the answer takes longer than usual
 * @property {boolean} [isSignIn] a 401 is then an answer, not the end of the session
 */

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const get = (path, options) => send("GET", path, options);

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const post = (path, options) => send("POST", path, options);

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const put = (path, options) => send("PUT", path, options);

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const patch = (path, options) => send("PATCH", path, options);

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export const del = (path, options) => send("DELETE", path, options);

/**
 * A file, and the path of its next part, where there is one.
 * @param {string} path
 */
export async function getFile(path) {
  const response = await answer("GET", path, {});
  const next = /<([^>]+)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1] ?? null;
  return { file: await response.blob(), next };
}

/**
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {Options} [options]
 */
async function send(method, path, options = {}) {
  const response = await answer(method, path, options);
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (body !== null) return body;
  throw new ProblemError(unreadable(response.status), 0);
}

/**
 * What the portal answers, where that is no problem.
 * @param {"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {Options} options
 */
async function answer(method, path, options) {
  const response = await reach(method, path, options);
  noteServerTime(response);
  if (response.status === 401 && !options.isSignIn) return leaveForSignIn();
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new ProblemError(problem ?? unreadable(response.status), Number(response.headers.get("retry-after")) || 0);
  }
  noteActivity();
  return response;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 */
async function reach(method, path, { body, bytes, idempotencyKey, confirmation, timeoutMs = TIMEOUT_MS }) {
  const headers = new Headers({ accept: "application/json" });
  if (body !== undefined) headers.set("content-type", "application/json");
  if (bytes) headers.set("content-type", "application/octet-stream");
  if (idempotencyKey) headers.set("idempotency-key", idempotencyKey);
  if (confirmation) headers.set("confirmation", confirmation);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await fetch(path, {
      method,
      headers,
      body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
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
