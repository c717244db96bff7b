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
 * The one-time code that an act makes the portal send, once it is there: a page may show its next step before that.
 * @param {string} phone
 * @param {() => Promise<void>} act
 */
export async function codeSentBy(phone, act) {
  const earlier = (await newestTo(phone))?.message_id;
  await act();
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const message = await newestTo(phone);
    const code = message && message.message_id !== earlier && /\d{6}/.exec(message.text)?.[0];
    if (code) return code;
  }
  throw new Error(`no code came to ${phone}`);
}

/**
 * The code of the newest message to a contact; for a page that asks for it, since the message goes out before that.
 * @param {string} contact
 */
export async function codeSentTo(contact) {
  const code = /\d{6}/.exec((await newestTo(contact))?.text ?? "")?.[0];
  if (!code) throw new Error(`no code came to ${contact}`);
  return code;
}

/**
 * The link to a page that an act makes the portal send, once it is there: it goes out behind the answer.
 * @param {string} phone
 * @param {string} path
 * @param {() => Promise<void>} act
 */
export async function linkSentBy(phone, path, act) {
  const start = `${BASE_URL}${path}#`;
  const newest = async () => (await sentTo(phone)).flatMap(({ text }) => text.split(/\s/)).find((word) => word.startsWith(start));
  const earlier = await newest();
  await act();
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const link = await newest();
    if (link && link !== earlier) return link;
  }
  throw new Error(`no link came to ${phone}`);
}

/**
 * @param {string} phone
 * @returns {Promise<{ message_id: string, text: string } | undefined>}
 */
async function newestTo(phone) {
  // Another text may tell of a sign-in from a new device.
  return (await sentTo(phone)).find(({ text }) => text.includes("код "));
}

/**
 * The newest first.
 * @param {string} phone
 * @returns {Promise<{ message_id: string, text: string }[]>}
 */
async function sentTo(phone) {
  const response = await fetch(`${SANDBOX_URL}/messages?to=${encodeURIComponent(phone)}`);
  return (await response.json()).items;
}
