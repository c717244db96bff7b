//! Ids for many rows that one program writes at once.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Draws UUIDv7 ids of one moment from a seed: the same seed gives the same ids, so a demo can be made again
/// exactly; a random one gives ids that nobody else has.
#[derive(Debug)]
pub struct Ids {
    millis: u64,
    seed: [u8; 32],
    drawn: u64,
}

impl Ids {
    /// Ids of the moment `at`.
    pub fn new(at: Timestamp, seed: [u8; 32]) -> Self {
        Self { millis: at.as_millisecond().try_into().unwrap_or_default(), seed, drawn: 0 }
    }

    /// The next id.
    pub fn draw(&mut self) -> String {
        let mut random = [0; 10];
        random.copy_from_slice(&self.draw_bytes()[..10]);
        uuid::Builder::from_unix_timestamp_millis(self.millis, &random).into_uuid().to_string()
    }

    /// The next bytes, for what is no id.
    pub(crate) fn draw_bytes(&mut self) -> [u8; 32] {
        self.drawn += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_be_bytes()).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_ids_and_no_id_twice() {
        let draw = |seed| {
            let mut ids = Ids::new(Timestamp::UNIX_EPOCH, [seed; 32]);
            [ids.draw(), ids.draw(), ids.draw()]
        };
        let [first, second, third] = draw(1);
        assert!(first != second && second != third && third != first);
        assert_eq!(draw(1), [first.clone(), second, third]);
        assert_ne!(draw(2)[0], first);
    }
}
