//! Holds README.md to the program: its exit codes, its variables, its command
//! lines and its examples are those of the binary.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use authctl::core::config::{ConfigFile, Setting};
use authctl::core::error::EXIT_CODES;
use authctl::core::jose::Algorithm;
use authctl::server::Config;

const README: &str = include_str!("../README.md");

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let written: Vec<Vec<String>> = table("code");
    let meant: Vec<Vec<String>> = EXIT_CODES
        .iter()
        .map(|row| {
            let code = (row.exit as u8).to_string();
            vec![code, row.meaning.to_owned(), row.typical.to_owned()]
        })
        .collect();
    assert_eq!(written, meant);
}

/// The algorithms are those of the one table, in its order.
#[test]
fn the_algorithms_are_those_of_the_program() {
    let rows = table("algorithm");
    let written: Vec<&str> = rows.iter().flat_map(|row| row[0].split(", ")).collect();
    let meant: Vec<&str> = Algorithm::ALL.into_iter().map(Algorithm::name).collect();
    assert_eq!(written, meant);
}

/// The settings are in the order and under the names of the program, and no
/// variable that its code names is missing or made up.
#[test]
fn the_variables_are_those_of_the_program() {
    let rows = table("variable");
    let in_code = |cell: &str| cell.trim_matches('`').to_owned();
    let settings: Vec<[String; 3]> = rows
        .iter()
        .filter(|row| !row[2].is_empty())
        .map(|row| [in_code(&row[0]), in_code(&row[1]), in_code(&row[2])])
        .collect();
    let meant: Vec<[String; 3]> = Setting::all()
        .map(|setting| [setting.variable(), setting.flag(), setting.key()].map(str::to_owned))
        .collect();
    assert_eq!(settings, meant);

    let written: BTreeSet<String> = rows.iter().map(|row| in_code(&row[0])).collect();
    let mut named = BTreeSet::new();
    variables_below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut named,
    );
    assert_eq!(written, named);
}

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let mut helps = Helps::default();
    let lines = command_lines(README);
    assert!(lines.len() > 40, "only {} command lines found", lines.len());
    let faults: Vec<String> = lines
        .iter()
        .filter_map(|words| {
            let fault = helps.fault(words)?;
            Some(format!("authctl {}: {fault}", words.join(" ")))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Flags that the text names between backticks are known to some command.
#[test]
fn every_flag_in_the_text_is_one_of_the_program() {
    // Those of cargo, in the section on packaging.
    const OTHERS: [&str; 2] = ["--path", "--manifest-path"];
    const OTHER_PROGRAMS: [&str; 2] = ["cargo", "dbus-run-session"];
    let mut helps = Helps::default();
    let mut known = String::new();
    for words in command_lines(README).into_iter().chain([Vec::new()]) {
        let names = words.iter().take_while(|word| !word.starts_with('-'));
        let mut path: Vec<String> = names.cloned().collect();
        while helps.of(&path).is_none() {
            path.pop();
        }
        known.push_str(helps.of(&path).unwrap());
    }
    let known: BTreeSet<&str> = known
        .split(|c: char| c != '-' && !c.is_ascii_alphanumeric())
        .collect();
    let prose = README.split("\n```").step_by(2);
    let unknown: BTreeSet<&str> = prose
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .filter(|code| {
            let program = code.split(' ').next().unwrap_or_default();
            !OTHER_PROGRAMS.contains(&program)
        })
        .flat_map(str::split_whitespace)
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(|word| word.split_once('=').map_or(word, |(flag, _)| flag))
        .filter(|word| !known.contains(word) && !OTHERS.contains(word))
        .collect();
    assert_eq!(unknown, BTreeSet::new());
}

#[test]
fn every_command_is_shown() {
    let mut helps = Helps::default();
    let top = helps.of(&[]).unwrap().to_owned();
    let commands = top
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next());
    let shown: BTreeSet<String> = command_lines(README)
        .into_iter()
        .filter_map(|words| words.into_iter().next())
        .collect();
    let missing: Vec<&str> = commands
        // In the text and in the two commands of the beginning.
        .filter(|name| !shown.contains(*name) && !["help", "demo"].contains(name))
        .collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_command_line_that_is_wrong_is_found() {
    let mut helps = Helps::default();
    for (line, fault) in [
        ("authctl tokn", Some("there is no such command")),
        ("authctl profile sett a b", Some("there is no such command")),
        ("authctl token --clint", Some("there is no --clint")),
        ("authctl token -o yaml", Some("-o does not take yaml")),
        ("X=1 authctl status --all | cat", Some("there is no --all")),
        (
            "curl -H \"$(authctl token --nope)\" x",
            Some("there is no --nope"),
        ),
        (
            "authctl serve -- sh -c 'authctl token --nope'",
            Some("there is no --nope"),
        ),
        ("authctl token --min-ttl=5m -o json -p a", None),
        ("authctl serve -- npm --no-such-flag-of-ours", None),
        ("cargo install --path authctl --nope", None),
    ] {
        let found = command_lines(&format!("```sh\n{line}\n```\n"))
            .iter()
            .find_map(|words| helps.fault(words));
        assert_eq!(found.as_deref(), fault, "{line}");
    }
}

#[test]
fn the_configuration_files_are_read() {
    let (servers, profiles): (Vec<&str>, Vec<&str>) = blocks(README)
        .into_iter()
        .filter(|(language, _)| *language == "toml")
        .map(|(_, text)| text)
        .partition(|text| text.contains("[users."));
    assert_eq!((servers.len(), profiles.len()), (1, 1));
    let config = Config::from_toml(servers[0]).unwrap();
    assert_eq!((config.users.len(), config.clients.len()), (1, 2));
    let config = ConfigFile::parse(Path::new("config.toml"), profiles[0]).unwrap();
    assert!(config.profile("dev").is_some() && config.profile("ci").is_some());
}

#[test]
fn the_contents_lead_somewhere() {
    let anchors: BTreeSet<String> = README
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect();
    for target in README.split("](#").skip(1) {
        let target = target.split(')').next().unwrap();
        assert!(anchors.contains(target), "#{target}");
    }
}

/// Returns the cells of the table whose head begins with `first`.
fn table(first: &str) -> Vec<Vec<String>> {
    README
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let inner = line.trim_start_matches('|').trim_end_matches('|');
            inner
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

/// Collects the names like `AUTHCTL_…` in the source.
fn variables_below(folder: &Path, into: &mut BTreeSet<String>) {
    const PREFIX: &str = "AUTHCTL_";
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            variables_below(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices(PREFIX) {
                let rest = &text[at + PREFIX.len()..];
                let end = rest
                    .find(|c: char| !c.is_ascii_uppercase() && c != '_')
                    .unwrap_or(rest.len());
                if end > 0 {
                    into.insert(format!("{PREFIX}{}", &rest[..end]));
                }
            }
        }
    }
}

/// The help of each command, asked for once.
#[derive(Default)]
struct Helps(BTreeMap<Vec<String>, Option<String>>);

impl Helps {
    /// Returns the help of a command, `None` where there is no such command.
    fn of(&mut self, command: &[String]) -> Option<&str> {
        self.0
            .entry(command.to_vec())
            .or_insert_with(|| {
                let output = Command::new(env!("CARGO_BIN_EXE_authctl"))
                    .args(command)
                    .arg("--help")
                    .env_remove("CLICOLOR_FORCE")
                    .output()
                    .unwrap();
                let text = String::from_utf8(output.stdout).unwrap();
                output.status.success().then_some(text)
            })
            .as_deref()
    }

    /// Says what is wrong with the words after `authctl`.
    fn fault(&mut self, words: &[String]) -> Option<String> {
        let mut path = Vec::new();
        let mut rest = words;
        // `help` takes names of commands, not commands.
        while let Some((word, after)) = rest.split_first() {
            let help = self.of(&path).unwrap();
            let is_group = help.contains("<COMMAND>\n") && help.contains("\nCommands:\n");
            if word.starts_with('-') || !is_group {
                break;
            }
            path.push(word.clone());
            if self.of(&path).is_none() {
                return Some("there is no such command".to_owned());
            }
            rest = after;
        }
        // `-p NAME` may stand before the command.
        if let [flag, _, after @ ..] = rest
            && path.is_empty()
            && flag == "-p"
        {
            return self.fault(after);
        }
        let help = self.of(&path).unwrap().to_owned();
        let known: BTreeSet<&str> = help
            .lines()
            .filter(|line| line.trim_start().starts_with('-'))
            .flat_map(|line| line.split([' ', ',', '.', '[']))
            .filter(|word| word.starts_with('-'))
            .collect();
        let mut rest = rest.iter().peekable();
        while let Some(word) = rest.next() {
            let flag = word.split('=').next().unwrap();
            if !flag.starts_with('-') || flag == "-" {
                continue;
            }
            if !known.contains(flag) {
                return Some(format!("there is no {flag}"));
            }
            if flag == "-o"
                && let Some(format) = rest.peek()
                && !help.lines().any(|line| {
                    let line = line.trim_start();
                    line.starts_with(&format!("- {format}:"))
                })
            {
                return Some(format!("-o does not take {format}"));
            }
        }
        None
    }
}

/// Returns the words after `authctl` of each command line in blocks of shell
/// code, of sessions and of recipes.
fn command_lines(markdown: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (language, text) in blocks(markdown) {
        let text = text.replace("\\\n", " ");
        for line in text.lines() {
            let line = line.trim();
            match language {
                "sh" => commands_in(line, &mut found),
                "console" => {
                    if let Some(typed) = line.strip_prefix("$ ") {
                        commands_in(typed, &mut found);
                    }
                }
                "yaml" => {
                    let line = line.trim_start_matches("- ").trim_start_matches("run: ");
                    commands_in(line, &mut found);
                }
                _ => {}
            }
        }
    }
    found
}

/// Adds what follows `authctl` in the commands of one line, also in those that
/// stand in substitutions, behind `--` and behind `sh -c`.
fn commands_in(line: &str, found: &mut Vec<Vec<String>>) {
    for words in simple_commands(line) {
        let is_assignment = |word: &&String| {
            word.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            })
        };
        let assignments = words.iter().take_while(is_assignment).count();
        let words = &words[assignments..];
        let end = words.iter().position(|word| word == "--");
        let (own, inner) = match end {
            Some(end) => (&words[..end], &words[end + 1..]),
            None => (words, &[][..]),
        };
        if own.first().is_some_and(|word| word == "authctl") && own.len() > 1 {
            found.push(own[1..].to_vec());
        }
        for pair in own.windows(2).chain(inner.windows(2)) {
            if pair[0] == "-c" {
                commands_in(&pair[1], found);
            }
        }
        if inner.first().is_some_and(|word| word == "authctl") {
            found.push(inner[1..].to_vec());
        }
    }
}

/// Splits a line into commands and these into words. It knows as much of the
/// shell as the README needs: what double quotes hold is split, too, so that
/// substitutions in them are seen.
fn simple_commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word = String::new();
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => word.push(c),
            '"' => {}
            '#' if word.is_empty() => break,
            ' ' | '|' | ';' | '&' | '(' | ')' | '>' | '<' => {
                if c == '(' {
                    // The `$` of a substitution, or the flag before `<(`.
                    word = word.trim_end_matches('$').to_owned();
                }
                if !word.is_empty() {
                    commands.last_mut().unwrap().push(std::mem::take(&mut word));
                }
                if matches!(c, '|' | ';' | '&' | '(' | ')') {
                    commands.push(Vec::new());
                }
                if c == '>' {
                    // What follows names a file.
                    while characters.next_if(|c| *c == ' ').is_some() {}
                    while characters.next_if(|c| !" |;&)".contains(*c)).is_some() {}
                }
            }
            _ => word.push(c),
        }
    }
    if !word.is_empty() {
        commands.last_mut().unwrap().push(word);
    }
    commands
}

/// Returns the fenced blocks with their languages.
fn blocks(markdown: &str) -> Vec<(&str, &str)> {
    markdown
        .split("\n```")
        .skip(usize::from(!markdown.starts_with("```")))
        .step_by(2)
        .filter_map(|block| block.trim_start_matches("```").split_once('\n'))
        .collect()
}

/// Returns the anchor of a heading, as renderers of Markdown make it.
fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
