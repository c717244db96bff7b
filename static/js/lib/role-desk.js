// @ts-check
/** A page for the people of one role: shows its desk to them, and to all others that it is not theirs. */
import { find } from "./dom.js";
import { person } from "./person.js";

/**
 * @param {HTMLElement} root
 * @param {string} role
 * @returns {Promise<boolean>} whether the desk is shown
 */
export async function openDesk(root, role) {
  const session = await person().catch(() => null);
  if (!session) return false;
  const isTheirs = session.roles.includes(role);
  find("[data-desk-forbidden]", root).hidden = isTheirs;
  find("[data-desk]", root).hidden = !isTheirs;
  return isTheirs;
}
