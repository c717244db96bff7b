// @ts-check
/** How the roles of the staff and the places where they hold are called. */

/** @type {Record<string, string>} */
export const ROLES = {
  dispatcher: "диспетчер",
  executor: "исполнитель",
  accountant: "бухгалтер",
  manager: "руководитель",
  admin: "администратор",
  inspector: "инспектор",
  support: "поддержка",
};

/** Programs get their role by other means: nobody chooses it.
 * @param {string} role */
export const called = (role) => ROLES[role] ?? (role === "integrator" ? "программа" : role);

/** @param {{ kind: string, title: string }} scope */
export const place = ({ kind, title }) => (kind === "portal" ? "весь портал" : title);
