//! When a TLS certificate ends.

use pkcs8::der::asn1::{GeneralizedTime, UtcTime};
use pkcs8::der::{self, Reader, SliceReader, Tag, TagNumber};

use crate::core::time::Timestamp;

/// Returns the `notAfter` of a certificate in DER (RFC 5280 §4.1.2.5), `None`
/// for what is none. Nothing else of it is looked at: that it is good is for
/// the TLS library to say.
pub fn not_after(certificate: &[u8]) -> Option<Timestamp> {
    let seconds = read(certificate).ok()?;
    i64::try_from(seconds).ok().map(Timestamp)
}

/// ```text
/// Certificate  ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }
/// TBSCertificate ::= SEQUENCE { [0] version OPTIONAL, serialNumber, signature,
///                               issuer, validity, … }
/// Validity     ::= SEQUENCE { notBefore Time, notAfter Time }
/// ```
fn read(certificate: &[u8]) -> Result<u64, der::Error> {
    let version = Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(0),
    };
    let mut reader = SliceReader::new(certificate)?;
    reader.sequence(|certificate| {
        let end = certificate.sequence(|tbs| {
            if Tag::peek(tbs)? == version {
                tbs.tlv_bytes()?;
            }
            for _ in ["serialNumber", "signature", "issuer"] {
                tbs.tlv_bytes()?;
            }
            let end = tbs.sequence(|validity| {
                validity.tlv_bytes()?;
                Ok::<_, der::Error>(match Tag::peek(validity)? {
                    Tag::UtcTime => validity.decode::<UtcTime>()?.to_unix_duration(),
                    _ => validity.decode::<GeneralizedTime>()?.to_unix_duration(),
                })
            })?;
            tbs.read_slice(tbs.remaining_len())?;
            Ok::<_, der::Error>(end)
        })?;
        certificate.read_slice(certificate.remaining_len())?;
        Ok::<_, der::Error>(end.as_secs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(year: i32) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(vec!["as.example".into()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 3, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    /// UTCTime until 2049, GeneralizedTime from 2050 on (RFC 5280 §4.1.2.5).
    #[test]
    fn the_end_is_read_in_both_forms() {
        for (year, end) in [
            (2030, "2030-03-01T00:00:00Z"),
            (2049, "2049-03-01T00:00:00Z"),
            (2050, "2050-03-01T00:00:00Z"),
        ] {
            let end: Timestamp = end.parse().unwrap();
            assert_eq!(not_after(&der(year)), Some(end), "{year}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let whole = der(2030);
        for octets in [&[][..], b"x", &[0x30, 0x80], &whole[..whole.len() / 2]] {
            assert_eq!(not_after(octets), None);
        }
    }
}
