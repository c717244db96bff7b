//! Passwords: Argon2id at the cost that the operator sets, and the queue before it.
//!
//! A hash costs much memory and tens of milliseconds, so only a few are made at once. Whoever hashes holds a [`Slot`],
//! taken in the transaction that counts the attempt: what is refused there costs no hash. It is given back in the
//! transaction that keeps the outcome.

use std::time::Duration;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use domain::password_policy::PasswordDemands;
use jiff::{SignedDuration, Timestamp};
use store::{Tx, hashing_slots, settings::Settings};
use web::{Env, FieldError, Problem, Slug, fresh_id};

/// The salt of the decoy and its hash, which nothing was hashed to.
const DECOY: &str = "bW95ZG9tLWRlY295LXNhbHQ$8Ju3Wc1Z1Fs2m0m9x0yIuVnV3J3yqFJ3bYx3Zz1XQ0A";
/// A hash takes far less; a slot that was never given back is free again after it.
const LEASE: SignedDuration = SignedDuration::from_secs(10);
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// By how much longer a stranger's slot rests than it hashed.
const REST_FOLD: u32 = 4;
/// A clock that is set forward meanwhile keeps nobody waiting.
const REST_MOST: Duration = Duration::from_secs(1);
/// How long one who finds no slot waits before each further try: a hash is done in less than the first of them, and all
/// of them together are shorter than people wait for a page.
const PAUSES_MILLISECONDS: [u64; 5] = [50, 100, 200, 400, 800];

/// Who asks for a slot.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asker {
    /// By a session, a right code, or a device that once signed the person in.
    Known,
    /// Anybody else. Strangers have few slots: those who guess wait for each other.
    Stranger,
}

impl Asker {
    /// How many of the slots are for such as this one; none where all are.
    fn most(self, settings: &Settings) -> store::Result<Option<u32>> {
        match self {
            Self::Known => Ok(None),
            Self::Stranger => settings.get("hashing.slots_of_strangers").map(Some),
        }
    }

    /// After a wrong guess a stranger's slot rests for [`REST_FOLD`] times as long as it hashed since `started`, before it is
    /// given back: whoever guesses without end keeps no processor of ours busy for more than a fifth of its time.
    pub(crate) async fn rest(self, env: &Env, started: Timestamp) {
        if let (Self::Stranger, Ok(time)) = (self, Duration::try_from(env.now().duration_since(started))) {
            env.pause((time * REST_FOLD).min(REST_MOST)).await;
        }
    }
}

/// The right to hash now.
#[must_use = "a slot that is not given back stays taken for seconds"]
pub(crate) struct Slot {
    slot_id: String,
    cost: Cost,
}

impl Slot {
    /// # Errors
    /// `busy` where all that the asker may have are taken.
    pub(crate) fn take(tx: &Tx<'_>, env: &Env, settings: &Settings, asker: Asker) -> Result<Self, Problem> {
        let (slot_id, most, of_strangers) = (fresh_id(env), settings.get("hashing.slots")?, asker.most(settings)?);
        if hashing_slots::take(tx, env.now(), &slot_id, LEASE, most, of_strangers)? {
            return Ok(Self { slot_id, cost: Cost::at(settings)? });
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
        self.cost.hash(password, salt)
    }

    /// Whether the password is the one of the hash; without a hash the answer is no, after the same time.
    pub(crate) fn is_right(&self, password: &str, hash: Option<&str>) -> bool {
        self.cost.is_right(password, hash)
    }

    /// The PHC string of a right password whose hash costs something else than one of today.
    pub(crate) fn renewed(&self, password: &str, hash: &str, salt: [u8; 16]) -> Option<String> {
        (!self.cost.is_of(hash)).then(|| self.cost.hash(password, salt))
    }
}

/// What a hash costs: never less than OWASP names as the least, and never more than an instance has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

impl Cost {
    const LEAST: Self = Self { memory_kib: 19 << 10, passes: 2 };
    const MOST: Self = Self { memory_kib: 64 << 10, passes: 10 };

    fn at(settings: &Settings) -> store::Result<Self> {
        let (memory_kib, passes) = (settings.get::<u32>("hashing.memory_kib")?, settings.get::<u32>("hashing.passes")?);
        Ok(Self {
            memory_kib: memory_kib.clamp(Self::LEAST.memory_kib, Self::MOST.memory_kib),
            passes: passes.clamp(Self::LEAST.passes, Self::MOST.passes),
        })
    }

    fn hasher(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, None).expect("between the least and the most");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    fn hash(self, password: &str, salt: [u8; 16]) -> String {
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a valid salt");
        self.hasher().hash_password(password.as_bytes(), &salt).expect("the parameters are valid").to_string()
    }

    /// Whether the password is the one of the hash, at the cost that stands in it. Without a hash the answer is no, after
    /// the time that one of today takes.
    fn is_right(self, password: &str, hash: Option<&str>) -> bool {
        let decoy = self.decoy();
        let parsed = PasswordHash::new(hash.unwrap_or(&decoy));
        let matches = parsed.is_ok_and(|parsed| self.hasher().verify_password(password.as_bytes(), &parsed).is_ok());
        matches && hash.is_some()
    }

    /// A hash of no password at all: an unknown login must take as long as a known one.
    fn decoy(self) -> String {
        format!("{}{DECOY}", self.phc())
    }

    fn is_of(self, hash: &str) -> bool {
        hash.starts_with(&self.phc())
    }

    /// How the PHC string of such a hash begins.
    fn phc(self) -> String {
        format!("$argon2id$v=19$m={},t={},p=1$", self.memory_kib, self.passes)
    }
}

/// What is asked of a new password today.
pub(crate) fn demands(settings: &Settings) -> store::Result<PasswordDemands> {
    let (policy, refuses_common) = (settings.get("password.policy")?, settings.get("password.refuse_common")?);
    Ok(PasswordDemands { policy, refuses_common })
}

/// What is wrong with a new password at `pointer`; nothing where it is good. `names` are what its owner signs in by.
pub(crate) fn faults(
    settings: &Settings,
    password: &str,
    names: &[&str],
    pointer: &str,
) -> store::Result<Vec<FieldError>> {
    let broken = demands(settings)?.broken(password, names);
    let words: Vec<_> = broken.iter().map(|rule| rule.words()).collect();
    let detail = || format!("Придумайте пароль {}.", words.join(", "));
    Ok(if broken.is_empty() { Vec::new() } else { vec![FieldError::new(pointer, detail())] })
}

/// Runs `begin`, which takes a [`Slot`] for the asker in a transaction of its own, once one is free. Waiting costs a
/// look at a time and no transaction: many who wait must not hold up those who write.
///
/// # Errors
/// Whatever `begin` answers; `busy` where no slot came free in time.
pub(crate) async fn in_turn<T>(
    env: &Env,
    settings: &Settings,
    asker: Asker,
    mut begin: impl FnMut() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let (most, of_strangers) = (settings.get("hashing.slots")?, asker.most(settings)?);
    for pause in PAUSES_MILLISECONDS {
        if env.db().read(|conn| hashing_slots::is_free(conn, env.now(), LEASE, most, of_strangers))? {
            match begin() {
                Err(problem) if problem.is(Slug::Busy) => {}
                begun => return begun,
            }
        }
        env.pause(Duration::from_millis(pause)).await;
    }
    begin()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEAR: Cost = Cost { memory_kib: 20 << 10, passes: 3 };

    #[test]
    fn only_the_same_password_fits() {
        let hash = Cost::LEAST.hash("сосна-72", [7; 16]);
        assert!(Cost::LEAST.is_right("сосна-72", Some(&hash)));
        assert!(!Cost::LEAST.is_right("сосна-73", Some(&hash)));
        assert!(!Cost::LEAST.is_right("", Some(&hash)));
    }

    #[test]
    fn an_unknown_login_costs_a_whole_hash_of_today_and_never_fits() {
        for cost in [Cost::LEAST, DEAR] {
            let (decoy, real) = (cost.decoy(), cost.hash("x", [0; 16]));
            let (decoy, real) = (PasswordHash::new(&decoy).unwrap(), PasswordHash::new(&real).unwrap());
            assert_eq!(decoy.params, real.params);
            assert_eq!(decoy.hash.unwrap().len(), 32);
            assert!(!cost.is_right("", None));
        }
    }

    #[test]
    fn a_hash_of_another_cost_still_fits_and_is_made_anew() {
        let hash = Cost::LEAST.hash("сосна-72", [7; 16]);
        assert!(DEAR.is_right("сосна-72", Some(&hash)));
        assert!(!DEAR.is_of(&hash));
        let renewed = DEAR.hash("сосна-72", [8; 16]);
        assert!(DEAR.is_of(&renewed) && DEAR.is_right("сосна-72", Some(&renewed)));
    }

    #[test]
    fn the_demo_password_fits_the_hash_that_a_demo_is_seeded_with_at_the_cost_of_today() {
        assert!(Cost::LEAST.is_right(store::demo::PASSWORD, Some(store::demo::PASSWORD_HASH)));
        assert!(Cost::LEAST.is_of(store::demo::PASSWORD_HASH));
    }
}
