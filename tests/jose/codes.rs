//! The codes that scripts rely on: all are in the table, and the README lists
//! them as they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use authctl::core::jose::{FAILURE_CODES, LintRule};

const README: &str = include_str!("../../README.md");

/// Returns the rows of the README's table whose first heading is this, the
/// codes without their backticks.
fn table(first: &str) -> Vec<Vec<String>> {
    README
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| {first} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            let mut cells: Vec<_> = cells.map(|cell| cell.trim().to_owned()).collect();
            cells[0] = cells[0].trim_matches('`').to_owned();
            cells
        })
        .collect()
}

#[test]
fn the_readme_lists_every_failure() {
    let meant: Vec<_> = FAILURE_CODES
        .iter()
        .map(|(code, meaning)| vec![(*code).to_owned(), (*meaning).to_owned()])
        .collect();
    assert_eq!(table("failure"), meant);
}

#[test]
fn the_readme_lists_every_rule_of_the_lint() {
    let meant: Vec<_> = LintRule::ALL
        .iter()
        .map(|rule| [rule.code(), rule.section(), rule.meaning()].map(str::to_owned))
        .map(Vec::from)
        .collect();
    assert_eq!(table("lint"), meant);
}

/// A failure is made where its code stands in the source; so all that stand
/// there are in the table, and none of the table is dead.
#[test]
fn the_table_has_the_codes_of_the_source() {
    /// What a code is the first argument of.
    const MADE_BY: [&str; 5] = [
        "Failure::new(",
        "refused(",
        ".refuse(",
        ".miss(",
        "not_allowed(",
    ];
    let mut source = String::new();
    read_below(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/core/jose")
            .as_path(),
        &mut source,
    );
    for file in ["core/oauth/id_token.rs", "cli/decode.rs", "cli/decrypt.rs"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        source.push_str(&fs::read_to_string(path).unwrap());
    }
    let mut made: BTreeSet<&str> = BTreeSet::new();
    for maker in MADE_BY {
        let after = source.split(maker).skip(1);
        made.extend(after.filter_map(|text| literal(text.trim_start())));
    }
    // Those that a table or a `match` in the source hands to these.
    let literals = source
        .split('"')
        .filter(|text| text.ends_with("_invalid") || text.ends_with("_missing"));
    made.extend(literals.filter(|text| is_code(text)));
    assert!(made.len() > 60, "only {} codes found", made.len());

    let codes: Vec<&str> = FAILURE_CODES.iter().map(|(code, _)| *code).collect();
    let listed: BTreeSet<&str> = codes.iter().copied().collect();
    assert_eq!(listed.len(), codes.len(), "a code is listed twice");
    let unlisted: Vec<_> = made.difference(&listed).collect();
    assert_eq!(unlisted, [&""; 0], "not in FAILURE_CODES");
    let dead: Vec<_> = listed
        .iter()
        .filter(|code| !source.contains(&format!("\"{code}\"")))
        .collect();
    assert_eq!(dead, [&""; 0], "made nowhere");
}

/// Returns the code that a text begins with, in quotes.
fn literal(text: &str) -> Option<&str> {
    let (code, _) = text.strip_prefix('"')?.split_once('"')?;
    is_code(code).then_some(code)
}

fn is_code(text: &str) -> bool {
    let of_code = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(of_code)
}

/// Collects the source below a folder, without its tests, the lint, which has
/// a table of its own, and the table itself.
fn read_below(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if matches!(name, "lint" | "tests" | "failure_codes") {
            continue;
        }
        if path.is_dir() {
            read_below(&path, into);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            into.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
}
