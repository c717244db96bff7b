//! What a file is, by its first bytes. Its name and what a browser said of it are somebody's word; these are the file.

/// How far one looks to tell text from anything else.
const LOOKED_AT_BYTES: usize = 4 << 10;

const SIGNATURES: [(usize, &[u8], &str); 9] = [
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"PK\x03\x04", "application/zip"),
];

/// A media type. Text is plain text, whatever it says: a page or a drawing with scripts is never served as one.
pub(super) fn content_type(bytes: &[u8]) -> &'static str {
    let known =
        SIGNATURES.iter().find(|(at, signature, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(signature)));
    match known {
        Some((_, _, content_type)) => content_type,
        None if is_text(&bytes[..bytes.len().min(LOOKED_AT_BYTES)]) => "text/plain",
        None => "application/octet-stream",
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // The last letter may be cut in two.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.contains(|letter: char| letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        let kinds: [(&[u8], &str); 7] = [
            (b"%PDF-1.7", "application/pdf"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x18ftypheic", "image/heic"),
            (b"<html><script>alert(1)</script>", "text/plain"),
            (b"MZ\x90\0", "application/octet-stream"),
            (b"\0", "application/octet-stream"),
        ];
        for (bytes, kind) in kinds {
            assert_eq!(content_type(bytes), kind);
        }
        let cut_letter = &"я".repeat(LOOKED_AT_BYTES).into_bytes()[..LOOKED_AT_BYTES + 1];
        assert_eq!(content_type(&[b"a", cut_letter].concat()), "text/plain");
    }
}
