// @ts-check
/** Who is signed in. Asked once per page. */
import { get } from "./api.js";
import { noteSignedIn } from "./session.js";

/** @typedef {import("portal-types").Session} Session */

/** @type {Promise<Session> | undefined} */
let asked;

/** @returns {Promise<Session>} */
export function person() {
  asked ??= get("/api/auth/session").then((session) => {
    noteSignedIn();
    return session;
  });
  return asked;
}
