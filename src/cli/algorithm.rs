//! `--alg` and `--crv`: the algorithms and curves as the tables of the core list
//! them, for the help and the completions.

use std::ffi::OsStr;

use authctl::core::jose::jwe::{self, Group, KeyManagement};
use authctl::core::jose::{Algorithm, algorithm};
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

/// Parses the registered name of an algorithm of signatures. Those with a key
/// pair are offered; another is parsed all the same, for who uses it knows why
/// it cannot be.
#[derive(Clone, Copy, Debug)]
pub struct PairAlgorithmParser;

impl TypedValueParser for PairAlgorithmParser {
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
            .filter(|algorithm| !algorithm.is_symmetric());
        Some(Box::new(
            offered.map(|algorithm| PossibleValue::new(algorithm.name())),
        ))
    }
}

/// What a key can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// Signatures by this algorithm.
    Signature(Algorithm),
    /// Encryption by this one.
    Encryption(KeyManagement),
}

/// Parses the registered name of an algorithm of either kind that keys are
/// made for.
#[derive(Clone, Copy, Debug)]
pub struct KeyAlgorithmParser;

impl TypedValueParser for KeyAlgorithmParser {
    type Value = KeyAlgorithm;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<KeyAlgorithm, clap::Error> {
        let parse = |name: String| match (name.parse(), name.parse()) {
            (Ok(algorithm), _) => Ok(KeyAlgorithm::Signature(algorithm)),
            (_, Ok(algorithm)) => Ok(KeyAlgorithm::Encryption(algorithm)),
            (_, Err(refused @ jwe::UnknownAlgorithm::Rsa15)) => Err(refused.to_string()),
            (Err(refused @ algorithm::UnknownAlgorithm::None), _) => Err(refused.to_string()),
            (Err(refused), Err(jwe::UnknownAlgorithm::Unknown(others))) => {
                Err(format!("{refused}, {others}"))
            }
        };
        StringValueParser::new()
            .try_map(parse)
            .parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let signatures = Algorithm::ALL.into_iter().map(Algorithm::name);
        // A password is not generated.
        let encryption = KeyManagement::all().filter(|alg| alg.default_iterations().is_none());
        let names = signatures.chain(encryption.map(KeyManagement::name));
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

/// Parses the `crv` of a curve on which keys are agreed.
pub fn curve_parser() -> impl TypedValueParser<Value = Group> {
    PossibleValuesParser::new(Group::ALL.map(Group::name))
        .try_map(|name| Group::from_name(&name).ok_or("no curve on which keys are agreed"))
}
