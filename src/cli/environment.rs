//! The environment variables.

use std::ffi::OsString;

use authctl::core::error::Error;

/// The environment variables, read on demand in one place.
#[derive(Clone, Copy, Debug)]
pub struct Environment;

impl Environment {
    /// Returns a variable that is set and not empty, as it is.
    pub fn raw(self, name: &str) -> Option<OsString> {
        // A name with `=` or NUL can be no variable's.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var_os(name).filter(|value| !value.is_empty())
    }

    /// Returns a variable that is set and not empty, as text.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] when it is not UTF-8.
    pub fn text(self, name: &str) -> Result<Option<String>, Error> {
        self.raw(name)
            .map(|value| {
                value.into_string().map_err(|_| {
                    Error::input(
                        format!("the variable {name} is not UTF-8"),
                        "set it to text",
                    )
                })
            })
            .transpose()
    }

    /// Returns the names of all variables that begin as authctl's do, sorted.
    pub fn names_of_ours(self) -> Vec<String> {
        let names = std::env::vars_os().map(|(name, _)| name);
        let mut names: Vec<String> = names
            .filter_map(|name| name.into_string().ok())
            .filter(|name| name.starts_with("AUTHCTL_"))
            .collect();
        names.sort_unstable();
        names
    }

    /// Says whether a variable switches something on: set, and neither empty,
    /// `0`, `false`, `no` nor `off`.
    pub fn is_on(self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| {
            let value = value.to_string_lossy().to_lowercase();
            !matches!(value.as_str(), "0" | "false" | "no" | "off")
        })
    }
}
