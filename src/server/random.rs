//! Values that nobody can guess.

use aws_lc_rs::rand;

use super::refusal::Refusal;
use crate::core::jose::base64url;
use crate::core::secret::Secret;

/// Returns a new opaque token: 256 random bits as 43 characters.
pub(super) fn token() -> Result<Secret, Refusal> {
    Ok(Secret::new(base64url::encode(octets::<32>()?)))
}

/// Returns a new `jti`: 128 random bits as 22 characters (RFC 7519 §4.1.7).
pub(super) fn identifier() -> Result<String, Refusal> {
    Ok(base64url::encode(octets::<16>()?))
}

fn octets<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(|_| Refusal::server_error("no random octets"))?;
    Ok(octets)
}
