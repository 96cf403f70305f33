//! Keys on their way from one form to another.
//!
//! | into | from |
//! |---|---|
//! | PKCS#8, also encrypted | every private key |
//! | PKCS#1 | RSA keys, private and public |
//! | SEC 1 | private keys on a curve of `kty` `EC` |
//! | SPKI | every public key, and that of every private one |
//! | JWK | every key, secrets too |
//! | OpenSSH | public keys of the types that OpenSSH has |
//!
//! A key that is unfit for use is not converted. What a JWK says besides the
//! key goes with it from JWK to JWK, whether it is understood or not.

use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::{Decode as _, Encode as _};
use pkcs8::spki::SubjectPublicKeyInfoRef;
use sec1::{EcParameters, EcPrivateKey};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::KeyType;
use super::base64url;
use super::error::{Error, KeyError, shorten};
use super::inspection::encryption;
use super::jwe::X25519Key;
use super::jwk::{Jwk, JwkSet};
use super::key_document::{KeyDocument, Unread, find};
use super::key_forms::{Form, Found, Structure};
use super::key_labels::{Labels, public_operations};
use super::key_set::{PRIVATE, is_private};
use super::pem;
use super::private_key::PrivateKey;
use super::public_key::{Kind, PublicKey, octets};
use super::thumbprint::thumbprint;
use crate::core::secret::{Secret, SecretBytes};

/// What a key is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `PrivateKeyInfo` (RFC 5958).
    Pkcs8,
    /// `RSAPrivateKey` or `RSAPublicKey` (RFC 8017 appendix A.1).
    Pkcs1,
    /// `ECPrivateKey` (RFC 5915).
    Sec1,
    /// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    Spki,
    /// JSON (RFC 7517).
    Jwk,
    /// The line of OpenSSH.
    OpenSsh,
}

/// How DER is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As text (RFC 7468).
    Pem,
    /// As it is.
    Der,
}

/// A new passphrase for a key that is written.
#[derive(Clone, Copy, Debug)]
pub struct Encryption<'a> {
    /// The passphrase.
    pub passphrase: &'a Secret,
    /// [`pem::ITERATIONS`] outside tests.
    pub iterations: u32,
}

/// A key, and what its JWK says of it.
pub struct PortableKey {
    form: Form,
    material: Material,
    /// What is in the JWK besides the members that make the key.
    labels: Map<String, Value>,
}

enum Material {
    Public(PublicKey),
    Private {
        private: PrivateKey,
        public: PublicKey,
    },
    Secret(SecretBytes),
    /// X25519, which signs nothing but agrees on keys.
    Agreement(X25519Key),
}

/// What a document holds, to be converted.
pub enum Portable {
    /// One key.
    One(Box<PortableKey>),
    /// A JWK Set: its keys in order, those that cannot be used with the
    /// reason.
    Set(Vec<(Option<String>, Result<PortableKey, KeyError>)>),
}

impl Portable {
    /// Reads a key document.
    ///
    /// # Errors
    ///
    /// What makes the document no key document or its one key unfit, and
    /// `passphrase`.
    pub fn read(document: &[u8], passphrase: Option<&Secret>) -> Result<Self, KeyError> {
        Self::read_part(document, passphrase, PortableKey::from_jwk)
    }

    /// Reads the public keys of a key document. Private members of a JWK are
    /// not looked at; they may be other than they should.
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
            Unread::Set(set) => return Ok(Self::Set(read_set(&set, from_jwk))),
            Unread::Jwk(members) => {
                let key = from_jwk(&Jwk::new(members)?)?;
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
        let mut meant: Vec<_> = set
            .into_iter()
            .filter(|(own, _)| kid.is_none() || own.as_deref() == kid)
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
            )),
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

impl PortableKey {
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
            labels: Map::new(),
        };
        // The `alg` of an `AKP` key is a part of it.
        let own = key.public_members();
        let label = |name: &str| !own.contains_key(name) && !PRIVATE.contains(&name);
        key.labels = members
            .iter()
            .filter(|(name, _)| label(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        key
    }

    /// Takes a key that came with no labels; its kid is the thumbprint, as
    /// that of a generated one.
    fn unlabelled(form: Form, material: Material) -> Result<Self, KeyError> {
        let mut key = Self {
            form,
            material,
            labels: Map::new(),
        };
        let kid = thumbprint(&key.public_members())?;
        key.labels.insert("kid".to_owned(), kid.into());
        Ok(key)
    }

    /// Returns what the key came in; [`Form::Jwk`] for a key of a set.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Returns the kid: that of the JWK or, for a key that was none, the
    /// thumbprint.
    pub fn kid(&self) -> Option<&str> {
        self.labels.get("kid").and_then(Value::as_str)
    }

    /// Returns the public key, where it is one that verifies.
    fn public(&self) -> Option<&PublicKey> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Some(key),
            Material::Secret(_) | Material::Agreement(_) => None,
        }
    }

    fn is_public(&self) -> bool {
        match &self.material {
            Material::Public(_) => true,
            Material::Private { .. } | Material::Secret(_) => false,
            Material::Agreement(key) => !key.is_private(),
        }
    }

    /// Returns the type, where it is one that signs or verifies.
    fn key_type(&self) -> Option<KeyType> {
        match &self.material {
            Material::Secret(_) => Some(KeyType::Oct),
            _ => self.public().map(PublicKey::key_type),
        }
    }

    /// Returns the type for a message: `EC P-256`.
    fn type_name(&self) -> String {
        self.key_type()
            .map_or_else(|| "OKP X25519".to_owned(), |key_type| key_type.to_string())
    }

    /// Leaves the public key alone. Operations of the private key become
    /// those of the public one.
    ///
    /// # Errors
    ///
    /// `no_public_key` for a secret, which has no public part.
    pub fn into_public(mut self) -> Result<Self, KeyError> {
        if !self.is_public() {
            self.turn_operations();
        }
        let material = match self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Material::Public(key),
            Material::Agreement(key) => Material::Agreement(key.into_public()),
            Material::Secret(_) => return Err(no_public_part()),
        };
        Ok(Self { material, ..self })
    }

    /// Makes `key_ops` of a private key those of its public one.
    fn turn_operations(&mut self) {
        if let Some(Value::Array(operations)) = self.labels.get("key_ops") {
            match public_operations(operations) {
                public if public.is_empty() => self.labels.shift_remove("key_ops"),
                public => self.labels.insert("key_ops".to_owned(), public.into()),
            };
        }
    }

    /// Gives the key labels: `kid`, `alg`, `use`; `None` leaves what it has.
    ///
    /// # Errors
    ///
    /// `key_algorithm` and `key_use` for labels that do not fit the key or
    /// one another.
    pub fn label(
        &mut self,
        kid: Option<&str>,
        algorithm: Option<&str>,
        purpose: Option<&str>,
    ) -> Result<(), KeyError> {
        match (algorithm, self.key_type()) {
            (Some(algorithm), Some(KeyType::Akp(set))) => {
                // It is a part of the key (RFC 9964 §3), and not to be changed.
                if algorithm != set.name() {
                    return Err(KeyError::new(
                        "key_algorithm",
                        format!("the key is for {}, and for nothing else", set.name()),
                    ));
                }
            }
            (Some(algorithm), _) => {
                self.labels.insert("alg".to_owned(), algorithm.into());
            }
            (None, _) => {}
        }
        for (name, value) in [("kid", kid), ("use", purpose)] {
            if let Some(value) = value {
                self.labels.insert(name.to_owned(), value.into());
            }
        }
        if algorithm.is_none() && purpose.is_none() {
            return Ok(());
        }
        let mut members = self.public_members();
        members.extend(self.labels.clone());
        let mut key = self.public_members();
        if let Material::Secret(secret) = &self.material {
            key.insert("k".to_owned(), base64url::encode(secret.expose()).into());
        }
        let (serves, _) = encryption(&key, &Map::new());
        match Labels::of(&members)
            .contradictions(self.key_type(), &serves, self.is_public())
            .into_iter()
            .next()
        {
            Some(found) => Err(KeyError::new(found.code, found.message)),
            None => Ok(()),
        }
    }

    /// Returns the forms that a key of this type and part can have.
    pub fn targets(&self) -> Vec<Target> {
        let rsa = self.key_type() == Some(KeyType::Rsa);
        let curve = matches!(self.key_type(), Some(KeyType::Ec(_)));
        let secret = matches!(self.material, Material::Secret(_));
        let private = !secret && !self.is_public();
        let openssh = (self.public()).is_some_and(|key| key.to_openssh().is_ok());
        [
            (Target::Pkcs8, private),
            (Target::Pkcs1, rsa),
            (Target::Sec1, private && curve),
            (Target::Spki, !secret),
            (Target::Jwk, true),
            (Target::OpenSsh, openssh),
        ]
        .into_iter()
        .filter_map(|(target, possible)| possible.then_some(target))
        .collect()
    }

    /// Says whether what is written as `target` is to be kept from others.
    pub fn is_private_as(&self, target: Target) -> bool {
        let secret = matches!(self.material, Material::Secret(_));
        match target {
            Target::Spki | Target::OpenSsh => secret,
            _ => !self.is_public(),
        }
    }

    /// Writes the key. A JWK is one line; text ends with a line ending.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for a form that the key cannot have, `key_unsupported`
    /// for an ML-DSA key without its seed as a JWK, [`Error::Crypto`].
    pub fn write(
        &self,
        target: Target,
        encoding: Encoding,
        encryption: Option<Encryption<'_>>,
    ) -> Result<SecretBytes, Error> {
        let structure = match target {
            Target::Jwk => {
                let jwk = Zeroizing::new(Value::Object(self.to_jwk()?).to_string());
                return Ok(SecretBytes::new(format!("{}\n", jwk.as_str())));
            }
            Target::OpenSsh => {
                let line = self.expect_public(target)?.to_openssh();
                let line = line.map_err(|fault| Error::Usage {
                    what: fault.message,
                })?;
                return Ok(SecretBytes::new(format!("{line}\n")));
            }
            Target::Pkcs8 if encryption.is_some() => Structure::EncryptedPkcs8,
            Target::Pkcs8 => Structure::Pkcs8,
            Target::Sec1 => Structure::Sec1,
            Target::Spki => Structure::Spki,
            Target::Pkcs1 if self.is_public() => Structure::Pkcs1Public,
            Target::Pkcs1 => Structure::Pkcs1Private,
        };
        let der = match (structure, encryption) {
            (
                Structure::EncryptedPkcs8,
                Some(Encryption {
                    passphrase,
                    iterations,
                }),
            ) => {
                let pkcs8 = self.to_pkcs8(target)?;
                pem::encrypt(pkcs8.expose(), passphrase, iterations)?
            }
            (Structure::Pkcs1Public | Structure::Pkcs1Private, _) => self.to_pkcs1()?,
            (Structure::Sec1, _) => self.to_sec1()?,
            (Structure::Spki, _) => SecretBytes::new(self.to_spki()?),
            _ => self.to_pkcs8(target)?,
        };
        Ok(match encoding {
            Encoding::Der => der,
            Encoding::Pem => {
                let pem = pem::encode_secret(structure.label(), der.expose());
                SecretBytes::new(pem.expose())
            }
        })
    }

    /// Returns the JWK, private members included where there are any: those
    /// that make the key, then the labels.
    ///
    /// # Errors
    ///
    /// As [`PortableKey::write`].
    pub fn to_jwk(&self) -> Result<Map<String, Value>, Error> {
        let mut jwk = self.public_members();
        match &self.material {
            Material::Public(_) => {}
            Material::Private { private, .. } => jwk.extend(private.private_members()?),
            Material::Secret(secret) => {
                jwk.insert("k".to_owned(), base64url::encode(secret.expose()).into());
            }
            Material::Agreement(key) => jwk.extend(key.private_members()),
        }
        jwk.extend(self.labels.clone());
        Ok(jwk)
    }

    fn public_members(&self) -> Map<String, Value> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => key.to_jwk(),
            Material::Agreement(key) => key.to_jwk(),
            Material::Secret(_) => Map::from_iter([("kty".to_owned(), "oct".into())]),
        }
    }

    fn to_spki(&self) -> Result<Vec<u8>, Error> {
        match &self.material {
            Material::Agreement(key) => key.to_spki(),
            _ => Ok(self.expect_public(Target::Spki)?.to_spki()?),
        }
    }

    fn to_pkcs8(&self, target: Target) -> Result<SecretBytes, Error> {
        match &self.material {
            Material::Agreement(key) => {
                let written = key.to_pkcs8();
                written.unwrap_or_else(|| Err(public_cannot_be(target)))
            }
            _ => self.expect_private(target)?.to_pkcs8(),
        }
    }

    fn to_pkcs1(&self) -> Result<SecretBytes, Error> {
        let failed = |_| Error::Crypto("write the key");
        let public = self.expect_public(Target::Pkcs1)?;
        if !matches!(public.kind(), Kind::Rsa { .. }) {
            return Err(impossible(format!(
                "PKCS#1 is a form of RSA keys, and this one is {}",
                self.type_name()
            )));
        }
        match &self.material {
            Material::Private { private, .. } => {
                let pkcs8 = private.to_pkcs8()?;
                let info = PrivateKeyInfoRef::from_der(pkcs8.expose()).map_err(failed)?;
                Ok(SecretBytes::new(info.private_key.as_bytes()))
            }
            _ => {
                let spki = public.to_spki()?;
                let info = SubjectPublicKeyInfoRef::from_der(&spki).map_err(failed)?;
                Ok(SecretBytes::new(info.subject_public_key.raw_bytes()))
            }
        }
    }

    fn to_sec1(&self) -> Result<SecretBytes, Error> {
        let failed = |_| Error::Crypto("write the private key");
        let private = self.expect_private(Target::Sec1)?;
        let public = self.expect_public(Target::Sec1)?;
        let Kind::Ec { point, .. } = public.kind() else {
            return Err(impossible(format!(
                "SEC 1 is a form of keys on the curves of ECDSA, and this one is {}",
                self.type_name()
            )));
        };
        let pkcs8 = private.to_pkcs8()?;
        let info = PrivateKeyInfoRef::from_der(pkcs8.expose()).map_err(failed)?;
        let inner = EcPrivateKey::from_der(info.private_key.as_bytes()).map_err(failed)?;
        let curve = info
            .algorithm
            .parameters_oid()
            .map_err(|_| Error::Crypto("write the private key"))?;
        // In PKCS#8 the curve is named outside, here only inside can be.
        let key = EcPrivateKey {
            parameters: Some(EcParameters::NamedCurve(curve)),
            public_key: Some(point),
            ..inner
        };
        let der = Zeroizing::new(key.to_der().map_err(failed)?);
        Ok(SecretBytes::new(der.as_slice()))
    }

    /// Returns the public key for a form that not all have.
    fn expect_public(&self, target: Target) -> Result<&PublicKey, Error> {
        match &self.material {
            Material::Public(key) | Material::Private { public: key, .. } => Ok(key),
            Material::Secret(_) => Err(impossible(format!(
                "a secret has no form but that of a JWK, so it cannot be {}",
                target.title()
            ))),
            Material::Agreement(_) => Err(impossible(format!(
                "a key of type {} cannot be {}",
                self.type_name(),
                target.title()
            ))),
        }
    }

    fn expect_private(&self, target: Target) -> Result<&PrivateKey, Error> {
        self.expect_public(target)?;
        match &self.material {
            Material::Private { private, .. } => Ok(private),
            _ => Err(public_cannot_be(target)),
        }
    }
}

impl Target {
    /// Returns `pkcs8`, `pkcs1`, `sec1`, `spki`, `jwk` or `openssh`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pkcs8 => "pkcs8",
            Self::Pkcs1 => "pkcs1",
            Self::Sec1 => "sec1",
            Self::Spki => "spki",
            Self::Jwk => "jwk",
            Self::OpenSsh => "openssh",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PKCS#8",
            Self::Pkcs1 => "PKCS#1",
            Self::Sec1 => "SEC 1",
            Self::Spki => "SubjectPublicKeyInfo",
            Self::Jwk => "a JWK",
            Self::OpenSsh => "a key of OpenSSH",
        }
    }
}

fn public_cannot_be(target: Target) -> Error {
    impossible(format!(
        "{} is a form of private keys, and this one is public",
        target.title()
    ))
}

fn impossible(what: String) -> Error {
    Error::Usage { what }
}

fn no_public_part() -> KeyError {
    KeyError::new(
        "no_public_key",
        "the key is a secret, which has no public part",
    )
}

impl std::fmt::Debug for PortableKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortableKey")
            .field("form", &self.form)
            .field("type", &self.type_name())
            .field("labels", &self.labels)
            .finish_non_exhaustive()
    }
}
