//! Compression of the content, `zip` (RFC 7516 §4.1.3), within bounds.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use zeroize::Zeroizing;

use crate::core::jose::error::{Error, Failure};

/// What a content may inflate to in any case, in octets; beyond it, at most
/// [`MAX_RATIO`] times its size. A token of 64 kB could otherwise ask for 64
/// MB (CVE-2024-28180); text deflates to a third or a tenth.
const MAX_INFLATED: usize = 250_000;

/// See [`MAX_INFLATED`].
const MAX_RATIO: usize = 10;

fn limit(deflated: &[u8]) -> usize {
    MAX_INFLATED.max(deflated.len().saturating_mul(MAX_RATIO))
}

/// Deflates.
///
/// # Errors
///
/// [`Error::Usage`] for what deflates so well that [`inflate`] would refuse
/// the result.
pub(super) fn deflate(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let failed = |_| Error::Crypto("compress the content");
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).map_err(failed)?;
    let deflated = Zeroizing::new(encoder.finish().map_err(failed)?);
    if content.len() > limit(&deflated) {
        return Err(Error::Usage {
            what: format!(
                "the content shrinks from {} to {} octets, which a recipient takes for an attack; leave it uncompressed",
                content.len(),
                deflated.len()
            ),
        });
    }
    Ok(deflated)
}

/// Inflates one stream, which is all there is.
///
/// # Errors
///
/// `zip`.
pub(super) fn inflate(deflated: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let limit = limit(deflated);
    let mut content = Zeroizing::new(Vec::new());
    let mut decoder = DeflateDecoder::new(deflated).take(limit as u64 + 1);
    decoder
        .read_to_end(&mut content)
        .map_err(|_| Failure::new("zip", "the content is not the DEFLATE stream it must be"))?;
    if content.len() > limit {
        return Err(Failure::new(
            "zip",
            format!("the content inflates to more than {limit} octets"),
        ));
    }
    if !decoder.into_inner().into_inner().is_empty() {
        return Err(Failure::new(
            "zip",
            "the content goes on after its DEFLATE stream",
        ));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_survives_the_round() {
        for content in [&b""[..], b"a", &[7; 250_000], &b"claims ".repeat(1_000)] {
            let deflated = deflate(content).unwrap();
            assert_eq!(*inflate(&deflated).unwrap(), content);
        }
    }

    #[test]
    fn j54_what_inflates_too_far_is_refused_at_the_bound() {
        let bomb = |length: usize| {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&vec![0; length]).unwrap();
            encoder.finish().unwrap()
        };
        assert_eq!(inflate(&bomb(MAX_INFLATED)).unwrap().len(), MAX_INFLATED);
        let failure = inflate(&bomb(MAX_INFLATED + 1)).unwrap_err();
        assert_eq!(failure.code, "zip");
        assert_eq!(
            failure.message,
            "the content inflates to more than 250000 octets"
        );
        assert!(matches!(
            deflate(&[0; MAX_INFLATED + 1]),
            Err(Error::Usage { .. })
        ));
    }

    #[test]
    fn a_torn_or_a_second_stream_is_refused() {
        let deflated = deflate(b"once upon a time").unwrap();
        let torn = &deflated[..deflated.len() - 1];
        let twice = [deflated.as_slice(), &deflated].concat();
        for wrong in [&b""[..], b"\xff", torn, &twice] {
            assert_eq!(inflate(wrong).unwrap_err().code, "zip", "{wrong:?}");
        }
    }
}
