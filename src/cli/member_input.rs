//! A member of a JSON object that is typed: `name=text`, or `name:=json`.

use std::str::FromStr;

use authctl::core::error::Error;
use authctl::core::jose::{JsonText, Members};

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberInput {
    /// The name, not empty.
    pub name: String,
    /// The value: a string, or whatever was written as JSON.
    pub value: JsonText,
}

impl FromStr for MemberInput {
    type Err = String;

    /// The first `=` ends the name, and a `:` before it says that JSON
    /// follows. (In `https://a.example/b=c` it does not stand before it.)
    fn from_str(typed: &str) -> Result<Self, String> {
        const FORMS: &str = "expected NAME=TEXT or NAME:=JSON";
        let (name, value) = typed.split_once('=').ok_or(FORMS)?;
        let (name, value) = match name.strip_suffix(':') {
            Some(name) => (
                name,
                JsonText::parse(value).map_err(|error| error.to_string())?,
            ),
            None => (name, JsonText::from(value.to_owned())),
        };
        if name.is_empty() {
            return Err(FORMS.into());
        }
        Ok(Self {
            name: name.to_owned(),
            value,
        })
    }
}

impl MemberInput {
    /// Adds it to a JOSE header.
    ///
    /// # Errors
    ///
    /// Exit 2 for a name that is there already.
    pub fn add_to(&self, header: &mut Members) -> Result<(), Error> {
        if header.contains(&self.name) {
            return Err(Error::usage(
                format!("the member `{}` of the header is given twice", self.name),
                "give it once",
            ));
        }
        header.insert_text(self.name.as_str(), self.value.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_text_or_json() {
        let json = |text: &str| JsonText::parse(text).unwrap();
        for (typed, name, value) in [
            ("a=b", "a", json(r#""b""#)),
            ("a=", "a", json(r#""""#)),
            ("a=1", "a", json(r#""1""#)),
            ("a==b", "a", json(r#""=b""#)),
            ("a:=1", "a", json("1")),
            ("a:= [1, true]", "a", json("[1,true]")),
            (r#"a:={"b=c":null}"#, "a", json(r#"{"b=c":null}"#)),
            (
                "https://a.example/r=x",
                "https://a.example/r",
                json(r#""x""#),
            ),
            ("https://a.example/r:=[]", "https://a.example/r", json("[]")),
        ] {
            let found: MemberInput = typed.parse().unwrap();
            assert_eq!((found.name.as_str(), found.value), (name, value), "{typed}");
        }
    }

    #[test]
    fn other_texts_are_no_members() {
        for (typed, error) in [
            ("", "expected NAME=TEXT or NAME:=JSON"),
            ("a", "expected NAME=TEXT or NAME:=JSON"),
            ("=b", "expected NAME=TEXT or NAME:=JSON"),
            (":=1", "expected NAME=TEXT or NAME:=JSON"),
            ("a:=", "not JSON: it ends too early"),
            ("a:=x", "not JSON, or beyond its limits, at line 1 column 1"),
            (
                r#"a:={"b":1,"b":2}"#,
                "JSON in which the member `b` comes twice",
            ),
        ] {
            assert_eq!(typed.parse::<MemberInput>(), Err(error.into()), "{typed}");
        }
    }
}
