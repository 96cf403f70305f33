//! JSON Web Encryption in the compact serialization (RFC 7516).
//!
//! - [`encrypt()`] makes a token for the holder of an [`EncryptionKey`].
//! - [`decrypt()`] opens one with [`DecryptionKeys`]; [`open`] goes on through
//!   the layers of a nested one (RFC 7519 §5.2).
//!
//! What keeps a token from being opened is told apart only as far as anybody
//! can see it without the key: the header, the lengths, the kind of key. All
//! else, be it the wrapped key, the padding or the tag, is one failure,
//! `decryption`, so that an answer is no oracle (RFC 7516 §11.5).
//!
//! That a token can be decrypted tells nothing of who made it: whoever has
//! the public key can. A signature inside is verified by
//! [`super::jwt::verify`].

mod agreement;
mod algorithm;
mod compact;
mod content;
mod decrypt;
mod decryption_keys;
mod deflate;
mod document;
mod encrypt;
mod encryption_key;
mod header;
mod key_to_make;
mod labels;
mod nested;
mod password;
mod wrap;
mod x25519;
mod x25519_key;

pub use agreement::Group;
pub use algorithm::{ContentEncryption, KeyManagement, UnknownAlgorithm};
pub use decrypt::{Decrypted, Rules, decrypt};
pub use decryption_keys::{DecryptionKey, DecryptionKeys};
pub use encrypt::{Plan, encrypt};
pub use encryption_key::EncryptionKey;
pub(super) use key_to_make::KeyToMake;
pub use nested::{Content, MAX_LAYERS, Opened, Unopened, is_token, open};
pub use password::{MAX_ITERATIONS, MIN_ITERATIONS};
pub(super) use x25519_key::X25519Key;

/// That something could not be decrypted, for whatever reason.
#[derive(Clone, Copy, Debug)]
struct Undecryptable;

impl From<aws_lc_rs::error::Unspecified> for Undecryptable {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self
    }
}
