// @ts-check
/** A visitor without a screen: cookies for each site, and forms as they stand. */

export class Visitor {
  /** @type {Map<string, Map<string, string>>} */
  #cookies = new Map();

  /**
   * @param {string} method
   * @param {string} address
   * @param {{ json?: object, form?: Record<string, string> }} [body]
   */
  async send(method, address, { json, form } = {}) {
    const { origin } = new URL(address);
    const kept = this.#cookies.get(origin) ?? new Map();
    this.#cookies.set(origin, kept);
    const headers = new Headers({ cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; ") });
    if (json) headers.set("content-type", "application/json");
    const body = json ? JSON.stringify(json) : form ? new URLSearchParams(form) : null;
    const response = await fetch(address, { method, headers, body, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) keep(kept, cookie);
    return response;
  }
}

/**
 * @param {Map<string, string>} kept
 * @param {string} cookie
 */
function keep(kept, cookie) {
  const [pair = "", ...attributes] = cookie.split(";");
  const at = pair.indexOf("=");
  const isOver = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
  if (isOver) kept.delete(pair.slice(0, at));
  else kept.set(pair.slice(0, at), pair.slice(at + 1));
}

/**
 * Goes through the pages of another site, each with one form that is answered, until it leads back.
 * @param {Visitor} visitor
 * @param {string} address
 * @param {string} origin the site that it leads back to
 * @param {Record<string, string>} answers
 * @param {(page: string) => void} [see] is shown each page
 */
export async function through(visitor, address, origin, answers, see = () => {}) {
  let at = address;
  let response = await visitor.send("GET", at);
  for (let step = 0; step < 20; step += 1) {
    const location = response.headers.get("location");
    if (location) {
      at = new URL(location, at).href;
      if (new URL(at).origin === origin) return at;
      response = await visitor.send("GET", at);
      continue;
    }
    const page = await response.text();
    see(page);
    const action = /<form[^>]* action="([^"]+)"/.exec(page)?.[1];
    if (!action) throw new Error(`${response.status} at ${at}: ${page}`);
    at = new URL(action.replaceAll("&amp;", "&"), at).href;
    response = await visitor.send("POST", at, { form: { ...hidden(page), ...answers } });
  }
  throw new Error(`${address} leads nowhere`);
}

/** @param {string} page */
function hidden(page) {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...fields].map(([, name, value]) => [name, value]));
}
