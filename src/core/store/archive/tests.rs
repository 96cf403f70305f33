//! The rules of an archive.

use aws_lc_rs::digest;
use serde_json::json;

use super::super::contract::record;
use super::form::HEADER;
use super::*;
use crate::core::error::{Exit, Report as _};

const CHEAP: Cost = Cost {
    memory: 8,
    passes: 1,
    lanes: 1,
};

fn passphrase() -> Secret {
    Secret::new("correct horse")
}

fn archive() -> Archive {
    let settings = json!({"issuer": "https://as.example", "scope": ["openid", "email"]});
    Archive {
        created_at: Timestamp(1_700_000_000),
        sessions: ["default", "größe/.."]
            .into_iter()
            .map(|profile| Archived {
                profile: profile.to_owned(),
                settings: settings.as_object().unwrap().clone(),
                record: record("rt-hunter2", 5_000),
            })
            .collect(),
    }
}

fn sealed() -> Vec<u8> {
    archive().seal_with(&passphrase(), CHEAP).unwrap()
}

fn fault_of(file: &[u8]) -> ArchiveError {
    Archive::open(&passphrase(), file).unwrap_err()
}

#[test]
fn what_is_sealed_is_opened_and_nothing_of_it_is_in_the_clear() {
    let file = sealed();
    let opened = Archive::open(&passphrase(), &file).unwrap();
    assert_eq!(to_json(&opened), to_json(&archive()));
    assert_ne!(file, sealed());
    for text in ["hunter2", "default", "as.example", "access"] {
        let is_in = file.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(!is_in, "{text}");
    }
    assert!(!format!("{:?}", archive()).contains("hunter2"));
}

/// Written by the first version of this form: it must stay readable.
#[test]
fn archives_of_the_first_version_are_read() {
    let file = include_bytes!("../../../../tests/vectors/archive/first.authexp");
    let archive = Archive::open(&passphrase(), file).unwrap();
    assert_eq!(archive.created_at, Timestamp(1_700_000_000));
    assert_eq!(archive.sessions[0].profile, "default");
    assert_eq!(archive.sessions[0].settings["issuer"], "https://as.example");
    let token = archive.sessions[0].record.refresh_token.as_ref().unwrap();
    assert_eq!(token.expose(), "rt");
}

#[test]
fn another_passphrase_is_told_from_tampering() {
    let file = sealed();
    for other in ["", "correct horse ", "Correct horse"] {
        let error = Archive::open(&Secret::new(other), &file).unwrap_err();
        assert_eq!(error, ArchiveError::WrongPassphrase);
        assert_eq!(error.exit(), Exit::Config);
    }
}

/// S13: by where the bit is, the fault is named.
#[test]
fn s13_every_flipped_bit_is_noticed() {
    let small = Archive {
        sessions: Vec::new(),
        ..archive()
    };
    let good = small.seal_with(&passphrase(), CHEAP).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let expected = match bit / 8 {
            0..7 => ArchiveError::NotAnArchive,
            7 if bad[7] > 1 => ArchiveError::NewerVersion {
                found: bad[7].into(),
            },
            7..HEADER => ArchiveError::Damaged,
            _ => ArchiveError::Tampered,
        };
        assert_eq!(fault_of(&bad), expected, "bit {bit}");
    }
}

#[test]
fn s13_an_archive_that_was_cut_is_said_to_be() {
    let good = sealed();
    for length in 0..good.len() {
        let expected = match length {
            0..7 => ArchiveError::NotAnArchive,
            7..HEADER => ArchiveError::Cut {
                found: length,
                expected: HEADER,
            },
            _ => ArchiveError::Cut {
                found: length,
                expected: good.len(),
            },
        };
        assert_eq!(fault_of(&good[..length]), expected, "{length}");
    }
    assert_eq!(
        fault_of(&[&good[..], b"\n"].concat()),
        ArchiveError::Damaged
    );
    // As an editor or a mailer may do.
    let text = String::from_utf8_lossy(&good).into_owned();
    assert_eq!(fault_of(text.as_bytes()), ArchiveError::Damaged);
}

/// S14: with the checksum put right, it asks for no more than is bounded, and
/// what is changed with care is noticed by the cipher.
#[test]
fn s14_parameters_are_bounded_when_read() {
    let good = sealed();
    let with = |at: usize, octets: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + octets.len()].copy_from_slice(octets);
        let sum = digest::digest(&digest::SHA256, &bad[..HEADER - 8]);
        bad[HEADER - 8..HEADER].copy_from_slice(&sum.as_ref()[..8]);
        fault_of(&bad)
    };
    for (at, number) in [
        (8, u32::MAX),
        (8, 256 * 1024 + 1),
        (8, 7),
        (12, 17),
        (12, 0),
        (16, 9),
        (16, 0),
    ] {
        let error = with(at, &u32::to_be_bytes(number));
        assert_eq!(error, ArchiveError::Parameters, "{at} {number}");
    }
    assert_eq!(with(12, &[0, 0, 0, 2]), ArchiveError::WrongPassphrase);
    assert_eq!(with(20, &[0; 16]), ArchiveError::WrongPassphrase);
    assert_eq!(with(36, &[0; 32]), ArchiveError::WrongPassphrase);
    assert!(matches!(with(84, &[0xff; 8]), ArchiveError::Cut { .. }));
    assert_eq!(with(84, &[0; 8]), ArchiveError::Damaged);
}

#[test]
fn what_is_inside_is_judged_as_well() {
    let record = r#"{"version":1,"issuer":"i","client_id":"c","created_at":1,"updated_at":1}"#;
    let one = format!(r#"{{"profile":"a","record":{record}}}"#);
    for (content, expected) in [
        ("".to_owned(), Err("version")),
        ("{}".to_owned(), Err("version")),
        (r#"{"version":0}"#.to_owned(), Err("version")),
        (r#"{"version":1}"#.to_owned(), Err("sessions")),
        (
            r#"{"version":1,"created_at":1,"sessions":[{"profile":"a"}]}"#.to_owned(),
            Err("sessions"),
        ),
        (
            r#"{"version":1,"created_at":1,"sessions":[{"profile":"a","record":{"version":1}}]}"#
                .to_owned(),
            Err("issuer"),
        ),
        (
            format!(r#"{{"version":1,"created_at":1,"sessions":[{one},{one}]}}"#),
            Err("profile"),
        ),
        (
            format!(r#"{{"version":1,"created_at":1,"new":[],"sessions":[{one}]}}"#),
            Ok(1),
        ),
    ] {
        let file = form::seal(&passphrase(), CHEAP, content.as_bytes()).unwrap();
        match (Archive::open(&passphrase(), &file), expected) {
            (Ok(archive), Ok(sessions)) => assert_eq!(archive.sessions.len(), sessions),
            (Err(ArchiveError::Malformed { member }), Err(expected)) => {
                assert_eq!(member, expected, "{content}");
            }
            other => panic!("{content}: {other:?}"),
        }
    }
    // S19.
    for content in [
        r#"{"version":2}"#,
        r#"{"version":1,"created_at":1,"sessions":[{"profile":"a","record":{"version":2}}]}"#,
    ] {
        let file = form::seal(&passphrase(), CHEAP, content.as_bytes()).unwrap();
        assert_eq!(fault_of(&file), ArchiveError::NewerVersion { found: 2 });
    }
}

#[test]
fn each_fault_has_a_code_of_its_own_and_says_what_to_do() {
    let all = [
        ArchiveError::NotAnArchive,
        ArchiveError::NewerVersion { found: 2 },
        ArchiveError::Cut {
            found: 1,
            expected: 2,
        },
        ArchiveError::Damaged,
        ArchiveError::Parameters,
        ArchiveError::TooLarge,
        ArchiveError::WrongPassphrase,
        ArchiveError::Tampered,
        ArchiveError::Malformed { member: "version" },
        ArchiveError::Crypto("encrypt"),
    ];
    let codes: std::collections::BTreeSet<_> = all.iter().map(|error| error.code()).collect();
    assert_eq!(codes.len(), all.len());
    for error in all {
        assert!(error.hint().is_some_and(|hint| !hint.ends_with('.')));
        assert!(!error.to_string().ends_with('.'));
    }
}
