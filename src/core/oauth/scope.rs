//! Scopes: the access that is asked for (RFC 6749 §3.3).

use std::fmt;
use std::str::FromStr;

/// Scope tokens in the order given, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

/// Why a text is no scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScope {
    /// A token with a character that RFC 6749 §3.3 does not allow.
    #[error("a scope consists of printable ASCII characters without space, \" and \\")]
    Character,
}

impl Scopes {
    /// Takes scope tokens that are already apart.
    ///
    /// # Errors
    ///
    /// When one is empty or holds a character that RFC 6749 §3.3 does not
    /// allow: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
    pub fn from_tokens<I, S>(tokens: I) -> Result<Self, InvalidScope>
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        let mut scopes = Self::default();
        for token in tokens {
            let token = token.into();
            if token.is_empty() || !token.bytes().all(is_scope_character) {
                return Err(InvalidScope::Character);
            }
            scopes.push(token);
        }
        Ok(scopes)
    }

    /// Reads the value of a `scope` parameter or member as it came over the
    /// wire: tokens apart by spaces. Nothing is refused, since what a server
    /// calls a scope is its own affair.
    pub fn from_wire(value: &str) -> Self {
        let mut scopes = Self::default();
        for token in value.split(' ').filter(|token| !token.is_empty()) {
            scopes.push(token.to_owned());
        }
        scopes
    }

    /// Adds all of `other` that is not there yet.
    pub fn extend(&mut self, other: Scopes) {
        for token in other.0 {
            self.push(token);
        }
    }

    /// Returns the tokens in the order given.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Returns the tokens in the order given.
    pub fn into_vec(self) -> Vec<String> {
        self.0
    }

    /// Says whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says whether this token is among them; case matters (RFC 6749 §3.3).
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|own| own == token)
    }

    /// Returns the tokens sorted: two requests for the same access have the
    /// same sorted tokens, since "their order does not matter" (§3.3).
    pub fn sorted(&self) -> Vec<String> {
        let mut tokens = self.0.clone();
        tokens.sort_unstable();
        tokens
    }

    fn push(&mut self, token: String) {
        if !self.0.contains(&token) {
            self.0.push(token);
        }
    }
}

impl FromStr for Scopes {
    type Err = InvalidScope;

    /// Reads scopes as typed: apart by spaces or commas. A comma inside a
    /// scope token is legal on the wire, but rarer than people who separate by
    /// it.
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        Self::from_tokens(
            text.split([' ', ','])
                .filter(|token| !token.is_empty())
                .map(str::to_owned),
        )
    }
}

impl fmt::Display for Scopes {
    /// Writes the wire form: tokens apart by one space, in the order given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

fn is_scope_character(octet: u8) -> bool {
    matches!(octet, 0x21 | 0x23..=0x5B | 0x5D..=0x7E)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_typed() {
        for (text, wire) in [
            ("", ""),
            ("openid", "openid"),
            ("openid profile", "openid profile"),
            ("openid,profile, email", "openid profile email"),
            ("b a b", "b a"),
            (
                "https://api.example/.default",
                "https://api.example/.default",
            ),
        ] {
            let scopes: Scopes = text.parse().expect(text);
            assert_eq!(scopes.to_string(), wire, "{text:?}");
        }
    }

    #[test]
    fn characters_that_no_scope_has_are_refused() {
        for text in ["a\"b", "a\\b", "a\tb", "ä", "a\nb", "a\u{7f}"] {
            assert_eq!(
                text.parse::<Scopes>(),
                Err(InvalidScope::Character),
                "{text:?}"
            );
        }
        assert_eq!(
            Scopes::from_tokens(["a b"]),
            Err(InvalidScope::Character),
            "a space is a separator, not a character"
        );
        assert_eq!(Scopes::from_tokens([""]), Err(InvalidScope::Character));
    }

    #[test]
    fn the_wire_form_separates_by_spaces_alone() {
        assert_eq!(
            Scopes::from_wire("repo,gist  x").as_slice(),
            ["repo,gist", "x"]
        );
        assert!(Scopes::from_wire("").is_empty());
    }

    #[test]
    fn order_is_kept_for_the_request_and_lost_for_the_comparison() {
        let scopes: Scopes = "b a".parse().expect("scopes");
        assert_eq!(scopes.to_string(), "b a");
        assert_eq!(scopes.sorted(), ["a", "b"]);
        assert!(scopes.contains("a") && !scopes.contains("A"));
    }
}
