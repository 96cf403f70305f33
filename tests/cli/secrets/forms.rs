//! A secret in all the forms that it might turn up in, and the search for all
//! of them at once.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

/// The fewest octets of what is searched for: fewer would be found by chance.
const LEAST: usize = 8;

/// What must not be seen: each form with the name of what it is a form of.
#[derive(Default)]
pub struct Forms {
    forms: Vec<(String, Vec<u8>)>,
    /// The forms by the octets that they begin with.
    heads: HashMap<[u8; LEAST], Vec<usize>>,
    secrets: Vec<String>,
}

impl Forms {
    /// Adds a secret in all its forms.
    pub fn add(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= LEAST, "{name} is too short to look for");
        if self.secrets.iter().any(|known| known == secret) {
            return;
        }
        self.secrets.push(secret.to_owned());
        let octets = secret.as_bytes();
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let percent = |upper: bool| -> String {
            octets
                .iter()
                .map(|octet| match upper {
                    true => format!("%{octet:02X}"),
                    false => format!("%{octet:02x}"),
                })
                .collect()
        };
        let json = Value::from(secret).to_string();
        let escaped: String = secret
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        let bytes = format!("{octets:?}");
        let mut forms = vec![
            ("", secret.to_owned()),
            (" in upper-case hexadecimal", hex.to_uppercase()),
            (" in hexadecimal", hex),
            (" percent-encoded", percent(true)),
            (" percent-encoded", percent(false)),
            (
                " as in a form",
                url::form_urlencoded::byte_serialize(octets).collect(),
            ),
            (" as in JSON", json[1..json.len() - 1].to_owned()),
            (" as in JSON, slashes escaped", secret.replace('/', r"\/")),
            (" as in JSON, all escaped", escaped),
            (" as Rust shows it", secret.escape_debug().to_string()),
            (
                " as Rust shows octets",
                bytes[1..bytes.len() - 1].to_owned(),
            ),
            (" reversed", secret.chars().rev().collect()),
        ];
        // In a longer text its octets may begin at any of three places.
        for skipped in 0..3 {
            let octets = &octets[skipped..];
            let whole = &octets[..octets.len() / 3 * 3];
            forms.push((" in base64", BASE64_STANDARD_NO_PAD.encode(whole)));
            forms.push((" in base64url", BASE64_URL_SAFE_NO_PAD.encode(whole)));
        }
        // The signature alone would do to complete a token.
        if let Some((_, signature)) = secret.rsplit_once('.')
            && secret.matches('.').count() == 2
        {
            forms.push((", its signature", signature.to_owned()));
        }
        for (form, text) in forms {
            self.add_form(format!("{name}{form}"), text.into_bytes());
        }
    }

    fn add_form(&mut self, name: String, octets: Vec<u8>) {
        let Some(head) = octets.first_chunk::<LEAST>() else {
            return;
        };
        let same_head = self.heads.entry(*head).or_default();
        if !same_head.iter().any(|at| self.forms[*at].1 == octets) {
            same_head.push(self.forms.len());
            self.forms.push((name, octets));
        }
    }

    /// Returns what of all this is in a text, by name.
    pub fn found_in(&self, text: &[u8]) -> Vec<&str> {
        let mut found = Vec::new();
        for (at, head) in text.windows(LEAST).enumerate() {
            let Ok(head) = <[u8; LEAST]>::try_from(head) else {
                continue;
            };
            for form in self.heads.get(&head).into_iter().flatten() {
                let (name, octets) = &self.forms[*form];
                if text[at..].starts_with(octets) {
                    found.push(name.as_str());
                }
            }
        }
        found
    }

    /// Returns how many secrets there are.
    pub fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// Returns how many forms of them there are.
    pub fn len(&self) -> usize {
        self.forms.len()
    }
}

#[test]
fn every_form_is_found() {
    let mut forms = Forms::default();
    let secret = "h.a/rd \"\u{e9}+&.secret%";
    forms.add("it", secret);
    let octets = secret.as_bytes();
    for text in [
        format!("x{secret}y"),
        "682e612f72642022c3a92b262e73656372657425".into(),
        "682E612F72642022C3A92B262E73656372657425".into(),
        "code=h.a%2Frd+%22%C3%A9%2B%26.secret%25&".into(),
        r#"{"a":"h.a/rd \"é+&.secret%"}"#.into(),
        r#"{"a":"h.a\/rd "é+&.secret%"}"#.into(),
        format!("{:?}", [secret]),
        format!("{octets:?}"),
        BASE64_STANDARD_NO_PAD.encode(format!("x{secret}yz")),
        BASE64_URL_SAFE_NO_PAD.encode(format!("xy{secret}z")),
        BASE64_STANDARD_NO_PAD.encode(format!("xyz{secret}")),
    ] {
        assert!(!forms.found_in(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(forms.found_in(b"h.a/rd is no secret").is_empty());
    assert_eq!(forms.secrets(), 1);
    assert!(forms.len() > 12);
}
