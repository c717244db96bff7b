// @ts-check
/** What a browser and its device do with passkeys, in the form that the portal takes: bytes as base64url. */
import { post } from "./api.js";
import { Told } from "./problem.js";

/** Passkeys know a site by its name: at a bare network address there are none. */
export const hasPasskeys = () => "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(location.hostname);

/**
 * Makes a passkey on this device.
 * @param {import("portal-types").NewPasskey} asked
 */
export async function makePasskey({ challenge, rp_id, user_id, user_name, algorithms, known_credential_ids }) {
  demandSite(rp_id);
  const made = await asked(navigator.credentials.create({
    publicKey: {
      challenge: bytes(challenge),
      rp: { id: rp_id, name: "Мой дом" },
      user: { id: bytes(user_id), name: user_name, displayName: user_name },
      pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: known_credential_ids.map((id) => ({ type: "public-key", id: bytes(id) })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
    },
  }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (made.response);
  return {
    credential_id: made.id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
    public_key: text(response.getPublicKey() ?? new ArrayBuffer(0)),
    algorithm: response.getPublicKeyAlgorithm(),
  };
}

/**
 * Signs in by a passkey of this device.
 * @returns {Promise<import("portal-types").Session>}
 */
export async function signInByPasskey() {
  const { challenge_id, answer } = await proveByPasskey();
  return post(`/api/auth/passkey-sign-ins/${challenge_id}/answers`, { body: answer, isSignIn: true });
}

/** Signs what the portal asks, by a passkey of this device. */
export async function proveByPasskey() {
  /** @type {import("portal-types").PasskeyChallenge} */
  const challenge = await post("/api/auth/passkey-sign-ins");
  return { challenge_id: challenge.challenge_id, answer: await sign(challenge) };
}

/** @param {import("portal-types").PasskeyChallenge} asked */
async function sign({ challenge, rp_id }) {
  demandSite(rp_id);
  const signed = await asked(navigator.credentials.get({
    publicKey: { challenge: bytes(challenge), rpId: rp_id, userVerification: "required" },
  }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (signed.response);
  return {
    credential_id: signed.id,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}

/**
 * A browser makes and uses keys of the site that it is at, or of one above it.
 * @param {string} site
 */
function demandSite(site) {
  if (location.hostname === site || location.hostname.endsWith(`.${site}`)) return;
  throw new Told(`Ключи этого портала работают по адресу ${site}. Откройте портал там.`);
}

/**
 * Without a credential the person thought better of it, or the device did: browsers do not tell which.
 * @param {Promise<Credential | null>} promise
 * @returns {Promise<PublicKeyCredential>}
 */
async function asked(promise) {
  const credential = await promise.catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw new Told("Ключ не подошёл, или вы отменили. Попробуйте ещё раз или выберите другой способ.");
  return credential;
}

/** @param {string} base64url */
const bytes = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

/** @param {ArrayBuffer} buffer */
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
