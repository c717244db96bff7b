//! The directory of a ZIP archive that lies in memory, and its entries as they are unpacked piece by piece.
//!
//! Only what a workbook needs: stored and deflated entries of at most 4 GiB. Every number of the file is checked
//! before it is used, and an entry that is not byte for byte what the directory promises ends with an error, never as
//! if it were whole.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::{Crc, read::DeflateDecoder};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// A comment may follow the end of the directory.
const COMMENT_BYTES_MAX: usize = 0xffff;
const LISTED: &[u8] = b"PK\x01\x02";
const LISTED_BYTES: usize = 46;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
/// No workbook has more parts.
const ENTRIES_MAX: usize = 10_000;
const ENCRYPTED: u16 = 1;

/// An archive.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: HashMap<String, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    method: u16,
    local_at: usize,
    packed_bytes: usize,
    bytes: u64,
    crc: u32,
}

/// Why an entry cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryError {
    /// There is none of this name.
    Missing,
    /// It is larger than asked for.
    TooLarge,
    /// The archive is damaged, encrypted, or packed in an unusual way.
    Unreadable,
}

impl<'a> Archive<'a> {
    /// Reads the directory; nothing where there is none that can be read.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let from = bytes.len().saturating_sub(END_BYTES + COMMENT_BYTES_MAX);
        let end = from + bytes.get(from..)?.windows(END.len()).rposition(|window| window == END)?;
        let count = usize::from(short(bytes, end + 10)?);
        let mut at = long(bytes, end + 16)?;
        if count > ENTRIES_MAX {
            return None;
        }
        let mut entries = HashMap::new();
        for _ in 0..count {
            let (name, entry, next) = listed(bytes, at)?;
            entries.insert(name, entry);
            at = next;
        }
        Some(Self { bytes, entries })
    }

    /// Unpacks an entry of at most so many bytes. Letter case means nothing in its name. Only who reads it to its end
    /// knows that it is whole.
    pub(super) fn entry(&self, name: &str, bytes_max: u64) -> Result<impl BufRead + use<'a>, EntryError> {
        let entry = self.entries.get(&normal(name)).ok_or(EntryError::Missing)?;
        if entry.bytes > bytes_max {
            return Err(EntryError::TooLarge);
        }
        let packed = self.packed(entry).ok_or(EntryError::Unreadable)?;
        let unpacked: Box<dyn Read + 'a> = match entry.method {
            0 => Box::new(packed),
            8 => Box::new(DeflateDecoder::new(packed)),
            _ => return Err(EntryError::Unreadable),
        };
        Ok(BufReader::with_capacity(64 << 10, Whole { unpacked, left: entry.bytes, crc: entry.crc, read: Crc::new() }))
    }

    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let local = entry.local_at;
        let is_local = self.bytes.get(local..)?.starts_with(LOCAL);
        let names = usize::from(short(self.bytes, local + 26)?) + usize::from(short(self.bytes, local + 28)?);
        let start = local.checked_add(LOCAL_BYTES)?.checked_add(names)?;
        let packed = self.bytes.get(start..start.checked_add(entry.packed_bytes)?)?;
        is_local.then_some(packed)
    }
}

/// Bytes that end only where their number and their checksum are as promised.
struct Whole<R> {
    unpacked: R,
    left: u64,
    crc: u32,
    read: Crc,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.unpacked.read(buffer)?;
        self.read.update(&buffer[..count]);
        self.left = self.left.checked_sub(count as u64).ok_or(io::ErrorKind::InvalidData)?;
        let is_over = count == 0 && !buffer.is_empty();
        if is_over && (self.left, self.read.sum()) != (0, self.crc) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count)
    }
}

/// One entry of the directory, and where the next one is.
fn listed(bytes: &[u8], at: usize) -> Option<(String, Entry, usize)> {
    let header = bytes.get(at..at.checked_add(LISTED_BYTES)?)?;
    let is_readable = header.starts_with(LISTED) && short(header, 8)? & ENCRYPTED == 0;
    let lengths = [28, 30, 32].map(|place| short(header, place).map_or(0, usize::from));
    let name_at = at + LISTED_BYTES;
    let name = String::from_utf8_lossy(bytes.get(name_at..name_at + lengths[0])?);
    let entry = Entry {
        method: short(header, 10)?,
        packed_bytes: long(header, 20)?,
        bytes: u64::try_from(long(header, 24)?).ok()?,
        crc: u32::try_from(long(header, 16)?).ok()?,
        local_at: long(header, 42)?,
    };
    is_readable.then(|| (normal(&name), entry, name_at + lengths.iter().sum::<usize>()))
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(number).ok()
}
