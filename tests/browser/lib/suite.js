// @ts-check
/** The running suite that the tests aim at, and what they know of its demo house. */

export const BASE_URL = (process.env.BASE_URL ?? "http://127.0.0.1:3000").replace(/\/$/, "");
export const SANDBOX_URL = (process.env.SANDBOX_URL ?? "http://127.0.0.1:3001").replace(/\/$/, "");
export const PASSWORD = "moydom-demo-2026";

/** The demo logins that have nothing linked at first; each may link the account of one flat. */
export const RESIDENTS = Array.from({ length: 20 }, (_, index) => ({
  login: `resident${String(index + 1).padStart(2, "0")}`,
  number: String(index + 31).padStart(10, "0"),
  phone: `+790000000${index + 31}`,
}));

/**
 * The newest one-time code that the sandbox was asked to send.
 * @param {string} phone
 */
export async function sentCode(phone) {
  const response = await fetch(`${SANDBOX_URL}/messages?to=${encodeURIComponent(phone)}`);
  const { items } = await response.json();
  const code = /\d{6}/.exec(items[0]?.text ?? "")?.[0];
  if (!code) throw new Error(`the sandbox has no code for ${phone}`);
  return code;
}
