//! Whether a key of the provider signed a token.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::identity::jwk::{Algorithm, Jwk};
use p256::{EncodedPoint, ecdsa, ecdsa::signature::Verifier as _};
use rsa::{BigUint, RsaPublicKey, pkcs1v15, traits::PublicKeyParts as _};
use sha2::Sha256;

use super::jws::Jws;

/// NIST SP 800-131A: shorter moduli sign nothing any more. The crate itself takes none beyond 4096.
const MODULUS_BITS_MIN: usize = 2048;

/// Whether the key signed the token. A key that cannot be read signed nothing.
pub(crate) fn is_by(key: &Jwk, jws: &Jws<'_>) -> bool {
    let verified = match jws.algorithm {
        Algorithm::Rs256 => is_by_rsa(key, jws),
        Algorithm::Es256 => is_by_p256(key, jws),
        // Its signer is asked.
        Algorithm::Gost2012 => None,
    };
    verified.unwrap_or(false)
}

fn is_by_rsa(key: &Jwk, jws: &Jws<'_>) -> Option<bool> {
    let number = |part: &Option<String>| Some(BigUint::from_bytes_be(&bytes(part)?));
    let key = RsaPublicKey::new(number(&key.n)?, number(&key.e)?).ok()?;
    let signature = pkcs1v15::Signature::try_from(jws.signature.as_slice()).ok()?;
    let is_long = key.n().bits() >= MODULUS_BITS_MIN;
    Some(is_long && pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(jws.message.as_bytes(), &signature).is_ok())
}

fn is_by_p256(key: &Jwk, jws: &Jws<'_>) -> Option<bool> {
    let coordinate = |part: &Option<String>| <[u8; 32]>::try_from(bytes(part)?).ok();
    let point = EncodedPoint::from_affine_coordinates(&coordinate(&key.x)?.into(), &coordinate(&key.y)?.into(), false);
    let is_of_curve = key.crv.as_deref() == Some("P-256");
    let key = ecdsa::VerifyingKey::from_encoded_point(&point).ok()?;
    let signature = ecdsa::Signature::from_slice(&jws.signature).ok()?;
    Some(is_of_curve && key.verify(jws.message.as_bytes(), &signature).is_ok())
}

fn bytes(part: &Option<String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part.as_ref()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7515, appendices A.2 and A.3: the keys and the tokens that they signed.
    const CLAIMS: &str =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    const RSA_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    const EC_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const EC_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    const EC_SIGNATURE: &str = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    const BOTH: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

    fn parse(token: &str) -> Jws<'_> {
        Jws::parse(token, &BOTH).unwrap()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn rsa() -> Jwk {
        Jwk { kty: "RSA".to_owned(), n: some(RSA_N), e: some("AQAB"), ..Jwk::default() }
    }

    fn ec() -> Jwk {
        Jwk { kty: "EC".to_owned(), crv: some("P-256"), x: some(EC_X), y: some(EC_Y), ..Jwk::default() }
    }

    fn by_rsa() -> String {
        format!("eyJhbGciOiJSUzI1NiJ9.{CLAIMS}.{RSA_SIGNATURE}")
    }

    fn by_ec() -> String {
        format!("eyJhbGciOiJFUzI1NiJ9.{CLAIMS}.{EC_SIGNATURE}")
    }

    #[test]
    fn the_tokens_of_rfc_7515_are_by_their_keys() {
        assert!(is_by(&rsa(), &parse(&by_rsa())));
        assert!(is_by(&ec(), &parse(&by_ec())));
    }

    #[test]
    fn a_token_that_was_changed_is_by_nobody() {
        for (key, token) in [(rsa(), by_rsa()), (ec(), by_ec())] {
            let changed = token.replace(".eyJpc3Mi", ".eyJpc3Nj");
            assert_ne!(changed, token);
            assert!(!is_by(&key, &parse(&changed)));
        }
    }

    #[test]
    fn a_key_of_another_kind_or_curve_or_with_missing_parts_signed_nothing() {
        let (rsa_token, ec_token) = (by_rsa(), by_ec());
        let (rsa_jws, ec_jws) = (parse(&rsa_token), parse(&ec_token));
        assert!(!is_by(&ec(), &rsa_jws));
        assert!(!is_by(&rsa(), &ec_jws));
        assert!(!is_by(&Jwk { crv: some("P-384"), ..ec() }, &ec_jws));
        assert!(!is_by(&Jwk { y: some(EC_X), ..ec() }, &ec_jws));
        assert!(!is_by(&Jwk { e: None, ..rsa() }, &rsa_jws));
        assert!(!is_by(&Jwk { e: some("AQ"), ..rsa() }, &rsa_jws));
    }

    #[test]
    fn a_short_modulus_signs_nothing() {
        let short = Jwk { n: some(&RSA_N[..170]), ..rsa() };
        assert!(!is_by(&short, &parse(&by_rsa())));
    }
}
