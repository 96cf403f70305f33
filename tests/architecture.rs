//! Holds the code to the arrows that the compiler does not keep: those inside
//! core, and that core reads neither environment nor clock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each area of core may use beside itself; everyone may use `error`,
/// `descriptors`, `hex`, `secret`, `time` and `uri`.
const ARROWS: [(&str, &[&str]); 15] = [
    ("config", &["replace"]),
    ("jose", &[]),
    ("store", &["http"]),
    ("http", &[]),
    ("oauth", &["jose", "http"]),
    ("documents", &["oauth", "jose", "http"]),
    ("connection", &["oauth", "http", "config", "documents"]),
    (
        "session",
        &[
            "jose",
            "oauth",
            "store",
            "http",
            "config",
            "documents",
            "connection",
        ],
    ),
    (
        "login",
        &[
            "oauth",
            "store",
            "http",
            "config",
            "documents",
            "connection",
            "session",
        ],
    ),
    ("descriptors", &[]),
    ("hex", &[]),
    ("replace", &[]),
    ("secret", &[]),
    ("time", &[]),
    ("uri", &[]),
];

const FOR_EVERYONE: [&str; 7] = [
    "descriptors",
    "error",
    "hex",
    "secret",
    "time",
    "uri",
    "Error",
];

#[test]
fn arrows_inside_core_point_one_way() {
    let mut wrong = BTreeSet::new();
    for (area, allowed) in ARROWS {
        for file in files_of(area) {
            for used in uses(&file, area) {
                let known = ARROWS.iter().any(|(name, _)| *name == used);
                let fine = used == area
                    || allowed.contains(&used.as_str())
                    || FOR_EVERYONE.contains(&used.as_str());
                if known && !fine {
                    wrong.insert(format!("{} uses core::{used}", file.display()));
                }
            }
        }
    }
    assert_eq!(wrong, BTreeSet::new());
}

#[test]
fn every_area_of_core_has_its_arrows() {
    let listed: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir("src/core").expect("src/core") {
        let name = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("UTF-8");
        found.insert(name.trim_end_matches(".rs").to_owned());
    }
    found.remove("mod");
    // `error` is over all areas, whose errors it joins.
    found.remove("error");
    assert_eq!(listed, found);
}

#[test]
fn core_and_server_do_not_know_the_command_line_nor_core_the_server() {
    for file in rust_files(Path::new("src/core")).chain(rust_files(Path::new("src/server"))) {
        let text = code(&file);
        assert!(!text.contains("crate::cli"), "{}", file.display());
        if file.starts_with("src/core") {
            assert!(!text.contains("crate::server"), "{}", file.display());
        }
    }
}

#[test]
fn core_reads_neither_environment_nor_clock() {
    for file in rust_files(Path::new("src/core")) {
        let text = code(&file);
        assert!(
            !text.contains("std::env") && !text.contains("env::var"),
            "{}",
            file.display()
        );
        if file != Path::new("src/core/time.rs") {
            assert!(!text.contains("SystemTime::now"), "{}", file.display());
        }
    }
}

/// The areas of core that a file names, by `crate::core::NAME` or by as many
/// `super::` as lead to core.
fn uses(file: &Path, area: &str) -> BTreeSet<String> {
    let text = code(file);
    let depth = file.components().count() - Path::new("src/core").components().count();
    let in_mod_file = file.file_name().is_some_and(|name| name == "mod.rs");
    let to_core = "super::".repeat(depth - usize::from(in_mod_file));
    let mut used = BTreeSet::new();
    for prefix in ["crate::core::", to_core.as_str()] {
        for (at, _) in text.match_indices(prefix) {
            let before = &text[..at];
            if before.ends_with("super::") || before.ends_with("crate::core::") {
                continue;
            }
            let rest = &text[at + prefix.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let group = group.split('}').next().unwrap_or_default();
                used.extend(group.split(',').map(|part| first_word(part.trim())));
            } else {
                used.insert(first_word(rest));
            }
        }
    }
    used.remove(area);
    used.remove("");
    used
}

fn first_word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// A file without its comments and its tests, which may use anything.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a readable source file");
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn files_of(area: &str) -> Vec<PathBuf> {
    let file = PathBuf::from(format!("src/core/{area}.rs"));
    if file.exists() {
        return vec![file];
    }
    let files: Vec<PathBuf> = rust_files(&PathBuf::from(format!("src/core/{area}"))).collect();
    assert!(!files.is_empty(), "{area} has no files");
    files
}

fn rust_files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && path.file_name().is_some_and(|name| name != "tests.rs")
            {
                files.push(path);
            }
        }
    }
    files.into_iter()
}
