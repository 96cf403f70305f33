//! Tokens and keys, exchanged in both directions with JOSE libraries that this
//! project did not write, over every algorithm.

mod encryption;
mod keys;
mod signatures;

use authctl::core::jose::Algorithm;

use crate::harness::{Library, Outcome, Sandbox};

/// Every library with every signature algorithm that it has.
fn shared() -> impl Iterator<Item = (&'static Library, Algorithm)> {
    Library::all().into_iter().flat_map(|library| {
        Algorithm::ALL
            .into_iter()
            .filter(|algorithm| !library.lacks(*algorithm))
            .map(move |algorithm| (library, algorithm))
    })
}

/// Runs authctl with the arguments of `line`, and `input` for it to read.
fn authctl(sandbox: &Sandbox, line: &str, input: &str) -> Outcome {
    sandbox.authctl_with_input(line.split_whitespace(), input)
}

/// Changes a character in the middle of each part in turn, those that are empty
/// apart.
fn changed(token: &str) -> Vec<String> {
    let parts: Vec<&str> = token.split('.').collect();
    (0..parts.len())
        .filter(|changed| !parts[*changed].is_empty())
        .map(|changed| {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let middle = parts[changed].len() / 2;
            let other = match parts[changed].as_bytes()[middle] {
                b'A' => "B",
                _ => "A",
            };
            parts[changed].replace_range(middle..=middle, other);
            parts.join(".")
        })
        .collect()
}
