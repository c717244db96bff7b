// @ts-check
/** Who is signed in, asked once per page, and whether a page is for this person. */
import { ProblemError, get } from "./api.js";
import { notedRoles, noteSignedIn } from "./session.js";

/** @typedef {import("portal-types").Session} Session */

/** @type {Promise<Session> | undefined} */
let asked;

/** @returns {Promise<Session>} */
export function person() {
  asked ??= get("/api/auth/session").then((session) => {
    noteSignedIn(session);
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

/** The page is for residents, and this person is none: the portal need not be asked to refuse. */
class NoResident extends Error {}

export async function demandResident() {
  if (!(await isResident())) throw new NoResident();
}

/**
 * Whether the person's role is in the way: asking again would change nothing.
 * @param {unknown} error
 */
export const isOfRole = (error) => error instanceof NoResident || (error instanceof ProblemError && error.slug === "forbidden");

/** Whether who lives here also works here, as far as this device knows. */
const isStaff = () => notedRoles().some((role) => role && role !== RESIDENT && role !== "unknown");

/** The links to the work of who also lives here. Residents load nothing for it. */
export const work = async () => (isStaff() ? (await import("./role-note.js")).workCard() : []);

/** Where the person's own work is. Residents never need it. */
export const roleNote = () => import("./role-note.js").then((module) => module.roleNote());
