// @ts-check
/** Who is signed in. Asked once per page. */
import { get } from "./api.js";
import { notedRoles, noteSignedIn } from "./session.js";

/** @typedef {import("portal-types").Session} Session */

/** @type {Promise<Session> | undefined} */
let asked;

/** @returns {Promise<Session>} */
export function person() {
  asked ??= get("/api/auth/session").then((session) => {
    noteSignedIn(session.roles);
    return session;
  }, (error) => {
    asked = undefined;
    throw error;
  });
  return asked;
}

const RESIDENT = "resident";

/** Whether there are accounts and readings for this person. Who lives here does not wait for the answer. */
export const isResident = async () => notedRoles().includes(RESIDENT) || (await person()).roles.includes(RESIDENT);
