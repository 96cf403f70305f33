//! A locked keychain asks its person; whoever that is, and whatever they do.

use super::prompter::{Manners, Prompter};
use super::*;

/// S15: gnome-keyring without a display cannot show its prompt.
#[test]
fn a_locked_keychain_that_cannot_ask_is_named() {
    session("locked", "gnome");
}

/// S15.
#[test]
fn a_dismissed_prompt_is_named() {
    session("dismissed", "gnome");
}

/// S15.
#[test]
fn a_prompt_that_nobody_answers_is_given_its_time() {
    session("unanswered", "gnome");
}

pub fn locked(dir: &Path) {
    store(dir).save(&default(), &record("one", 0)).unwrap();
    lock_the_keyring();
    refused(dir, &KeychainError::PromptDismissed);
}

pub fn dismissed(dir: &Path) {
    let prompter = Prompter::start(Manners::Dismisses);
    store(dir).save(&default(), &record("one", 0)).unwrap();
    assert_eq!(prompter.prompts(), 0);
    lock_the_keyring();
    refused(dir, &KeychainError::PromptDismissed);
    // One for the load; the save asks again, and fails before it writes.
    assert_eq!(prompter.prompts(), 2);
}

pub fn unanswered(dir: &Path) {
    let prompter = Prompter::start(Manners::Ignores);
    store(dir).save(&default(), &record("one", 0)).unwrap();
    lock_the_keyring();
    for wait in [Duration::ZERO, DEADLINE, Duration::from_secs(5)] {
        let patient = KeychainStore::native(&Places {
            prompt_wait: wait,
            ..places(dir)
        });
        let started = Instant::now();
        let error = patient.load(&default()).unwrap_err();
        let took = started.elapsed();
        let wait = wait.max(DEADLINE);
        assert_keychain(&error, &KeychainError::PromptUnanswered(wait));
        assert!(took >= wait && took < wait + BOUND - DEADLINE, "{took:?}");
    }
    assert!(prompter.prompts() > 0);
}
