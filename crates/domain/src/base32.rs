//! Bytes as text that people can read out and type.

/// RFC 4648: what apps of one-time codes take.
pub const STANDARD: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: no letter that is taken for a digit.
pub const READABLE: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Five bits a sign, the highest first; what is left over is filled up with zeros.
pub fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let sign = |start: usize| (start..start + 5).fold(0, |sign, at| sign << 1 | bit(at));
    (0..bytes.len() * 8).step_by(5).map(|start| char::from(alphabet[usize::from(sign(start))])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_hold() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(encode(bytes.as_bytes(), STANDARD), text);
        }
    }

    #[test]
    fn no_sign_is_taken_for_another() {
        assert_eq!(encode(&[0xff; 5], READABLE), "zzzzzzzz");
        assert!(READABLE.iter().all(|sign| !b"ilou".contains(sign)));
    }
}
