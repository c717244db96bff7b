// @ts-check
/** Step-up: what the portal wants confirmed is confirmed by the person, and asked for again. */
import { ProblemError } from "./api.js";

/**
 * Makes a request; where the portal wants it confirmed, asks the person and makes the very same one again. The dialog is
 * loaded when it is wanted: most visits end without.
 * @template T
 * @param {(confirmation?: string) => Promise<T>} request
 * @returns {Promise<T>}
 */
export async function confirming(request) {
  try {
    return await request();
  } catch (error) {
    const asked = error instanceof ProblemError ? error.problem.confirmation : null;
    if (!asked) throw error;
    const { confirm } = await import("./confirm-dialog.js");
    await confirm(asked);
    return request(asked.confirmation_id);
  }
}
