use std::time::Duration;

use super::*;
use crate::core::jose::SigningKey;

const HOUR: u64 = 3_600;
const START: i64 = 1_700_000_000;

fn at(hours: u64) -> Timestamp {
    Timestamp(START).saturating_add(Duration::from_secs(hours * HOUR))
}

fn policy() -> Policy {
    Policy {
        publish_ahead: Duration::from_secs(2 * HOUR),
        overlap: Duration::from_secs(24 * HOUR),
        every: None,
        force: false,
    }
}

fn key(kid: &str) -> Map<String, Value> {
    SigningKey::generate(Algorithm::ES256, None)
        .unwrap()
        .with_kid(kid)
        .public_jwk()
}

/// Runs once; returns the steps, in words, and what the set has then.
fn run(set: &mut SetDocument, now: Timestamp, policy: &Policy, new: &str) -> (Vec<String>, String) {
    let mut rotation = Rotation::of(set, now);
    rotation.adopt(set, None).unwrap();
    let steps = rotation.due(policy);
    let name = |index: usize| {
        rotation
            .slots()
            .iter()
            .find(|s| s.index == index)
            .unwrap()
            .kid
            .clone()
            .unwrap()
    };
    let words = steps
        .iter()
        .map(|step| match step {
            Step::Retire { index, .. } => format!("retire {}", name(*index)),
            Step::Sign { index, .. } => format!("sign {}", name(*index)),
            Step::Publish { .. } => format!("publish {new}"),
        })
        .collect();
    perform(set, &steps, Some(&key(new)), policy, now);
    (words, states(set, now))
}

fn states(set: &SetDocument, now: Timestamp) -> String {
    let states: Vec<String> = Rotation::of(set, now)
        .slots()
        .iter()
        .map(|slot| format!("{} {}", slot.kid.clone().unwrap(), slot.phase.name()))
        .collect();
    states.join(", ")
}

#[test]
fn a_key_is_published_signs_and_retires() {
    let mut set = SetDocument::default();
    let policy = policy();
    for (hours, done, state, next) in [
        (0, "publish a", "a signing", (Action::Publish, None)),
        (
            1,
            "publish b",
            "a signing, b upcoming",
            (Action::Sign, Some(3)),
        ),
        // One second before and any number of times: nothing.
        (1, "", "a signing, b upcoming", (Action::Sign, Some(3))),
        (2, "", "a signing, b upcoming", (Action::Sign, Some(3))),
        (
            3,
            "sign b",
            "a retiring, b signing",
            (Action::Retire, Some(27)),
        ),
        (26, "", "a retiring, b signing", (Action::Retire, Some(27))),
        (27, "retire a", "b signing", (Action::Publish, None)),
        (
            27,
            "publish c",
            "b signing, c upcoming",
            (Action::Sign, Some(29)),
        ),
        (
            99,
            "sign c",
            "b retiring, c signing",
            (Action::Retire, Some(123)),
        ),
    ] {
        let new = done.strip_prefix("publish ").unwrap_or("unused").to_owned();
        let (words, found) = run(&mut set, at(hours), &policy, &new);
        assert_eq!(words.join(", "), done, "after {hours} h");
        assert_eq!(found, state, "after {hours} h");
        let came = Rotation::of(&set, at(hours)).next(&policy);
        assert_eq!(
            (came.action, came.at),
            (next.0, next.1.map(at)),
            "after {hours} h"
        );
    }
}

#[test]
fn each_time_counts_to_the_second() {
    let mut set = SetDocument::default();
    run(&mut set, at(0), &policy(), "a");
    run(&mut set, at(0), &policy(), "b");
    let before = Timestamp(at(2).0 - 1);
    assert!(Rotation::of(&set, before).due(&policy()).is_empty());
    assert_eq!(Rotation::of(&set, at(2)).due(&policy()).len(), 1);
}

#[test]
fn with_an_interval_a_key_signs_for_as_long() {
    let mut set = SetDocument::default();
    let policy = Policy {
        every: Some(Duration::from_secs(10 * HOUR)),
        ..policy()
    };
    run(&mut set, at(0), &policy, "a");
    assert_eq!(run(&mut set, at(9), &policy, "b").0, [""; 0]);
    assert_eq!(
        Rotation::of(&set, at(9)).next(&policy),
        Next {
            action: Action::Publish,
            at: Some(at(10)),
            index: None
        }
    );
    assert_eq!(run(&mut set, at(10), &policy, "b").0, ["publish b"]);
    assert_eq!(run(&mut set, at(12), &policy, "").0, ["sign b"]);
    // Generations may overlap: tokens live longer than a key signs.
    assert_eq!(run(&mut set, at(22), &policy, "c").0, ["publish c"]);
    assert_eq!(
        run(&mut set, at(24), &policy, "").1,
        "a retiring, b retiring, c signing"
    );
    assert_eq!(
        run(&mut set, at(36), &policy, "d").0,
        ["retire a", "publish d"]
    );
}

#[test]
fn a_key_that_signs_late_signs_for_as_long_all_the_same() {
    let mut set = SetDocument::default();
    let policy = Policy {
        every: Some(Duration::from_secs(10 * HOUR)),
        ..policy()
    };
    let next = |set: &SetDocument, hours| {
        let next = Rotation::of(set, at(hours)).next(&policy);
        (next.action, next.at)
    };
    run(&mut set, at(0), &policy, "a");
    run(&mut set, at(10), &policy, "b");
    // Due 38 hours ago.
    assert_eq!(run(&mut set, at(50), &policy, "").0, ["sign b"]);
    assert_eq!(next(&set, 50), (Action::Publish, Some(at(60))));
    assert_eq!(run(&mut set, at(59), &policy, "c").0, [""; 0]);
    assert_eq!(run(&mut set, at(60), &policy, "c").0, ["publish c"]);
    assert_eq!(next(&set, 60), (Action::Sign, Some(at(62))));
    // What a late run would find is due now, not in the past.
    assert_eq!(next(&set, 70), (Action::Sign, Some(at(70))));
}

#[test]
fn a_late_run_keeps_the_order_of_those_that_wait() {
    let mut set = SetDocument::default();
    for (kid, hours) in [("a", 0), ("b", 3), ("c", 4)] {
        let mut members = key(kid);
        members.insert("nbf".into(), at(hours).0.into());
        set.push(members.into());
    }
    let (done, state) = run(&mut set, at(5), &policy(), "");
    assert_eq!(done, ["sign b"]);
    assert_eq!(state, "a retiring, b signing, c upcoming");
    let (done, state) = run(&mut set, at(6), &policy(), "");
    assert_eq!(done, ["sign c"]);
    assert_eq!(state, "a retiring, b retiring, c signing");
    assert_eq!(set.entries()[2].members().unwrap()["nbf"], at(6).0);
}

#[test]
fn a_set_that_was_not_rotated_is_taken_over() {
    let mut set = SetDocument::default();
    set.push(key("old").into());
    let (words, state) = run(&mut set, at(0), &policy(), "new");
    assert_eq!(words, ["publish new"]);
    assert_eq!(state, "old signing, new upcoming");
    assert_eq!(
        run(&mut set, at(2), &policy(), "").1,
        "old retiring, new signing"
    );
    assert_eq!(run(&mut set, at(26), &policy(), "").1, "new signing");
}

#[test]
fn of_several_keys_one_must_be_named() {
    let mut set = SetDocument::default();
    let mut other = key("enc");
    other.insert("use".into(), "enc".into());
    for members in [key("a"), other, key("b")] {
        set.push(members.into());
    }
    let adopt = |named| {
        let mut rotation = Rotation::of(&set, at(0));
        rotation
            .adopt(&set, named)
            .map(|()| rotation.signing().unwrap().index)
    };
    let Err(Unclear::Several(slots)) = adopt(None) else {
        panic!("one was taken");
    };
    let places: Vec<usize> = slots.iter().map(|slot| slot.index).collect();
    assert_eq!(places, [0, 2]);
    assert_eq!(adopt(Some("enc")), Err(Unclear::Unknown));
    assert_eq!(adopt(Some("b")), Ok(2));
    let print = thumbprint(set.entries()[2].members().unwrap()).unwrap();
    assert_eq!(adopt(Some(&print)), Ok(2));
}

#[test]
fn force_takes_the_next_step_at_once() {
    let mut set = SetDocument::default();
    let force = Policy {
        force: true,
        ..policy()
    };
    run(&mut set, at(0), &policy(), "a");
    // No rotation is under way: the new key signs without being published.
    assert_eq!(run(&mut set, at(1), &force, "b").1, "a retiring, b signing");
    assert_eq!(run(&mut set, at(1), &force, "").1, "b signing");
    // One is: what is upcoming signs, and counts from now.
    run(&mut set, at(2), &policy(), "c");
    assert_eq!(run(&mut set, at(3), &force, "").1, "b retiring, c signing");
    let members = set.entries()[1].members().unwrap();
    assert_eq!(members["nbf"], at(3).0);
    assert_eq!(set.entries()[0].members().unwrap()["exp"], at(27).0);
}

#[test]
fn where_no_key_signs_the_next_one_does_at_once() {
    let mut set = SetDocument::default();
    run(&mut set, at(0), &policy(), "a");
    run(&mut set, at(0), &policy(), "b");
    set.remove(&[0]);
    assert_eq!(states(&set, at(1)), "b upcoming");
    assert_eq!(run(&mut set, at(1), &policy(), "").1, "b signing");
    run(&mut set, at(1), &policy(), "c");
    run(&mut set, at(3), &policy(), "");
    set.remove(&[1]);
    assert_eq!(
        run(&mut set, at(4), &policy(), "d").1,
        "b retiring, d signing"
    );
}

#[test]
fn what_others_put_into_a_key_stays() {
    let text = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x-ours":1.50,"nbf":1,"big":99999999999999999999}],"v":1e2}"#;
    let mut set = SetDocument::parse(text.as_bytes()).unwrap();
    run(&mut set, at(0), &policy(), "b");
    run(&mut set, at(2), &policy(), "");
    let text = set.to_text();
    let head = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"a","x-ours":1.50,"nbf":1,"big":99999999999999999999,"exp":{}}},"#,
        at(26).0
    );
    assert!(text.starts_with(&head), "{text}");
    assert!(text.ends_with(r#"],"v":1e2}"#), "{text}");
}

#[test]
fn a_time_that_is_none_is_a_fault_of_its_key() {
    for value in ["\"1\"", "null", "[]", "true"] {
        let text = format!(r#"{{"keys":[{{"kty":"EC","kid":"a","nbf":{value}}}]}}"#);
        let set = SetDocument::parse(text.as_bytes()).unwrap();
        let rotation = Rotation::of(&set, at(0));
        assert!(rotation.slots().is_empty());
        assert_eq!(rotation.faults()[0].1.code, "key_malformed", "{value}");
    }
}
