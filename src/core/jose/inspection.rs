//! What a key is and what it can do, without using it.
//!
//! A key that is unfit is described too, with the reason: that is when one
//! most wants to know. Nothing private is held here, save the secret of an
//! `oct` key, which only a thumbprint is made of.

use std::fmt;

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, KeyType};
use super::error::{KeyError, Warning};
use super::jwe::{EncryptionKey, KeyManagement, X25519Key};
use super::jwk::{Jwk, JwkSet};
use super::key_document::{KeyDocument, Unread, find};
use super::key_forms::{Form, Found, Structure};
use super::key_labels::Labels;
use super::openssh::Line;
use super::outline::Outline;
use super::private_key::PrivateKey;
use super::public_key::PublicKey;
use super::thumbprint::{ThumbprintHash, thumbprint_by};
use super::verifying_key::hmac_fits;
use crate::core::hex;
use crate::core::secret::Secret;

/// Which part of a key there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It verifies or encrypts.
    Public,
    /// It signs or decrypts, too.
    Private,
    /// One secret does it all.
    Secret,
}

impl Part {
    /// Returns `public`, `private` or `secret`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Secret => "secret",
        }
    }
}

/// What was found out about one key.
pub struct Inspection {
    /// What it came in; [`Form::Jwk`] for a key of a set.
    pub form: Form,
    /// Whether it was encrypted.
    pub encrypted: bool,
    /// Which part it is.
    pub part: Part,
    /// What makes it unfit for any use here, if something does.
    pub fault: Option<KeyError>,
    /// The algorithms that it can sign by, as far as its labels let it.
    pub signs: Vec<Algorithm>,
    /// The algorithms that it can verify by.
    pub verifies: Vec<Algorithm>,
    /// The key management of JWE that it can encrypt by.
    pub encrypts: Vec<KeyManagement>,
    /// The key management of JWE that it can decrypt by.
    pub decrypts: Vec<KeyManagement>,
    /// What is legal but unwise, or contradicts itself.
    pub warnings: Vec<Warning>,
    outline: Outline,
    labels: Map<String, Value>,
}

/// What was found out about a document.
#[derive(Debug)]
pub enum Inspected {
    /// It is one key.
    One(Box<Inspection>),
    /// It is a JWK Set: its keys in order, those that are none with the
    /// reason.
    Set(Vec<Result<Inspection, KeyError>>),
}

/// Looks into a key document.
///
/// # Errors
///
/// `key_malformed` and `key_set_malformed` for what is no key document,
/// `key_unsupported` for a form or an encryption that is not read, and
/// `passphrase`. A key that is recognized and unfit is no error, but in
/// [`Inspection::fault`].
pub fn inspect(document: &[u8], passphrase: Option<&Secret>) -> Result<Inspected, KeyError> {
    let one = match find(document, passphrase)? {
        Unread::Set(set) => return Ok(Inspected::Set(inspect_set(&set))),
        Unread::Jwk(members) => Inspection::of_jwk(&Jwk::new(members)?),
        Unread::OpenSsh(line) => Inspection::of_openssh(line),
        Unread::OpenSshPrivate(key) => {
            let key = key.public()?;
            let unfit = Outline::default();
            Inspection::of_read(Form::OpenSshPrivate, Part::Private, unfit, Ok(key))
        }
        Unread::Der(found) => Inspection::of_der(&found)?,
    };
    Ok(Inspected::One(Box::new(one)))
}

fn inspect_set(set: &JwkSet) -> Vec<Result<Inspection, KeyError>> {
    let mut inspected: Vec<_> = set
        .keys()
        .iter()
        .map(|jwk| Ok(Inspection::of_jwk(jwk)))
        .collect();
    // In the order of their places, so that each lands in its own.
    for skipped in set.skipped() {
        inspected.insert(skipped.index, Err(skipped.reason.clone()));
    }
    warn_of_ambiguity(&mut inspected);
    inspected
}

/// A kid is to tell the keys apart, at least those of one type (RFC 7517
/// §4.5).
fn warn_of_ambiguity(inspected: &mut [Result<Inspection, KeyError>]) {
    let identities: Vec<_> = inspected
        .iter()
        .flatten()
        .map(|key| (key.kid().map(str::to_owned), key.kty().map(str::to_owned)))
        .collect();
    for key in inspected.iter_mut().flatten() {
        let same = |(kid, kty): &&(Option<String>, Option<String>)| {
            kid.as_deref() == key.kid() && kty.as_deref() == key.kty()
        };
        if key.kid().is_some() && identities.iter().filter(same).count() > 1 {
            key.warnings.push(Warning::new(
                "ambiguous_key",
                "another key of the set has the same kid and type",
            ));
        }
    }
}

impl Inspection {
    fn of_jwk(jwk: &Jwk) -> Self {
        let members = jwk.members();
        let part = match jwk.kty() {
            "oct" => Part::Secret,
            "AKP" if members.contains_key("priv") => Part::Private,
            _ if members.contains_key("d") => Part::Private,
            _ => Part::Public,
        };
        let public = (part != Part::Secret).then(|| PublicKey::from_jwk(members));
        // A sound public key tells all, even if the private one is not.
        let mut outline = match &public {
            Some(Ok(key)) => Outline::of_key(key),
            _ => Outline::of_jwk(members),
        };
        let fault = match public {
            None => secret_fault(&outline),
            Some(Err(fault)) => match X25519Key::from_jwk(members, part == Part::Private) {
                Some(Ok(key)) => {
                    outline = Outline::of_x25519(&key);
                    None
                }
                Some(Err(fault)) => Some(fault),
                None => Some(fault),
            },
            Some(Ok(_)) if part == Part::Private => PrivateKey::from_jwk(members).err(),
            Some(Ok(_)) => None,
        };
        let labels = ["kid", "use", "key_ops", "alg"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), members.get(name)?.clone())))
            .collect();
        Self::new(Form::Jwk, part, outline, fault, labels, jwk.key_type())
    }

    fn of_openssh(line: Line) -> Self {
        let unfit = Outline::of_openssh(&line);
        Self::of_read(Form::OpenSsh, Part::Public, unfit, line.key())
    }

    /// # Errors
    ///
    /// The fault of a key of which nothing else can be told.
    fn of_der(found: &Found) -> Result<Self, KeyError> {
        let part = match found.structure.is_private() {
            true => Part::Private,
            false => Part::Public,
        };
        let key = found.read().and_then(|read| match read {
            KeyDocument::Public(key) => Ok(key),
            KeyDocument::Private(key) => key.public(),
            // DER holds no JSON.
            KeyDocument::Set(_) | KeyDocument::Jwk(_) => {
                Err(KeyError::new("key_malformed", "the key is no DER"))
            }
        });
        if let Some(Ok(key)) = X25519Key::from_der(found.der.expose()) {
            let outline = Outline::of_x25519(&key);
            return Ok(Self::new(found.form, part, outline, None, Map::new(), None));
        }
        match (key, Outline::of_der(found)) {
            (Err(fault), None) => Err(fault),
            (key, unfit) => Ok(Self::of_read(
                found.form,
                part,
                unfit.unwrap_or_default(),
                key,
            )),
        }
    }

    /// `unfit` is what is known where the key cannot be read.
    fn of_read(form: Form, part: Part, unfit: Outline, key: Result<PublicKey, KeyError>) -> Self {
        let (outline, fault, key_type) = match key {
            Ok(key) => (Outline::of_key(&key), None, Some(key.key_type())),
            Err(fault) => (unfit, Some(fault), None),
        };
        Self::new(form, part, outline, fault, Map::new(), key_type)
    }

    fn new(
        form: Form,
        part: Part,
        outline: Outline,
        fault: Option<KeyError>,
        labels: Map<String, Value>,
        key_type: Option<KeyType>,
    ) -> Self {
        let said = Labels::of(&labels);
        let able = |operation: &str| -> Vec<Algorithm> {
            let Some(key_type) = key_type.filter(|_| part == Part::Secret || fault.is_none())
            else {
                return Vec::new();
            };
            key_type
                .algorithms()
                .filter(|algorithm| said.permit(operation, *algorithm))
                .filter(|algorithm| match (part, outline.bits) {
                    (Part::Secret, bits) => {
                        hmac_fits(*algorithm, bits.unwrap_or_default() / 8).is_ok()
                    }
                    _ => true,
                })
                .collect()
        };
        let verifies = able("verify");
        let mut signs = able("sign");
        let (encrypts, mut decrypts) = match &outline.required {
            Some(required) if part == Part::Secret || fault.is_none() => {
                encryption(required, &labels)
            }
            _ => <_>::default(),
        };
        if part == Part::Public {
            signs.clear();
            decrypts.clear();
        }
        // A secret too short for HMAC may well wrap keys.
        let fault = fault.filter(|_| part != Part::Secret || encrypts.is_empty());
        let serves = match &outline.required {
            Some(required) => encryption(required, &Map::new()).0,
            None => Vec::new(),
        };
        let mut warnings = said.contradictions(key_type, &serves, part == Part::Public);
        warnings.extend(exponent_warning(&outline));
        Self {
            encrypted: form.structure() == Some(Structure::EncryptedPkcs8),
            form,
            part,
            fault,
            signs,
            verifies,
            encrypts,
            decrypts,
            warnings,
            outline,
            labels,
        }
    }

    /// Returns `kty`, `None` for a key of a type that JOSE has not.
    pub fn kty(&self) -> Option<&str> {
        self.outline.kty.as_deref()
    }

    /// Returns what there is of a kind beside `kty`: the curve, the parameter
    /// set, or the name of a type that JOSE has not.
    pub fn variant(&self) -> Option<&str> {
        self.outline.variant.as_deref()
    }

    /// Returns the bits of the modulus, of the curve's field, or of the secret.
    pub fn bits(&self) -> Option<usize> {
        self.outline.bits
    }

    /// Returns `kid`, `use`, `key_ops` and `alg` of a JWK, as they are.
    pub fn labels(&self) -> &Map<String, Value> {
        &self.labels
    }

    /// Returns `kid`.
    pub fn kid(&self) -> Option<&str> {
        self.labels.get("kid").and_then(Value::as_str)
    }

    /// Returns the SHA-256 of the DER `SubjectPublicKeyInfo`, in hexadecimal.
    pub fn spki_sha256(&self) -> Option<String> {
        self.outline.spki.as_deref().map(hex::sha256)
    }

    /// Returns the fingerprint of `ssh-keygen -l`, for the types that OpenSSH
    /// has.
    pub fn openssh_fingerprint(&self) -> Option<&str> {
        self.outline.openssh_fingerprint.as_deref()
    }

    /// Returns the thumbprint (RFC 7638). That of a secret is a hash of it, by
    /// which guesses at the secret can be tried; it should be concealed from
    /// those who do not have the secret (§7).
    ///
    /// # Errors
    ///
    /// `key_unsupported` for a key of which its public members are not known.
    pub fn thumbprint(&self, hash: ThumbprintHash) -> Result<String, KeyError> {
        match &self.outline.required {
            Some(required) => thumbprint_by(required, hash),
            None => Err(self.fault.clone().unwrap_or_else(|| {
                KeyError::new("key_unsupported", "a key of this type has no thumbprint")
            })),
        }
    }

    /// Returns the members that make the public key as a JWK, in
    /// lexicographic order; a secret has none.
    pub fn public_jwk(&self) -> Option<&Map<String, Value>> {
        match self.part {
            Part::Secret => None,
            Part::Public | Part::Private => self.outline.required.as_ref(),
        }
    }
}

/// Returns by what a key with these labels can encrypt, and by what it, or its
/// private key, can decrypt.
pub(super) fn encryption(
    required: &Map<String, Value>,
    labels: &Map<String, Value>,
) -> (Vec<KeyManagement>, Vec<KeyManagement>) {
    let mut members = required.clone();
    members.extend(labels.clone());
    let key = Jwk::new(members).and_then(|jwk| EncryptionKey::from_jwk(&jwk));
    match key {
        Ok(key) => (key.encrypts(), key.decrypts()),
        Err(_) => <_>::default(),
    }
}

fn secret_fault(outline: &Outline) -> Option<KeyError> {
    match outline.bits {
        Some(bits) => hmac_fits(Algorithm::HS256, bits / 8).err(),
        None => Some(KeyError::new(
            "key_malformed",
            "the JWK has no member `k` that is base64url without padding",
        )),
    }
}

/// A small exponent makes forgeries easy for a careless verifier
/// (CVE-2006-4339); FIPS 186-5 (appendix A.1.1) wants more than 2^16.
fn exponent_warning(outline: &Outline) -> Option<Warning> {
    let exponent = outline.exponent.as_deref()?;
    let small = match exponent {
        [low] => Some(u32::from(*low)),
        [high, low] => Some(u32::from(*high) << 8 | u32::from(*low)),
        _ => None,
    }?;
    // What is below 3 or even is a fault, and said so.
    (small >= 3 && small % 2 == 1).then(|| {
        Warning::new(
            "rsa_exponent",
            format!("the RSA exponent is {small}; 65537 is usual, and less is not good practice (FIPS 186-5)"),
        )
    })
}

impl fmt::Debug for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspection")
            .field("form", &self.form)
            .field("part", &self.part)
            .field("kty", &self.kty())
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}
