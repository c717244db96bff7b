//! Whether a passkey signed.

use domain::passkey::Algorithm;
use p256::ecdsa::{self, signature::Verifier as _};
use rsa::{RsaPublicKey, pkcs1v15, pkcs8::DecodePublicKey as _, traits::PublicKeyParts as _};
use sha2::Sha256;

/// NIST SP 800-131A: shorter moduli sign nothing any more.
const MODULUS_BITS_MIN: usize = 2048;
/// What stands before the point in the `SubjectPublicKeyInfo` of a key of P-256 (RFC 5480): always the same.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// Whether these bytes are a public key of the algorithm that is strong enough.
pub(super) fn is_key(algorithm: Algorithm, public_key: &[u8]) -> bool {
    match algorithm {
        Algorithm::Es256 => p256_key(public_key).is_some(),
        Algorithm::Rs256 => rsa_key(public_key).is_some(),
    }
}

/// Whether the key signed the message.
pub(super) fn is_by(algorithm: Algorithm, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let verified = match algorithm {
        Algorithm::Es256 => is_by_p256(public_key, message, signature),
        Algorithm::Rs256 => is_by_rsa(public_key, message, signature),
    };
    verified.unwrap_or(false)
}

fn is_by_p256(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let signature = ecdsa::Signature::from_der(signature).ok()?;
    Some(p256_key(public_key)?.verify(message, &signature).is_ok())
}

fn is_by_rsa(public_key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let signature = pkcs1v15::Signature::try_from(signature).ok()?;
    Some(pkcs1v15::VerifyingKey::<Sha256>::new(rsa_key(public_key)?).verify(message, &signature).is_ok())
}

fn p256_key(public_key: &[u8]) -> Option<ecdsa::VerifyingKey> {
    ecdsa::VerifyingKey::from_sec1_bytes(public_key.strip_prefix(&P256_PREFIX)?).ok()
}

fn rsa_key(public_key: &[u8]) -> Option<RsaPublicKey> {
    let key = RsaPublicKey::from_public_key_der(public_key).ok()?;
    (key.n().bits() >= MODULUS_BITS_MIN).then_some(key)
}

#[cfg(test)]
mod tests {
    use domain::passkey::{Ceremony, ClientData, Question, bytes, signed};

    use super::*;

    // What Chromium and its virtual authenticator answered at http://localhost:3999.
    const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const PUBLIC_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdkOK9vGkZAwJNJr4z8gN2pr2b4QC_Xjvh4rWwAIjfylZcCwpaen8SoYuEjyABVU1IJp58-IT8Dha0EfeQ9ADng";
    const CREATED: [&str; 2] = [
        "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6Mzk5OSIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
        "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgAIOomY7rZciguiM1o8p7szpX867ulKI0sagIe3QatXQ_6pQECAyYgASFYIHZDivbxpGQMCTSa-M_IDdqa9m-EAv1474eK1sACI38pIlggWXAsKWnp_EqGLhI8gAVVNSCaefPiE_A4WtBH3kPQA54",
    ];
    const GOT: [&str; 2] = [
        "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFSRWhNVUZSWVhHQmthR3h3ZEhoOCIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6Mzk5OSIsImNyb3NzT3JpZ2luIjpmYWxzZX0",
        "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg",
    ];
    const SIGNATURE: &str =
        "MEUCIFedtfh38PAoS8I2J7MswR3rnHqJ8rM1LyWEBFxq3ZTkAiEAgmUbfzTwDbEL4UJRw6vY1DuKMcUZTDcWCjCirvSCSe8";

    fn read(text: &str) -> Vec<u8> {
        bytes(text).unwrap()
    }

    #[test]
    fn what_a_browser_makes_and_signs_is_taken() {
        let asked = |ceremony| Question { ceremony, challenge: CHALLENGE, origin: "http://localhost:3999" };
        for (ceremony, [client, device], count) in [(Ceremony::Create, CREATED, 1), (Ceremony::Get, GOT, 2)] {
            let client: ClientData = serde_json::from_slice(&read(client)).unwrap();
            assert_eq!(asked(ceremony).read(&client, &read(device)).unwrap().sign_count, count);
        }
        assert!(is_key(Algorithm::Es256, &read(PUBLIC_KEY)) && !is_key(Algorithm::Rs256, &read(PUBLIC_KEY)));
        let message = signed(&read(GOT[0]), &read(GOT[1]));
        assert!(is_by(Algorithm::Es256, &read(PUBLIC_KEY), &message, &read(SIGNATURE)));
    }

    #[test]
    fn one_changed_byte_of_anything_is_refused() {
        let message = signed(&read(GOT[0]), &read(GOT[1]));
        let (key, signature) = (read(PUBLIC_KEY), read(SIGNATURE));
        let changed = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            bytes
        };
        for at in 0..message.len() {
            assert!(!is_by(Algorithm::Es256, &key, &changed(&message, at), &signature), "message, byte {at}");
        }
        for at in 0..signature.len() {
            assert!(!is_by(Algorithm::Es256, &key, &message, &changed(&signature, at)), "signature, byte {at}");
        }
        assert!(!is_key(Algorithm::Es256, &changed(&key, 10)), "another kind of key");
        assert!(!is_key(Algorithm::Es256, &key[..90]) && !is_key(Algorithm::Rs256, b"no key"));
    }
}
