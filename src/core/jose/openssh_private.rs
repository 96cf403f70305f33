//! Private keys in the form of OpenSSH: `-----BEGIN OPENSSH PRIVATE KEY-----`
//! (`PROTOCOL.key` of OpenSSH).
//!
//! It is the only form in which OpenSSH writes an Ed25519 key, so that no hint
//! how to rewrite one would help. RSA keys lack what the other forms have
//! (`dp` and `dq`), and encrypted ones want bcrypt; `ssh-keygen` rewrites
//! both.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::Curve;
use super::base64url;
use super::error::{KeyError, shorten};
use super::openssh::{CURVES, ED25519, RSA, Reader, malformed};
use super::private_key::PrivateKey;

/// What a block begins with.
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The label in PEM.
pub(super) const LABEL: &str = "OPENSSH PRIVATE KEY";

/// Reads the block of one key.
///
/// # Errors
///
/// `key_unsupported` for a key that is encrypted, and for types that are not
/// read; `key_malformed` for a block that is torn or contradicts itself.
pub(super) fn read(block: &[u8]) -> Result<PrivateKey, KeyError> {
    let outer = block
        .strip_prefix(MAGIC)
        .ok_or_else(|| malformed("the OpenSSH private key has an unknown beginning"))?;
    let mut outer = Reader(outer);
    let (cipher, _kdf, _options) = (outer.string()?, outer.string()?, outer.string()?);
    if outer.u32()? != 1 {
        return Err(malformed("the OpenSSH private key is not one key"));
    }
    let (public, private) = (outer.string()?, outer.string()?);
    if cipher != b"none" {
        return Err(KeyError::new(
            "key_unsupported",
            "the OpenSSH private key is encrypted; take the passphrase from a copy with \
             `ssh-keygen -p -N '' -f COPY`",
        ));
    }
    let mut private = Reader(private);
    // They differ where a key was decrypted by a wrong passphrase.
    if private.u32()? != private.u32()? {
        return Err(malformed("the OpenSSH private key contradicts itself"));
    }
    let jwk = members(&mut private)?;
    let key = PrivateKey::from_jwk(&jwk)?;
    // The public key that anybody sees is to be that of the private one.
    if key.public()?.openssh_blob()?.1 != public {
        return Err(malformed(
            "the OpenSSH private key is not that of its public one",
        ));
    }
    Ok(key)
}

/// Reads what makes the key, as the members of a JWK.
fn members(private: &mut Reader<'_>) -> Result<Map<String, Value>, KeyError> {
    let name = private.string()?;
    let members = if name == ED25519.as_bytes() {
        let (x, seed_and_x) = (private.string()?, private.string()?);
        let seed = seed_and_x
            .strip_suffix(x)
            .ok_or_else(|| malformed("the OpenSSH private key contradicts itself"))?;
        vec![
            ("kty", "OKP".to_owned()),
            ("crv", "Ed25519".to_owned()),
            ("x", base64url::encode(x)),
            ("d", base64url::encode(seed)),
        ]
    } else if let Some((crv, _, named)) =
        CURVES.iter().find(|(_, known, _)| known.as_bytes() == name)
    {
        let (inner, point, d) = (private.string()?, private.string()?, private.integer()?);
        let length = Curve::from_name(crv).map_or(0, Curve::coordinate_len);
        let coordinates = point.strip_prefix(&[4]).unwrap_or_default();
        if inner != named.as_bytes() || coordinates.len() != 2 * length || d.len() > length {
            return Err(malformed("the OpenSSH private key contradicts itself"));
        }
        let (x, y) = coordinates.split_at(length);
        // A number there, octets of full length in a JWK (RFC 7518 §6.2.2.1).
        let mut full = Zeroizing::new(vec![0; length]);
        full[length - d.len()..].copy_from_slice(d);
        vec![
            ("kty", "EC".to_owned()),
            ("crv", (*crv).to_owned()),
            ("x", base64url::encode(x)),
            ("y", base64url::encode(y)),
            ("d", base64url::encode(full.as_slice())),
        ]
    } else if name == RSA.as_bytes() {
        return Err(KeyError::new(
            "key_unsupported",
            "RSA private keys in OpenSSH's own form are not supported; rewrite a copy with \
             `ssh-keygen -p -m PKCS8 -f COPY`",
        ));
    } else {
        return Err(KeyError::new(
            "key_unsupported",
            format!(
                "the OpenSSH key type `{}` is not supported",
                shorten(&String::from_utf8_lossy(name))
            ),
        ));
    };
    let members = members.into_iter();
    Ok(members
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect())
}
