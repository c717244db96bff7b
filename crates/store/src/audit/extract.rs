//! An extract of the chain: a person's own entries, which anybody can check without the portal.
//!
//! Each entry comes with what its hash covers and with the salts and values of those particulars that are the person's.
//! The last entry of an extract tells of the extract itself and names the digest of all the others, so the head of the
//! chain at that moment stands for each of them: whoever has that head from elsewhere knows that the portal can alter
//! none of them unseen. `docs/audit-extract.md` describes the format.

use domain::hex::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Entry, Field, are_committed};

/// The name of the format.
pub const FORMAT: &str = "moydom-audit-extract-1";

/// What the last entry of an extract says was done.
pub const ACTION: &str = "journal.extract";

/// The particular of the last entry that holds [`digest`] of the others.
pub const DIGEST_FIELD: &str = "entries_sha256";

/// Entries of one person, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extract {
    /// [`FORMAT`].
    pub format: String,
    /// Whose it is.
    pub person_id: String,
    /// The entries, the last of which tells of the extract.
    pub entries: Vec<Proof>,
}

/// An entry with the particulars that are laid open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The link of the chain.
    pub entry: Entry,
    /// Those of its particulars that are the person's.
    pub fields: Vec<Field>,
}

/// Hex SHA-256 of the entries' hashes, a line feed after each.
pub fn digest<'a>(hashes: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for hash in hashes {
        hasher.update(hash);
        hasher.update("\n");
    }
    hex(&hasher.finalize())
}

impl Extract {
    /// The head of the chain at the moment of the extract: the hash of its last entry.
    pub fn head(&self) -> Option<&str> {
        self.entries.last().map(|last| last.entry.hash.as_str())
    }

    /// What is wrong with it; empty where every entry is what it was.
    pub fn faults(&self) -> Vec<String> {
        let mut faults: Vec<_> = self.entries.iter().flat_map(Proof::faults).collect();
        if self.format != FORMAT {
            faults.push(format!("the format is {:?}, not {FORMAT:?}", self.format));
        }
        faults.extend(self.entries.windows(2).filter_map(|pair| break_between(&pair[0].entry, &pair[1].entry)));
        if !self.is_closed() {
            faults.push("the last entry does not stand for the others: one was added, left out or altered".to_owned());
        }
        faults
    }

    /// Whether the last entry is the person's own word of this very extract.
    fn is_closed(&self) -> bool {
        let Some((last, others)) = self.entries.split_last() else { return false };
        let digest = digest(others.iter().map(|proof| proof.entry.hash.as_str()));
        let is_named = last.fields.iter().any(|field| field.name == DIGEST_FIELD && field.value == digest);
        last.entry.action == ACTION && last.entry.actor == self.person_id && is_named
    }
}

impl Proof {
    fn faults(&self) -> Vec<String> {
        let (entry, mut faults) = (&self.entry, Vec::new());
        if entry.hash != entry.computed_hash() {
            faults.push(format!("entry {} was altered", entry.seq));
        }
        if !are_committed(&self.fields, &entry.commitments) {
            faults.push(format!("the particulars of entry {} were altered", entry.seq));
        }
        faults
    }
}

fn break_between(earlier: &Entry, later: &Entry) -> Option<String> {
    if later.seq <= earlier.seq {
        return Some(format!("entry {} stands before entry {}", earlier.seq, later.seq));
    }
    let follows = later.seq == earlier.seq + 1 && later.previous_hash != earlier.hash;
    follows.then(|| format!("entry {} does not continue entry {}", later.seq, earlier.seq))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{super::Record, *};

    const PERSON: &str = "019f1a2b-0000-7000-8000-000000000001";

    /// An entry whose particulars are all laid open.
    fn proof(seq: i64, action: &str, fields: &[(&str, &str)], previous_hash: String) -> Proof {
        let fields_salted: Vec<_> =
            fields.iter().enumerate().map(|(index, field)| super::super::salted([7; 32], index, field)).collect();
        let object = format!("person:{PERSON}");
        let record = Record { actor: PERSON, action, object: &object, fields };
        let commitments = super::super::commitments(&fields_salted).unwrap();
        let entry = Entry::new(seq, Timestamp::UNIX_EPOCH, &record, commitments, previous_hash);
        Proof { entry, fields: fields_salted }
    }

    fn extract() -> Extract {
        let first = proof(3, "profile.rename", &[("from", "Анна"), ("to", "Анна С.")], "0".repeat(64));
        let second = proof(4, "session.open", &[("address", "83.1.2.3")], first.entry.hash.clone());
        let hashes = [&first, &second].map(|proof| proof.entry.hash.clone());
        let digest = digest(hashes.iter().map(String::as_str));
        let last = proof(9, ACTION, &[(DIGEST_FIELD, &digest)], "1".repeat(64));
        Extract { format: FORMAT.to_owned(), person_id: PERSON.to_owned(), entries: vec![first, second, last] }
    }

    #[test]
    fn an_extract_as_it_was_made_has_no_fault_and_may_keep_particulars_to_itself() {
        let mut extract = extract();
        assert_eq!(extract.faults(), [""; 0]);
        extract.entries[0].fields.remove(0);
        assert_eq!(extract.faults(), [""; 0]);
    }

    #[test]
    fn an_entry_left_out_doubled_or_moved_is_found() {
        let whole = extract();
        for alter in [
            (|extract: &mut Extract| drop(extract.entries.remove(1))) as fn(&mut Extract),
            |extract| extract.entries.swap(0, 1),
            |extract| extract.entries.insert(1, extract.entries[0].clone()),
            |extract| drop(extract.entries.pop()),
            |extract| extract.entries.clear(),
        ] {
            let mut altered = whole.clone();
            alter(&mut altered);
            assert!(!altered.faults().is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn one_changed_byte_is_found_wherever_it_is(place: prop::sample::Index, byte: u8) {
            let mut bytes = serde_json::to_vec(&extract()).unwrap();
            let at = place.index(bytes.len());
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            let read = serde_json::from_slice::<Extract>(&bytes);
            prop_assert!(read.is_err() || !read.unwrap().faults().is_empty(), "byte {}", at);
        }
    }
}
