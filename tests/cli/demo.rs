//! `authctl demo`: the tour, whole and without traces.

use crate::harness::Home;

#[test]
fn the_demo_runs_to_its_end_and_leaves_nothing() {
    let home = Home::new();
    let temporary = home.path().join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let home = home.with("TMPDIR", &temporary);
    let done = home.authctl(["demo"]).run().code_is(0);
    let text = done.stdout();
    for shown in [
        "$ authctl discover http://127.0.0.1:",
        "$ AUTHCTL_PASSWORD=wonderland authctl login ",
        "$ authctl refresh",
        "authctl decode -",
        "authctl verify ",
        "authctl token --client ",
        "$ authctl keygen ",
        "$ authctl sign ",
        "verified: ES256 by the key ",
        "Signed in as alice",
        "Where to go next",
    ] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains('\u{1b}'));
    let left: Vec<_> = std::fs::read_dir(&temporary).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
    let left: Vec<_> = std::fs::read_dir(home.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, ["tmp"]);
}
