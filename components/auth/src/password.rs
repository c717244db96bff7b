//! Passwords: Argon2id with the parameters that OWASP names as the least (19 MiB, two passes, one lane), and the
//! queue before it.
//!
//! A hash costs 19 MiB and tens of milliseconds, so only a few are made at once. Whoever hashes holds a [`Slot`],
//! taken in the transaction that counts the attempt: what is refused there costs no hash. It is given back in the
//! transaction that keeps the outcome.

use std::time::Duration;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use domain::password_policy::PasswordPolicy;
use jiff::SignedDuration;
use store::{Tx, hashing_slots, settings::Settings};
use web::{Env, FieldError, Problem, Slug, fresh_id};

/// A hash of no password at all, of the same cost: an unknown login must take as long as a known one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bW95ZG9tLWRlY295LXNhbHQ$\
                     8Ju3Wc1Z1Fs2m0m9x0yIuVnV3J3yqFJ3bYx3Zz1XQ0A";
/// A hash takes far less; a slot that was never given back is free again after it.
const LEASE: SignedDuration = SignedDuration::from_secs(10);
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// How long one who finds no slot waits before each further try: a hash is done in less than the first of them, and all
/// of them together are shorter than people wait for a page.
const PAUSES_MILLISECONDS: [u64; 5] = [50, 100, 200, 400, 800];

/// The right to hash now.
#[must_use = "a slot that is not given back stays taken for seconds"]
pub(crate) struct Slot {
    slot_id: String,
}

impl Slot {
    /// Takes a slot.
    ///
    /// # Errors
    /// `busy` where all are taken.
    pub(crate) fn take(tx: &Tx<'_>, env: &Env, settings: &Settings) -> Result<Self, Problem> {
        let slot_id = fresh_id(env);
        if hashing_slots::take(tx, env.now(), &slot_id, LEASE, settings.get("hashing.slots")?)? {
            return Ok(Self { slot_id });
        }
        let detail = "Сейчас входит очень много людей. Повторите через несколько секунд: набранное не пропало.";
        Err(Problem::new(Slug::Busy, detail).retry_after(RETRY_AFTER))
    }

    /// Gives the slot back.
    pub(crate) fn free(self, tx: &Tx<'_>) -> store::Result<()> {
        hashing_slots::free(tx, &self.slot_id)
    }

    /// The PHC string of a password.
    pub(crate) fn hash(&self, password: &str, salt: [u8; 16]) -> String {
        hash(password, salt)
    }

    /// Whether the password is the one of the hash; without a hash the answer is no, after the same time.
    pub(crate) fn is_right(&self, password: &str, hash: Option<&str>) -> bool {
        is_right(password, hash)
    }
}

/// What is wrong with a new password at `pointer`; nothing where it is good. `names` are what its owner signs in by.
pub(crate) fn faults(
    settings: &Settings,
    password: &str,
    names: &[&str],
    pointer: &str,
) -> store::Result<Vec<FieldError>> {
    let policy: PasswordPolicy = settings.get("password.policy")?;
    let broken = policy.broken(password, names);
    let words: Vec<_> = broken.iter().map(|rule| rule.words()).collect();
    let detail = || format!("Придумайте пароль {}.", words.join(", "));
    Ok(if broken.is_empty() { Vec::new() } else { vec![FieldError::new(pointer, detail())] })
}

/// Runs `begin`, which takes a [`Slot`] in a transaction of its own; where all are taken it waits for one and tries again.
///
/// # Errors
/// Whatever `begin` answers; `busy` where no slot came free in time.
pub(crate) async fn in_turn<T>(env: &Env, mut begin: impl FnMut() -> Result<T, Problem>) -> Result<T, Problem> {
    for pause in PAUSES_MILLISECONDS {
        match begin() {
            Err(problem) if problem.is(Slug::Busy) => env.pause(Duration::from_millis(pause)).await,
            begun => return begun,
        }
    }
    begin()
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn hash(password: &str, salt: [u8; 16]) -> String {
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
    hasher().hash_password(password.as_bytes(), &salt).expect("the parameters are valid").to_string()
}

fn is_right(password: &str, hash: Option<&str>) -> bool {
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
