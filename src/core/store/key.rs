//! What a record is kept under.

use std::fmt;

use serde_json::json;

use crate::core::hex;

/// The name of a record: a person's session under a profile, or the tokens a
/// client got for itself.
///
/// The name is the account of the keychain item, is authenticated inside an
/// encrypted file, and its SHA-256 names files and locks, so that profiles
/// whose names differ by case, hold `/`, `..` or NUL or are very long stay
/// apart and inside the folder.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// Everything a client's own token depends on: a token cached for one set of
/// these is never given out for another.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientKey<'a> {
    /// The issuer, or the token endpoint of a server without metadata.
    pub issuer: &'a str,
    /// The `client_id`.
    pub client_id: &'a str,
    /// The account the token is for, where a grant names one.
    pub account: Option<&'a str>,
    /// The scopes asked for, in any order.
    pub scopes: &'a [String],
    /// The `audience` parameter.
    pub audience: Option<&'a str>,
    /// The `resource` parameters (RFC 8707), in any order.
    pub resource: &'a [String],
    /// The thumbprint of the key the token is bound to.
    pub proof_key: Option<&'a str>,
    /// What tells the further request parameters from others, where there are
    /// any: some servers choose the audience or the tenant by them.
    pub parameters: Option<&'a str>,
}

impl Key {
    /// Returns the key of the session kept for `profile`; any text is a
    /// profile name.
    pub fn session(profile: &str) -> Self {
        // Platforms refuse an empty account. A lone `%` is no escape, so no
        // other profile has this name.
        if profile.is_empty() {
            return Self("%".to_owned());
        }
        let mut name = String::with_capacity(profile.len());
        for c in profile.chars() {
            if must_be_escaped(c) {
                let mut octets = [0; 4];
                for octet in c.encode_utf8(&mut octets).bytes() {
                    name.push('%');
                    name.push_str(&hex::encode(&[octet]));
                }
            } else {
                name.push(c);
            }
        }
        Self(name)
    }

    /// Returns the key of the tokens a client got for itself.
    pub fn client(of: &ClientKey<'_>) -> Self {
        let sorted = |texts: &[String]| {
            let mut texts = texts.to_vec();
            texts.sort_unstable();
            texts.dedup();
            texts
        };
        // A JSON array: no two different lists of values have the same text.
        let text = json!([
            of.issuer,
            of.client_id,
            of.account,
            sorted(of.scopes),
            of.audience,
            sorted(of.resource),
            of.proof_key,
            of.parameters.as_slice(),
        ])
        .to_string();
        Self(format!("{CLIENT_PREFIX}{}", hex::sha256(text.as_bytes())))
    }

    /// Reads a name that [`Key::name`] gave; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        let valid = match name.strip_prefix(CLIENT_PREFIX) {
            Some(hash) => {
                hash.len() == 64
                    && hash
                        .bytes()
                        .all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'))
            }
            None => unescape(name).is_some_and(|profile| Self::session(&profile).0 == name),
        };
        valid.then(|| Self(name.to_owned()))
    }

    /// Returns the name: `default` for the profile `default`,
    /// `#client-<hex>` for a client's own tokens.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Returns the profile whose session this is, `None` for a client's own
    /// tokens.
    pub fn profile(&self) -> Option<String> {
        if self.0.starts_with('#') {
            return None;
        }
        unescape(&self.0)
    }

    /// Returns the hexadecimal SHA-256 of the name, which names files.
    pub(super) fn hash(&self) -> String {
        hex::sha256(self.0.as_bytes())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:?})", self.0)
    }
}

/// `#` parts what authctl itself adds from a profile's name; controls (NUL
/// among them) cannot be sent over D-Bus.
fn must_be_escaped(c: char) -> bool {
    c == '#' || c == '%' || c.is_control()
}

fn unescape(name: &str) -> Option<String> {
    if name == "%" {
        return Some(String::new());
    }
    let mut octets = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        if octet == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            octets.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            octets.push(octet);
        }
    }
    String::from_utf8(octets)
        .ok()
        .filter(|text| !text.is_empty())
}

pub(super) const CLIENT_PREFIX: &str = "#client-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_profile_is_its_own_name() {
        assert_eq!(Key::session("default").name(), "default");
        assert_eq!(Key::session("arbeit/größe ..").name(), "arbeit/größe ..");
    }

    /// S18.
    #[test]
    fn profiles_stay_apart_and_come_back() {
        let long = "x".repeat(300);
        let profiles = [
            "dev", "Dev", "DEV", "a/b", "a\0b", "a%00b", "a#b", "a%23b", "..", ".", "", "%", "%%",
            "../dev", "a\nb", "a\u{85}b", "#client-", &long,
        ];
        let mut hashes = Vec::new();
        for profile in profiles {
            let key = Key::session(profile);
            assert!(!key.name().is_empty());
            assert!(!key.name().contains(['#', '\0', '\n']), "{key:?}");
            assert_eq!(key.profile().as_deref(), Some(profile));
            assert_eq!(Key::from_name(key.name()), Some(key.clone()));
            hashes.push(key.hash());
        }
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), profiles.len());
    }

    #[test]
    fn other_texts_are_no_names() {
        for name in [
            "",
            "a#b",
            "a%",
            "a%2",
            "a%zz",
            "a%61",
            "%ff",
            "a\0b",
            "#client-",
            "#client-00#1.2",
            "#other",
            "%+1",
        ] {
            assert_eq!(Key::from_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn every_part_of_a_client_key_counts_and_order_does_not() {
        let ab = ["a".to_owned(), "b".to_owned()];
        let ba = ["b".to_owned(), "a".to_owned(), "a".to_owned()];
        let base = ClientKey {
            issuer: "https://as.example",
            client_id: "ci",
            scopes: &ab,
            ..ClientKey::default()
        };
        let key = Key::client(&base);
        assert!(key.name().starts_with("#client-"));
        assert_eq!(key.profile(), None);
        assert_eq!(Key::from_name(key.name()), Some(key.clone()));
        assert_eq!(
            key,
            Key::client(&ClientKey {
                scopes: &ba,
                ..base
            })
        );
        for other in [
            ClientKey {
                issuer: "https://as.example/",
                ..base
            },
            ClientKey {
                client_id: "cj",
                ..base
            },
            ClientKey {
                account: Some("a"),
                ..base
            },
            ClientKey {
                scopes: &ab[..1],
                ..base
            },
            ClientKey {
                audience: Some("a"),
                ..base
            },
            ClientKey {
                audience: Some(""),
                ..base
            },
            ClientKey {
                resource: &ab,
                ..base
            },
            ClientKey {
                proof_key: Some("a"),
                ..base
            },
            ClientKey {
                parameters: Some("digest"),
                ..base
            },
        ] {
            assert_ne!(key, Key::client(&other), "{other:?}");
        }
    }

    #[test]
    fn files_are_named_by_the_sha256_of_the_name() {
        // SHA-256("abc"), FIPS 180-4 appendix B.1.
        assert_eq!(
            Key::session("abc").hash(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
