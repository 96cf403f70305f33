//! `--alg`: the algorithms as the table of the core lists them, for the help
//! and the completions.

use std::ffi::OsStr;

use authctl::core::jose::Algorithm;
use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

/// Parses the registered name of an algorithm.
#[derive(Clone, Copy, Debug)]
pub enum AlgorithmParser {
    /// Offers every algorithm.
    Any,
    /// Offers those with a key pair; a name of another is parsed all the same,
    /// for who uses it knows why it cannot be.
    Pair,
}

impl TypedValueParser for AlgorithmParser {
    type Value = Algorithm;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Algorithm, clap::Error> {
        StringValueParser::new()
            .try_map(|name| name.parse::<Algorithm>())
            .parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let offered = Algorithm::ALL
            .into_iter()
            .filter(|algorithm| matches!(self, Self::Any) || !algorithm.is_symmetric());
        Some(Box::new(
            offered.map(|algorithm| PossibleValue::new(algorithm.name())),
        ))
    }
}
