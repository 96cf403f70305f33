//! base64url without padding (RFC 7515 §2, RFC 4648 §5), strictly.
//!
//! One octet string has one text and one text has one octet string: padding,
//! white space, the `+/` alphabet and stray bits in the last character are
//! refused (RFC 4648 §3.3, §3.5), so that a token cannot be changed without
//! changing what it says.

use base64_simd::{Out, URL_SAFE_NO_PAD};

/// Encodes octets.
pub fn encode(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

/// Encodes octets at the end of a text.
pub(crate) fn encode_onto(octets: impl AsRef<[u8]>, text: &mut Vec<u8>) {
    URL_SAFE_NO_PAD.encode_append(octets, text);
}

/// Returns the characters that so many octets take.
pub(crate) const fn encoded_len(octets: usize) -> usize {
    octets.div_ceil(3) * 4 - (3 - octets % 3) % 3
}

/// Decodes a text.
///
/// # Errors
///
/// [`Invalid`] for anything that [`encode`] would not have written.
pub fn decode(text: impl AsRef<[u8]>) -> Result<Vec<u8>, Invalid> {
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| Invalid)
}

/// Decodes a text into `octets`, which are replaced: for those who decode many.
/// On failure nothing is left in it.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_into(text: impl AsRef<[u8]>, octets: &mut Vec<u8>) -> Result<(), Invalid> {
    let text = text.as_ref();
    // What is there already need not be cleared to be written over.
    octets.resize(URL_SAFE_NO_PAD.estimated_decoded_length(text.len()), 0);
    let decoded = URL_SAFE_NO_PAD.decode(text, Out::from_slice(octets));
    let length = decoded.map(|octets| octets.len());
    octets.truncate(*length.as_ref().unwrap_or(&0));
    length.map(|_| ()).map_err(|_| Invalid)
}

/// The text is not base64url without padding in its canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding")]
pub struct Invalid;

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use proptest::prelude::*;

    #[test]
    fn the_length_of_a_text_is_known_before_it_is_there() {
        for length in 0..10 {
            let text = encode(vec![7; length]);
            assert_eq!(encoded_len(length), text.len(), "{length}");
            let mut onto = b"before.".to_vec();
            encode_onto(vec![7; length], &mut onto);
            assert_eq!(onto, format!("before.{text}").into_bytes());
        }
    }

    #[test]
    fn octets_survive_the_round() {
        for octets in [&b""[..], b"f", b"fo", b"foo", b"\xff\xfe\xfd", &[0; 100]] {
            assert_eq!(decode(encode(octets)), Ok(octets.to_vec()));
        }
        // RFC 7515 appendix C.
        assert_eq!(encode([3, 236, 255, 224, 193]), "A-z_4ME");
    }

    #[test]
    fn j29_other_alphabets_padding_and_white_space_are_refused() {
        for text in [
            "Zg==",
            "Zm8=",
            "Zm9v=",
            "A+z_",
            "A/z_",
            "Zm 9v",
            "Zm9v\n",
            " Zm9v",
            "Zm\t9v",
            "Zm9v\0",
            "\u{feff}Zm9v",
            "Zm%39v",
            "Z",
        ] {
            assert_eq!(decode(text), Err(Invalid), "{text:?}");
            let mut octets = b"left over".to_vec();
            assert_eq!(decode_into(text, &mut octets), Err(Invalid), "{text:?}");
            assert_eq!(octets, b"");
        }
    }

    #[test]
    fn a_buffer_is_replaced_whatever_was_in_it() {
        let mut octets = Vec::new();
        for expected in [&b"foo"[..], b"a longer one", b"", b"fo", &[0; 100]] {
            assert_eq!(decode_into(encode(expected), &mut octets), Ok(()));
            assert_eq!(octets, expected);
        }
    }

    proptest! {
        /// Texts of any length, whole or with one character that is another:
        /// whichever instructions read them, they are read as octet by octet.
        #[test]
        fn j29_j30_no_text_is_read_that_another_reader_refuses(
            octets in prop::collection::vec(any::<u8>(), 0..200),
            change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let written = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&octets);
            prop_assert_eq!(encode(&octets), written.as_str());
            let mut text = written.into_bytes();
            if let Some((at, octet)) = change && !text.is_empty() {
                let at = at.index(text.len());
                text[at] = octet;
            }
            let expected = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(&text);
            let mut into = b"left over".to_vec();
            prop_assert_eq!(decode_into(&text, &mut into).is_ok(), expected.is_ok());
            prop_assert_eq!(&into, &expected.clone().unwrap_or_default());
            prop_assert_eq!(decode(&text).ok(), expected.ok());
        }
    }

    /// Each octet at each place of a text that is long enough for every way to
    /// read it: only the 64 characters of the alphabet pass, all of them do.
    #[test]
    fn j29_every_octet_at_every_place_is_judged_the_same() {
        let alphabet = |octet: u8| octet.is_ascii_alphanumeric() || b"-_".contains(&octet);
        for place in 0..96 {
            for octet in 0..=u8::MAX {
                let mut text = [b'A'; 96];
                text[place] = octet;
                assert_eq!(decode(text).is_ok(), alphabet(octet), "{octet} at {place}");
            }
        }
    }

    #[test]
    fn j30_stray_bits_in_the_last_character_are_refused() {
        assert_eq!(decode("Zg"), Ok(b"f".to_vec()));
        for text in ["Zh", "Zv", "Zm9", "Zm-"] {
            assert_eq!(decode(text), Err(Invalid), "{text:?}");
        }
        assert_eq!(decode("Zm8"), Ok(b"fo".to_vec()));
    }
}
