//! Hexadecimal digits, in lower case.

use aws_lc_rs::digest;

/// Writes octets, two digits each.
pub fn encode(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(2 * octets.len());
    for octet in octets {
        out.push(char::from(DIGITS[usize::from(octet >> 4)]));
        out.push(char::from(DIGITS[usize::from(octet & 15)]));
    }
    out
}

/// Writes the SHA-256 of octets.
pub fn sha256(octets: &[u8]) -> String {
    encode(digest::digest(&digest::SHA256, octets).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_octet_has_two_digits() {
        assert_eq!(encode(&[0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
        // SHA-256("abc"), FIPS 180-4 appendix B.1.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
