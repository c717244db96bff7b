//! Sealed files: what is put comes back, what was touched is found.

use std::ops::Range;

use jiff::Timestamp;
use proptest::prelude::*;
use rusqlite::params;
use store::{
    MasterKeys,
    files::{Error, Files, OpenFile, SIZE_BYTES_MAX},
};

use crate::state::State;

const CHUNK: usize = 64 << 10;
const OLD: &str = "old:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const NEW: &str = "new:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

fn keys(text: &str) -> MasterKeys {
    MasterKeys::parse(text).unwrap()
}

fn put(files: &Files, file_id: &str, bytes: &[u8]) {
    // A file's key must be its own; a test may draw it from the file's id.
    let mut random = [9; 56];
    random[..file_id.len()].copy_from_slice(file_id.as_bytes());
    files.put(Timestamp::UNIX_EPOCH, &keys(OLD), random, file_id, bytes).unwrap();
}

fn open(files: &Files, file_id: &str) -> OpenFile {
    files.open(&keys(OLD), file_id).unwrap().expect("a file")
}

fn whole(files: &Files, file_id: &str) -> Result<Vec<u8>, Error> {
    files.open(&keys(OLD), file_id)?.expect("a file").read(0..u64::MAX)
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 251) as u8).collect()
}

#[test]
fn a_file_comes_back_whole_and_by_ranges() {
    let state = State::empty();
    let bytes = sample(2 * CHUNK + 1_000);
    put(&state.files(), "a", &bytes);
    let file = open(&state.files(), "a");
    assert_eq!(file.read(0..u64::MAX).unwrap(), bytes);
    let chunk = CHUNK as u64;
    let ranges: [Range<u64>; 6] =
        [0..1, chunk - 1..chunk + 1, chunk..chunk, 2 * chunk + 999..u64::MAX, 5..2 * chunk + 5, 9 * chunk..10 * chunk];
    for range in ranges {
        let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
        assert_eq!(file.read(range.clone()).unwrap(), bytes[at(range.start)..at(range.end)], "{range:?}");
    }
    assert_eq!(
        (file.info().size_bytes, file.info().content_type.as_str()),
        (bytes.len() as u64, "application/octet-stream")
    );
    assert_eq!(file.info().sha256.len(), 64);
}

#[test]
fn nothing_of_a_file_lies_there_in_clear() {
    let state = State::empty();
    put(&state.files(), "a", "паспорт 6100 000000".repeat(100).as_bytes());
    let sealed: Vec<u8> =
        state.files_connection().query_row("select sealed from file_chunk", [], |row| row.get(0)).unwrap();
    assert!(!sealed.windows(8).any(|window| window == &"паспорт".as_bytes()[..8]));
}

#[test]
fn a_deleted_file_is_gone_with_its_chunks() {
    let state = State::empty();
    put(&state.files(), "a", &sample(CHUNK + 1));
    let reader = open(&state.files(), "a");
    state.files().delete("a").unwrap();
    state.files().delete("a").unwrap();
    assert!(state.files().open(&keys(OLD), "a").unwrap().is_none());
    assert!(matches!(reader.read(0..1), Err(Error::Damaged(0))));
    let left: i64 =
        state.files_connection().query_row("select count(*) from file_chunk", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_file_of_nothing_or_of_too_much_is_refused() {
    let state = State::empty();
    let put = |bytes: &[u8]| state.files().put(Timestamp::UNIX_EPOCH, &keys(OLD), [1; 56], "a", bytes);
    assert!(matches!(put(&[]), Err(Error::Empty)));
    assert!(matches!(put(&vec![0; SIZE_BYTES_MAX + 1]), Err(Error::TooLarge)));
}

#[test]
fn chunks_that_change_places_or_files_or_go_are_found() {
    let state = State::empty();
    let swapped = |sql: &[&str]| {
        let connection = state.files_connection();
        connection.execute_batch("delete from file").unwrap();
        put(&state.files(), "a", &sample(3 * CHUNK));
        put(&state.files(), "b", &sample(3 * CHUNK));
        sql.iter().for_each(|sql| assert!(connection.execute(sql, []).unwrap() > 0, "{sql}"));
        matches!(whole(&state.files(), "a"), Err(Error::Damaged(_)))
    };
    let swap = [
        "update file_chunk set chunk_no = 9 where file_id = 'a' and chunk_no = 0",
        "update file_chunk set chunk_no = 0 where file_id = 'a' and chunk_no = 1",
        "update file_chunk set chunk_no = 1 where file_id = 'a' and chunk_no = 9",
    ];
    assert!(!swapped(&[]));
    assert!(swapped(&swap));
    assert!(swapped(&["delete from file_chunk where file_id = 'a' and chunk_no = 2"]));
    assert!(swapped(&[
        "update file_chunk set sealed = (select sealed from file_chunk where file_id = 'b' and chunk_no = 1)
                       where file_id = 'a' and chunk_no = 1"
    ]));
}

#[test]
fn what_is_known_of_a_file_can_not_be_altered() {
    let state = State::empty();
    put(&state.files(), "a", &sample(CHUNK + 1));
    put(&state.files(), "b", &sample(CHUNK + 1));
    let alterations = [
        "size_bytes = 65536",
        "content_type = 'text/html'",
        "sha256 = 'ff'",
        "wrapped_key = (select wrapped_key from file where file_id = 'b')",
    ];
    for alteration in alterations {
        state.files_connection().execute(&format!("update file set {alteration} where file_id = 'a'"), []).unwrap();
        assert!(matches!(whole(&state.files(), "a"), Err(Error::WrongMasterKey(id)) if id == "old"), "{alteration}");
        state.files().delete("a").unwrap();
        put(&state.files(), "a", &sample(CHUNK + 1));
    }
}

#[test]
fn a_wrong_or_missing_master_key_is_named_plainly() {
    let state = State::empty();
    put(&state.files(), "a", b"text");
    let refused = |text: &str| state.files().open(&keys(text), "a").map(|_| ()).unwrap_err().to_string();
    assert!(refused(NEW).contains("\"old\", which files_key does not hold"), "{}", refused(NEW));
    let another = format!("old:{}", NEW.strip_prefix("new:").unwrap());
    assert!(refused(&another).contains("\"old\" does not fit"), "{}", refused(&another));
}

#[test]
fn a_rotation_rewraps_every_key_and_touches_no_chunk_and_no_reader() {
    let state = State::empty();
    let files = state.files();
    for file_id in ["a", "b", "c"] {
        put(&files, file_id, &sample(CHUNK + 7));
    }
    let chunks = || -> Vec<Vec<u8>> {
        let connection = state.files_connection();
        let mut select = connection.prepare("select sealed from file_chunk order by file_id, chunk_no").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let before = chunks();
    let reader = open(&files, "a");
    assert_eq!(reader.read(0..10).unwrap(), sample(10));

    let both = keys(&format!("{NEW} {OLD}"));
    let (mut after, mut rewrapped) = (String::new(), 0);
    while let Some(last) = {
        let done = files.rewrap(&both, [5; 32], &after, 2).unwrap();
        assert!(done.faults.is_empty());
        rewrapped += done.rewrapped;
        done.last
    } {
        after = last;
    }
    assert_eq!((rewrapped, chunks() == before), (3, true));
    assert_eq!(reader.read(CHUNK as u64..u64::MAX).unwrap(), &sample(CHUNK + 7)[CHUNK..], "a reader goes on");
    assert!(files.open(&keys(OLD), "a").is_err(), "the old key opens nothing more");
    assert_eq!(files.open(&keys(NEW), "a").unwrap().unwrap().read(0..9).unwrap(), sample(9));
    assert_eq!(files.rewrap(&both, [5; 32], "", 9).unwrap().rewrapped, 0);
}

#[test]
fn a_rotation_tells_of_keys_that_it_can_not_unwrap_and_goes_on() {
    let state = State::empty();
    put(&state.files(), "a", b"text");
    put(&state.files(), "b", b"text");
    state
        .files_connection()
        .execute("update file set wrapped_key = ?1 where file_id = 'a'", params![vec![0_u8; 72]])
        .unwrap();
    let done = state.files().rewrap(&keys(&format!("{NEW} {OLD}")), [5; 32], "", 9).unwrap();
    assert_eq!((done.rewrapped, done.faults.len(), done.faults[0].0.as_str()), (1, 1, "a"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_bytes_come_back(length in 1_usize..3 * CHUNK, from in 0_u64..200_000, count in 0_u64..200_000) {
        let state = State::empty();
        let bytes = sample(length);
        put(&state.files(), "a", &bytes);
        let at = |place: u64| usize::try_from(place).unwrap().min(length);
        let read = open(&state.files(), "a").read(from..from + count).unwrap();
        prop_assert_eq!(&read, &bytes[at(from)..at(from + count)]);
    }

    #[test]
    fn every_changed_byte_is_found(chunk_no in 0_i64..2, at in any::<prop::sample::Index>(), bit in 0_u32..8) {
        let state = State::empty();
        put(&state.files(), "a", &sample(CHUNK + 100));
        let connection = state.files_connection();
        let select = "select sealed from file_chunk where chunk_no = ?1";
        let mut sealed: Vec<u8> = connection.query_row(select, [chunk_no], |row| row.get(0)).unwrap();
        let index = at.index(sealed.len());
        sealed[index] ^= 1 << bit;
        connection.execute("update file_chunk set sealed = ?2 where chunk_no = ?1", params![chunk_no, sealed]).unwrap();
        prop_assert!(matches!(whole(&state.files(), "a"), Err(Error::Damaged(found)) if found == chunk_no.cast_unsigned()));
    }
}
