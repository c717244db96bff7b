//! Passwords: Argon2id with the parameters that OWASP names as the least (19 MiB, two passes, one lane).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};

/// A hash of no password at all, of the same cost: an unknown login must take as long as a known one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bW95ZG9tLWRlY295LXNhbHQ$\
                     8Ju3Wc1Z1Fs2m0m9x0yIuVnV3J3yqFJ3bYx3Zz1XQ0A";

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// The PHC string of a password.
///
/// # Panics
/// Never: the parameters and the salt's length are constants that fit.
pub fn hash(password: &str, salt: [u8; 16]) -> String {
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
    hasher().hash_password(password.as_bytes(), &salt).expect("the parameters are valid").to_string()
}

/// Whether the password is the one of the hash; without a hash the answer is no, after the same time.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    let parsed = PasswordHash::new(hash.unwrap_or(DECOY));
    let matches = parsed.is_ok_and(|parsed| hasher().verify_password(password.as_bytes(), &parsed).is_ok());
    matches && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits() {
        let hash = hash("сосна-72", [7; 16]);
        assert!(is_right("сосна-72", Some(&hash)));
        assert!(!is_right("сосна-73", Some(&hash)));
        assert!(!is_right("", Some(&hash)));
    }

    #[test]
    fn an_unknown_login_costs_a_whole_hash_and_never_fits() {
        let decoy = PasswordHash::new(DECOY).unwrap();
        let real = hash("x", [0; 16]);
        assert_eq!(decoy.params, PasswordHash::new(&real).unwrap().params);
        assert_eq!(decoy.hash.unwrap().len(), 32);
        assert!(!is_right("", None));
    }

    #[test]
    fn the_demo_password_fits_the_hash_that_a_demo_is_seeded_with() {
        assert!(is_right(store::demo::PASSWORD, Some(store::demo::PASSWORD_HASH)));
    }
}
