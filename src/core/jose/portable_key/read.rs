//! A key document, read to be converted.

use serde_json::{Map, Value};

use super::{Material, PortableKey, no_public_part};
use crate::core::jose::contradiction::refuse_contradiction;
use crate::core::jose::error::{KeyError, shorten};
use crate::core::jose::jwe::X25519Key;
use crate::core::jose::jwk::{Jwk, JwkSet};
use crate::core::jose::key_document::{KeyDocument, Unread, find, locked};
use crate::core::jose::key_forms::{Form, Found};
use crate::core::jose::key_set::{PRIVATE, SetDocument, is_private};
use crate::core::jose::members::Members;
use crate::core::jose::private_key::PrivateKey;
use crate::core::jose::public_key::{PublicKey, octets};
use crate::core::jose::selection::OWN_KIDS;
use crate::core::jose::thumbprint::thumbprint;
use crate::core::secret::{Secret, SecretBytes};

/// What a document holds, to be converted.
pub enum Portable {
    /// One key.
    One(Box<PortableKey>),
    /// A JWK Set: its keys in order, those that cannot be used with the
    /// reason.
    Set(Vec<(Option<String>, Result<PortableKey, KeyError>)>),
}

impl Portable {
    /// Reads a key document, for its private key where it has one.
    ///
    /// # Errors
    ///
    /// What makes the document no key document or its one key unfit, and
    /// `passphrase`.
    pub fn read(document: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        let read = Self::read_part(document, passphrase, PortableKey::from_jwk)?;
        match (&read, locked(document, passphrase)) {
            (Self::One(key), Some(fault)) if key.is_public() => Err(fault),
            _ => Ok(read),
        }
    }

    /// Reads the public keys of a key document. Private members of a JWK need
    /// not be all there; but where they are, the public ones must be theirs.
    ///
    /// # Errors
    ///
    /// As [`Portable::read`], and `no_public_key` for a secret.
    pub fn read_public(document: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        match Self::read_part(document, passphrase, PortableKey::from_public_jwk)? {
            Self::One(key) => Ok(Self::One(Box::new(key.into_public()?))),
            set => Ok(set),
        }
    }

    fn read_part(
        document: &[u8],
        passphrase: Option<&Secret>,
        from_jwk: fn(&Jwk) -> Result<PortableKey, KeyError>,
    ) -> Result<Self, KeyError> {
        let (form, material) = match find(document, passphrase)? {
            Unread::Set(set) => {
                let mut keys = read_set(&set, from_jwk);
                let places = keys.iter_mut().map(|(_, key)| key.as_mut().ok());
                keep_texts(document, places);
                return Ok(Self::Set(keys));
            }
            Unread::Jwk(members) => {
                let mut key = from_jwk(&Jwk::new(members)?)?;
                keep_texts(document, [Some(&mut key)]);
                return Ok(Self::One(Box::new(key)));
            }
            Unread::OpenSsh(line) => (Form::OpenSsh, Material::Public(line.key()?)),
            Unread::OpenSshPrivate(private) => (
                Form::OpenSshPrivate,
                Material::Private {
                    public: private.public()?,
                    private: *private,
                },
            ),
            Unread::Der(found) => (found.form, Material::of_der(&found)?),
        };
        let key = PortableKey::unlabelled(form, material)?;
        Ok(Self::One(Box::new(key)))
    }

    /// Takes the one key that is meant: of a set the one with the kid, or the
    /// only one.
    ///
    /// # Errors
    ///
    /// `unknown_kid`, `ambiguous_key`, `no_key`, and what is wrong with the
    /// key that is meant.
    pub fn choose(self, kid: Option<&str>) -> Result<PortableKey, KeyError> {
        let set = match self {
            Self::One(key) => return Ok(*key),
            Self::Set(set) => set,
        };
        // A key without a kid goes by its thumbprint, where no other has it
        // for a kid.
        let has_kid = set.iter().any(|(own, _)| own.as_deref() == kid);
        let mut meant: Vec<_> = set
            .into_iter()
            .filter(|(own, key)| match (kid, own) {
                (None, _) => true,
                (Some(kid), Some(own)) => own == kid,
                (Some(kid), None) => !has_kid && key.as_ref().is_ok_and(|key| key.prints(kid)),
            })
            .map(|(_, key)| key)
            .collect();
        match (meant.pop(), meant.len() + 1, kid) {
            (Some(key), 1, _) => key,
            (None, _, None) => Err(KeyError::new("no_key", "the key set has no keys")),
            (None, _, Some(kid)) => Err(KeyError::new(
                "unknown_kid",
                format!("the key set has no key with the kid `{}`", shorten(kid)),
            )),
            (_, count, None) => Err(KeyError::new(
                "ambiguous_key",
                format!("the key set has {count} keys, and none is named"),
            )),
            (_, count, Some(kid)) => Err(KeyError::new(
                "ambiguous_key",
                format!("{count} keys of the set have the kid `{}`", shorten(kid)),
            )
            .with_hint(OWN_KIDS)),
        }
    }
}

impl Material {
    fn of_der(found: &Found) -> Result<Self, KeyError> {
        match found.read() {
            Ok(KeyDocument::Public(key)) => Ok(Self::Public(key)),
            Ok(KeyDocument::Private(private)) => Ok(Self::Private {
                public: private.public()?,
                private,
            }),
            // DER holds no JSON.
            Ok(KeyDocument::Set(_) | KeyDocument::Jwk(_)) => {
                Err(KeyError::new("key_malformed", "the file is no key"))
            }
            Err(fault) => match X25519Key::from_der(found.der.expose()) {
                Some(key) => key.map(Self::Agreement),
                None => Err(fault),
            },
        }
    }
}

fn read_set(
    set: &JwkSet,
    from_jwk: fn(&Jwk) -> Result<PortableKey, KeyError>,
) -> Vec<(Option<String>, Result<PortableKey, KeyError>)> {
    let mut keys: Vec<_> = set
        .keys()
        .iter()
        .map(|jwk| (jwk.kid().map(str::to_owned), from_jwk(jwk)))
        .collect();
    // In the order of their places, so that each lands in its own.
    for skipped in set.skipped() {
        keys.insert(skipped.index, (None, Err(skipped.reason.clone())));
    }
    keys
}

/// Gives the keys of a document in JSON, by their places, what it says of them
/// in its own words: numbers of any length stay what they are.
fn keep_texts<'k>(document: &[u8], keys: impl IntoIterator<Item = Option<&'k mut PortableKey>>) {
    let Ok(document) = SetDocument::look_at(document) else {
        return;
    };
    for (key, entry) in keys.into_iter().zip(document.entries()) {
        let (Some(key), Some(members)) = (key, entry.members()) else {
            continue;
        };
        for (name, text) in entry.texts() {
            if let Some(value) = members.get(&name) {
                key.labels.keep_text(&name, value, text);
            }
        }
    }
}

impl PortableKey {
    /// Says whether a text is the thumbprint of the key, if it is no secret.
    fn prints(&self, text: &str) -> bool {
        thumbprint(&self.public_members()).as_deref() == Ok(text)
    }

    fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let members = jwk.members();
        if jwk.kty() == "oct" {
            let secret = SecretBytes::new(octets(members, "k")?);
            return Ok(Self::labelled(Material::Secret(secret), members));
        }
        if let Some(key) = X25519Key::from_jwk(members, true) {
            return Ok(Self::labelled(Material::Agreement(key?), members));
        }
        let public = PublicKey::from_jwk(members)?;
        let material = match is_private(members) {
            true => Material::Private {
                private: PrivateKey::from_jwk(members)?,
                public,
            },
            false => Material::Public(public),
        };
        Ok(Self::labelled(material, members))
    }

    fn from_public_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        let members = jwk.members();
        if jwk.kty() == "oct" {
            return Err(no_public_part());
        }
        refuse_contradiction(members)?;
        let material = match X25519Key::from_jwk(members, false) {
            Some(key) => Material::Agreement(key?),
            None => Material::Public(PublicKey::from_jwk(members)?),
        };
        let mut key = Self::labelled(material, members);
        if is_private(members) {
            key.turn_operations();
        }
        Ok(key)
    }

    /// Takes what is in a JWK besides the key.
    fn labelled(material: Material, members: &Map<String, Value>) -> Self {
        let mut key = Self {
            form: Form::Jwk,
            material,
            labels: Members::default(),
        };
        // The `alg` of an `AKP` key is a part of it.
        let own = key.public_members();
        let label = |name: &str| !own.contains_key(name) && !PRIVATE.contains(&name);
        for (name, value) in members.iter().filter(|(name, _)| label(name)) {
            key.labels.insert(name, value.clone());
        }
        key
    }

    /// Takes a key that came with no labels; its kid is the thumbprint, as
    /// that of a generated one.
    fn unlabelled(form: Form, material: Material) -> Result<Self, KeyError> {
        let mut key = Self {
            form,
            material,
            labels: Members::default(),
        };
        let kid = thumbprint(&key.public_members())?;
        key.labels.insert("kid", kid);
        Ok(key)
    }
}
