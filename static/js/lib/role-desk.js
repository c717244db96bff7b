// @ts-check
/** A page for the people of one role or of several, some only for those who have it in the whole portal: shows its desk to them, and to all others that it is not theirs. */
import { find } from "./dom.js";
import { person } from "./person.js";

/**
 * @param {HTMLElement} root
 * @param {string | string[]} role one of them is enough
 * @param {"roles" | "portal_roles"} [where]
 * @returns {Promise<boolean>} whether the desk is shown
 */
export async function openDesk(root, role, where = "roles") {
  const session = await person().catch(() => null);
  if (!session) return false;
  const isTheirs = [role].flat().some((one) => session[where].includes(one));
  find("[data-desk-forbidden]", root).hidden = isTheirs;
  find("[data-desk]", root).hidden = !isTheirs;
  return isTheirs;
}
