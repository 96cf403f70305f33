//! From the arguments to a command, without building the whole tree where that
//! can be spared.

use std::ffi::OsString;

use clap::{Args as _, FromArgMatches as _, Parser as _};

use super::{Cli, Command, Globals};

/// Parses the command line.
///
/// The commands that do their work in less time than clap takes for the whole
/// tree are parsed by themselves. Whatever that does not understand, help and
/// errors included, is for the whole tree.
pub fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let quick = match arguments.get(1).and_then(|name| name.to_str()) {
        Some("decode") => parse_one(arguments, Command::Decode),
        Some("verify") => parse_one(arguments, Command::Verify),
        Some("sign") => parse_one(arguments, Command::Sign),
        Some("encrypt") => parse_one(arguments, Command::Encrypt),
        Some("decrypt") => parse_one(arguments, Command::Decrypt),
        Some("keygen") => parse_one(arguments, Command::Keygen),
        Some("token") => parse_one(arguments, Command::Token),
        _ => None,
    };
    quick.map_or_else(|| Cli::try_parse_from(arguments), Ok)
}

/// Parses what follows the name of one command. Global flags, which are a good
/// part of what there is to build, take part where one is typed; whatever is
/// not understood without them is not understood here.
fn parse_one<A: clap::Args>(arguments: &[OsString], into: fn(A) -> Command) -> Option<Cli> {
    let with_globals = arguments.iter().any(is_global);
    let mut one = A::augment_args(clap::Command::new("authctl"));
    if with_globals {
        one = Globals::augment_args(one);
    }
    let matches = one.try_get_matches_from_mut(&arguments[1..]);
    // The process is about to end; taking the tree apart would be for nothing.
    std::mem::forget(one);
    // Out of these the values are moved; the other functions copy them all.
    let mut matches = matches.ok()?;
    let cli = Cli {
        globals: match with_globals {
            true => Globals::from_arg_matches_mut(&mut matches).ok()?,
            false => Globals::default(),
        },
        command: into(A::from_arg_matches_mut(&mut matches).ok()?),
    };
    std::mem::forget(matches);
    Some(cli)
}

/// Says whether an argument may be a global flag.
fn is_global(argument: &OsString) -> bool {
    let text = argument.as_encoded_bytes();
    text.first() == Some(&b'-')
        && WITH_VALUE
            .iter()
            .chain(&WITHOUT_VALUE)
            .any(|flag| text.starts_with(flag.as_bytes()))
}

/// Moves an `-o FORMAT` that stands before the command behind it. It may stand
/// in either place, as all that is global, but each command has formats of its
/// own.
pub fn output_last(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    let mut moved = Vec::new();
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        let with_next = at + 2 <= arguments.len();
        match argument {
            "-o" | "--output" if with_next => moved.extend(arguments.drain(at..at + 2)),
            _ if argument.starts_with("--output=") => moved.push(arguments.remove(at)),
            _ if argument.starts_with("-o") => moved.push(arguments.remove(at)),
            _ if WITH_VALUE.contains(&argument) => at += 2,
            _ if argument.starts_with('-') && argument != "--" => at += 1,
            _ => break,
        }
    }
    if !moved.is_empty() {
        let end = arguments.iter().position(|argument| argument == "--");
        let end = end.unwrap_or(arguments.len());
        arguments.splice(end..end, moved);
    }
    arguments
}

/// Says whether errors are to be JSON. It is read off the bare arguments,
/// since it also bears on errors of the command line itself.
pub fn asks_for_json(arguments: &[OsString]) -> bool {
    let mut arguments = arguments
        .iter()
        .skip(1)
        .map(|argument| argument.to_str().unwrap_or_default())
        .take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        match argument {
            "--json" | "-ojson" | "-o=json" | "--output=json" => return true,
            "-o" | "--output" if arguments.next() == Some("json") => return true,
            _ => {}
        }
    }
    false
}

/// The global flags that take a value.
const WITH_VALUE: [&str; 11] = [
    "-p",
    "--profile",
    "--config",
    "--store",
    "--store-key",
    "--store-passphrase",
    "--color",
    "--timeout",
    "--cacert",
    "--cert",
    "--cert-key",
];

/// Those that take none.
const WITHOUT_VALUE: [&str; 6] = ["--json", "-q", "--quiet", "-v", "--verbose", "--no-input"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_cut_to_a_command_parses_as_the_whole_tree_does() {
        for line in [
            "authctl decode -o json tok -p x -vv --color always",
            "authctl decode",
            "authctl verify --key k --alg ES256,RS256 --audience a --audience b --claim n=1 --json t",
            "authctl verify --secret env:S -",
            "authctl verify --secret env:S -qv --color=never t",
            "authctl sign --key k --exp -1h c",
            "authctl sign --key k --kid a --sub b --aud c --aud d --exp 5m --nbf -5s --jti --claim e:=1 -",
            "authctl sign --secret env:S --jws --detached -o json @f --header a=b",
            "authctl keygen --alg RS256 --bits 3072 --out - --no-input",
            "authctl token --client --scope a -q --timeout 5s --client-secret file:s --param a=b",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let short = parse(&words).unwrap();
            let whole = Cli::try_parse_from(&words).unwrap();
            assert_eq!(format!("{short:?}"), format!("{whole:?}"), "{line}");
        }
        for line in [
            "authctl decode --nope",
            "authctl verify --help",
            "authctl token a b",
            "authctl sign --key k --nbf --json",
            "authctl sign --key --quiet",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let short = parse(&words).unwrap_err().to_string();
            let whole = Cli::try_parse_from(&words).unwrap_err().to_string();
            assert_eq!(short, whole, "{line}");
        }
    }

    #[test]
    fn the_global_flags_are_known_by_name() {
        let tree = Globals::augment_args(clap::Command::new("authctl"));
        let mut listed = [WITH_VALUE.to_vec(), WITHOUT_VALUE.to_vec()].concat();
        let mut found = Vec::new();
        for argument in tree.get_arguments() {
            found.extend(argument.get_short().map(|short| format!("-{short}")));
            found.extend(argument.get_long().map(|long| format!("--{long}")));
        }
        listed.sort_unstable();
        found.sort_unstable();
        assert_eq!(listed, found);
    }

    #[test]
    fn an_output_format_may_stand_before_the_command() {
        for (typed, read) in [
            ("a -o json token --client", "a token --client -o json"),
            (
                "a -q -p x --output=json token",
                "a -q -p x token --output=json",
            ),
            ("a -ojson serve -- x -o y", "a serve -ojson -- x -o y"),
            ("a token -o json", "a token -o json"),
            ("a -o", "a -o"),
            ("a", "a"),
        ] {
            let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(output_last(words(typed)), words(read));
        }
    }

    #[test]
    fn json_is_seen_in_every_spelling() {
        let asks =
            |line: &str| asks_for_json(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in [
            "authctl --json x",
            "authctl x -o json",
            "authctl x -ojson",
            "authctl x --output=json",
            "authctl x --output json",
        ] {
            assert!(asks(line), "{line}");
        }
        for line in [
            "authctl x",
            "authctl x -o token json",
            "authctl x -- --json",
        ] {
            assert!(!asks(line), "{line}");
        }
    }
}
