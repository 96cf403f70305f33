//! The account names of a keychain that does not tell upper from lower case,
//! as the Windows Credential Manager does not.

/// Returns the account of the key `name`: `Dev#0.1` is `^44;ev#0.1`. Two
/// names that differ have accounts that differ in more than case.
pub fn of_name(name: &str) -> String {
    let mut account = String::with_capacity(name.len());
    for c in name.chars() {
        if c == ESCAPE || has_case(c) {
            account.push_str(&format!("{ESCAPE}{:x};", u32::from(c)));
        } else {
            account.push(c);
        }
    }
    account
}

/// Returns the name again; `None` for an account that is of no name.
pub fn name_of(account: &str) -> Option<String> {
    let mut pieces = account.split(ESCAPE);
    let mut name = pieces.next()?.to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_once(';')?;
        name.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        name.push_str(rest);
    }
    (of_name(&name) == account).then_some(name)
}

/// Lower case is left as it is where it is the everyday one; of the others
/// several may share an upper case, such as `σ` and `ς`.
fn has_case(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_uppercase()
    } else {
        c.to_lowercase().ne(c.to_uppercase())
    }
}

const ESCAPE: char = '^';

#[cfg(test)]
mod tests {
    use super::*;

    /// S18.
    #[test]
    fn names_come_back_and_differ_in_more_than_case() {
        let names = [
            "dev",
            "Dev",
            "DEV",
            "dEV",
            "^44;ev",
            "^",
            "größe",
            "GRÖSSE",
            "σ",
            "ς",
            "Σ",
            "ǆ",
            "ǅ",
            "Ǆ",
            "ß",
            "ẞ",
            "i",
            "ı",
            "I",
            "İ",
            "日本",
            "a/b",
            "a.b",
            "%41",
            "#client-00",
            "dev#0.1",
        ];
        let mut folded = Vec::new();
        for name in names {
            let account = of_name(name);
            assert_eq!(name_of(&account).as_deref(), Some(name), "{account}");
            folded.push(account.to_uppercase());
        }
        folded.sort_unstable();
        folded.dedup();
        assert_eq!(folded.len(), names.len());
        assert_eq!(of_name("default"), "default");
    }

    #[test]
    fn other_accounts_are_of_no_name() {
        for account in [
            "Dev", "^", "^61;", "^44", "^zz;", "^110000;", "^0044;ev", "^44;EV",
        ] {
            assert_eq!(name_of(account), None, "{account}");
        }
    }
}
