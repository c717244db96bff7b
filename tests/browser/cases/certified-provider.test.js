// @ts-check
/**
 * Signing in at a provider that is not ours: `oidc-provider`, a certified implementation of OpenID Connect. The portal is
 * one of the test's own, for it must know this provider.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Visitor, through } from "../lib/visitor.js";
import { freePort, startPortal } from "../lib/portal.js";

const SECRET = "secret-of-the-portal-at-the-certified-provider";
const skip = process.env.MOYDOM ? false : "the portal runs elsewhere and does not know this provider";

/** @type {string} */
let portal;
/** @type {string} */
let issuer;
/** @type {(() => unknown)[]} */
const stops = [];

before(async () => {
  if (skip) return;
  const [portalPort, providerPort] = [await freePort(), await freePort()];
  portal = `http://127.0.0.1:${portalPort}`;
  issuer = `http://127.0.0.1:${providerPort}`;
  await startProvider(providerPort);
  stops.push(await startPortal(`127.0.0.1:${portalPort}`, {
    public_origin: portal, oidc_origin: issuer, oidc_path: "", oidc_client_id: "moydom", oidc_client_secret: SECRET,
  }));
});
after(() => Promise.all(stops.map((stop) => stop())));

/** @param {number} port */
async function startProvider(port) {
  const { default: Provider } = await import("oidc-provider");
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "moydom",
      client_secret: SECRET,
      // Our own sandbox takes it as HTTP Basic.
      token_endpoint_auth_method: "client_secret_post",
      redirect_uris: [`${portal}/auth/oidc/callback`],
      post_logout_redirect_uris: [`${portal}/sign-in?reason=signed-out`],
      backchannel_logout_uri: `${portal}/auth/oidc/back-channel-logout`,
      backchannel_logout_session_required: true,
    }],
    clientAuthMethods: ["client_secret_post"],
    claims: { openid: ["sub"], profile: ["name"] },
    cookies: { keys: ["a-key-of-the-tests"] },
    // It speaks to no machine of a private network unless it is told to, and the portal is on this one.
    fetch: (/** @type {string} */ url, /** @type {any} */ options) => fetch(url, { ...options, dispatcher: undefined }),
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    findAccount: (/** @type {unknown} */ _, /** @type {string} */ id) => ({
      accountId: id, claims: async () => ({ sub: id, name: "Иванова Анна Сергеевна" }),
    }),
  });
  const server = provider.listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  stops.push(() => { server.closeAllConnections(); server.close(); });
}

/**
 * Signs in at the provider, and gives where the portal sends the browser then.
 * @param {Visitor} visitor
 */
async function signIn(visitor) {
  const begun = await visitor.send("POST", `${portal}/api/auth/providers/oidc/sign-ins`, { json: { next: "/readings" } });
  const { authorize_url } = await begun.json();
  const back = await through(visitor, authorize_url, portal, { login: "anna", password: "any" });
  return (await visitor.send("GET", back)).headers.get("location");
}

/**
 * Signs in anew at the provider, where a session is open: gives how often it asked for the login, and what the portal says
 * to a confirmation by that sign-in.
 * @param {Visitor} visitor
 */
async function confirmAnew(visitor) {
  const json = { next: "/profile", is_anew: true };
  const { authorize_url } = await (await visitor.send("POST", `${portal}/api/auth/providers/oidc/sign-ins`, { json })).json();
  let logins = 0;
  const back = await through(visitor, authorize_url, portal, { login: "anna", password: "any" }, (page) => {
    if (page.includes('name="login"')) logins += 1;
  });
  assert.equal((await visitor.send("GET", back)).headers.get("location"), "/profile");
  const asked = await visitor.send("POST", `${portal}/api/auth/profile/contacts`, { json: { contact: "anna@example.ru" } });
  const { confirmation } = await asked.json();
  const answers = `${portal}/api/auth/confirmations/${confirmation.confirmation_id}/answers`;
  return { logins, status: (await visitor.send("POST", answers, { json: { method: "sign-in" } })).status };
}

/** @param {Visitor} visitor */
const session = async (visitor) => (await visitor.send("GET", `${portal}/api/auth/session`)).status;

test("who is known to a certified provider signs in, and who signs out there is signed out here", { skip }, async () => {
  const first = new Visitor();
  assert.equal(await signIn(first), "/identity");
  const waiting = await (await first.send("GET", `${portal}/api/auth/identities/awaiting`)).json();
  assert.equal(waiting.name, "Иванова Анна Сергеевна");
  const json = {
    unlinked_identity_id: waiting.unlinked_identity_id, name: "Анна", consent: { purpose: "portal", version: 2 },
  };
  const registered = await first.send("POST", `${portal}/api/auth/identities/registrations`, { json });
  assert.equal(registered.status, 201);

  const second = new Visitor();
  assert.equal(await signIn(second), "/readings");
  assert.deepEqual(await confirmAnew(second), { logins: 1, status: 204 }, "it obeys, and tells when that was");
  const left = `${portal}/sign-in?reason=signed-out`;
  const end = `${issuer}/session/end?client_id=moydom&post_logout_redirect_uri=${encodeURIComponent(left)}`;
  assert.equal(await through(second, end, portal, { logout: "yes" }), left);
  assert.equal(await session(second), 401, "the provider told the portal");
  assert.equal(await session(first), 200, "another sign-in there goes on");

  const signedOut = await (await first.send("POST", `${portal}/api/auth/sign-out`)).json();
  assert.equal(signedOut.sign_out_url, end.replaceAll("%20", "+"));
  assert.equal(await through(first, signedOut.sign_out_url, portal, { logout: "yes" }), left);
});
