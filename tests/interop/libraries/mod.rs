//! Tokens and keys, exchanged in both directions with JOSE libraries that this
//! project did not write, over every algorithm.

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
