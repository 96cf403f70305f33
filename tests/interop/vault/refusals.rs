//! What Vault refuses, and when: always exit 7, before anything is spent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use authctl::core::http::Method;
use serde_json::json;

use super::proxy::{Fate, Proxy};
use super::server::{Bao, ROOT};
use super::{Issuer, runner, sign_in};

/// The policy that the README gives is enough, and none of its lines is idle.
#[test]
fn the_policy_of_the_readme_is_enough_and_necessary() {
    let (bao, issuer) = (Bao::shared(), Issuer::start());
    let readme = include_str!("../../../README.md");
    let policy = readme
        .split("```hcl\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a policy in the README");
    let folder = "authctl";
    let token = bao.token_with("readme", policy);
    let mut near = runner(&bao.url(), folder, &issuer.url);
    near.set_secret("VAULT_TOKEN", &token);
    sign_in(&near);
    near.authctl(["refresh", "-q"]).succeeds_quietly();
    near.authctl(["status"]).succeeds_quietly();
    near.authctl(["logout", "-q"]).succeeds_quietly();

    for (n, line) in policy
        .lines()
        .filter(|line| line.starts_with("path"))
        .enumerate()
    {
        let less = policy.replace(line, "");
        let token = bao.token_with(&format!("less-{n}"), &less);
        let mut near = runner(&bao.url(), folder, &issuer.url);
        near.set_secret("VAULT_TOKEN", &token);
        let login = ["login", "--json", "--username", "alice", "--password", "-"];
        let error = near
            .authctl_with_input(login, "wonderland")
            .fails(7)
            .error();
        assert_eq!(error["error"], "vault_denied", "{less}");
        assert!(
            error["hint"]
                .as_str()
                .expect("a hint")
                .contains("secret/metadata/authctl/*")
        );
    }
    assert_eq!(issuer.answered(), 2, "a login and a refresh");
}

/// S10: who may only read gets the token that lives, and spends nothing.
#[test]
fn s10_who_may_not_write_spends_nothing() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let near = runner(&bao.url(), &folder, &issuer.url);
    sign_in(&near);
    issuer.answered();
    let rules = format!(
        "path \"secret/data/{folder}/*\" {{ capabilities = [\"read\"] }}\n\
         path \"secret/metadata/{folder}/*\" {{ capabilities = [\"list\", \"read\"] }}"
    );
    let token = bao.token_with(&folder, &rules);
    let mut reader = runner(&bao.url(), &folder, &issuer.url);
    reader.set_secret("VAULT_TOKEN", &token);
    reader.authctl(["token"]).succeeds_quietly();
    let error = reader.authctl(["refresh", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_denied");
    // The locks alone are not enough either.
    let rules = format!(
        "{rules}\npath \"secret/data/{folder}/locks/*\" {{ capabilities = [\"create\", \"read\", \"update\"] }}\n\
         path \"secret/metadata/{folder}/locks/*\" {{ capabilities = [\"create\", \"update\"] }}"
    );
    let token = bao.token_with(&format!("{folder}-locks"), &rules);
    reader.set_secret("VAULT_TOKEN", &token);
    let error = reader.authctl(["refresh", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_denied");
    assert_eq!(issuer.answered(), 0);
    near.authctl(["refresh", "-q"]).succeeds_quietly();
}

#[test]
fn a_token_that_is_none_is_denied() {
    let (bao, issuer) = (Bao::shared(), Issuer::start());
    let mut near = runner(&bao.url(), &Bao::folder(), &issuer.url);
    near.set_secret("VAULT_TOKEN", "no-such-token-there");
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_denied");
}

#[test]
fn another_engine_or_none_is_told() {
    let (bao, issuer) = (Bao::shared(), Issuer::start());
    bao.write(
        "sys/mounts/old",
        json!({"type": "kv", "options": {"version": "1"}}),
    );
    for (mount, code) in [
        ("old", "vault_not_kv_version_2"),
        ("nowhere", "vault_no_mount"),
        ("cubbyhole", "vault_not_kv_version_2"),
    ] {
        let mut near = runner(&bao.url(), &Bao::folder(), &issuer.url);
        near.set("AUTHCTL_VAULT_MOUNT", mount);
        for arguments in [
            vec!["token", "--json"],
            vec!["login", "--json", "--username", "alice", "--password", "-"],
        ] {
            let error = near
                .authctl_with_input(arguments, "wonderland")
                .fails(7)
                .error();
            assert_eq!(error["error"], code, "{mount}: {error}");
        }
    }
    assert_eq!(issuer.answered(), 0);
    let left = bao.send(Method::Get, "old/?list=true", None);
    assert_eq!(
        left.status, 404,
        "nothing is left in an engine without versions"
    );
}

/// A namespace is a Vault of its own; one that is not there holds no "nobody is
/// signed in".
#[test]
fn a_namespace_is_honoured() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    bao.write("sys/namespaces/team", json!({}));
    bao.write(
        "team/sys/mounts/secret",
        json!({"type": "kv", "options": {"version": "2"}}),
    );
    let mut near = runner(&bao.url(), &folder, &issuer.url);
    near.set("VAULT_NAMESPACE", "team");
    sign_in(&near);
    near.authctl(["token", "-q"]).succeeds_quietly();
    assert_eq!(bao.names(&folder), [""; 0]);
    let inside = bao.names_of(&format!("team/secret/metadata/{folder}"));
    assert_eq!(inside, ["locks/", "sessions/"]);
    near.set("AUTHCTL_VAULT_NAMESPACE", "nobody");
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_refused", "{error}");
}

#[test]
fn a_sealed_vault_is_told_and_serves_again_when_it_is_unsealed() {
    let (bao, folder, issuer) = (Bao::start(), Bao::folder(), Issuer::start());
    let near = runner(&bao.url(), &folder, &issuer.url);
    sign_in(&near);
    issuer.answered();
    bao.seal();
    for command in ["token", "refresh", "status", "logout"] {
        let error = near.authctl([command, "--json"]).fails(7).error();
        assert_eq!(error["error"], "vault_sealed", "{command}");
    }
    assert_eq!(issuer.answered(), 0);
    bao.unseal();
    near.authctl(["refresh", "-q"]).succeeds_quietly();
}

#[test]
fn an_address_that_cannot_be_used_is_told() {
    let issuer = Issuer::start();
    for (name, value, exit, code) in [
        ("VAULT_ADDR", "http://127.0.0.1:1", 7, "vault_unreachable"),
        ("VAULT_ADDR", "", 7, "vault_address_missing"),
        ("VAULT_TOKEN", "", 7, "vault_token_missing"),
        ("VAULT_SKIP_VERIFY", "true", 7, "vault_skip_verify"),
        ("BAO_SKIP_VERIFY", "1", 7, "vault_skip_verify"),
        (
            "AUTHCTL_VAULT_AUTH",
            "approle",
            7,
            "vault_credential_missing",
        ),
    ] {
        let mut near = runner("http://127.0.0.1:1", "x", &issuer.url);
        near.set(name, value);
        let error = near.authctl(["token", "--json"]).fails(exit).error();
        assert_eq!(error["error"], code, "{name}={value}: {error}");
        assert!(error["hint"].is_string(), "{error}");
    }
    for (name, value) in [
        ("VAULT_ADDR", "http://vault.example:8200"),
        ("AUTHCTL_VAULT_ADDRESS", "http://vault.example:8200"),
        ("AUTHCTL_VAULT_PATH", "../x"),
        ("AUTHCTL_VAULT_AUTH", "ldap"),
    ] {
        let mut near = runner("http://127.0.0.1:1", "x", &issuer.url);
        near.set(name, value);
        let error = near.authctl(["token", "--json"]).fails(8).error();
        assert!(error["message"].is_string(), "{error}");
    }
}

/// A Vault that takes requests and never answers: as long as `--timeout`, and
/// no longer.
#[test]
fn a_vault_that_does_not_answer_is_waited_for_within_the_time_out() {
    let issuer = Issuer::start();
    let proxy = Proxy::before(Bao::shared().authority());
    proxy.decide(|_| Fate::Hang);
    let near = runner(&proxy.url(), "x", &issuer.url);
    let started = Instant::now();
    let error = near
        .authctl(["token", "--json", "--timeout", "1s"])
        .fails(7)
        .error();
    assert_eq!(error["error"], "vault_unreachable");
    let took = started.elapsed();
    assert!((1..4).contains(&took.as_secs()), "{took:?}");
}

/// `login` remembers which Vault it was, and a token for one Vault is not sent
/// to another.
#[test]
fn a_token_reaches_only_the_vault_that_it_is_for() {
    let (bao, folder, issuer) = (Bao::shared(), Bao::folder(), Issuer::start());
    let proxy = Proxy::before(bao.authority());
    let heard = Arc::new(AtomicUsize::new(0));
    proxy.decide({
        let heard = Arc::clone(&heard);
        move |_| {
            heard.fetch_add(1, Ordering::SeqCst);
            Fate::Pass
        }
    });
    let mut near = runner(&proxy.url(), &folder, &issuer.url);
    sign_in(&near);
    assert!(heard.swap(0, Ordering::SeqCst) > 3);
    near.set("VAULT_ADDR", "").set("AUTHCTL_STORE", "");
    near.authctl(["token", "-q"]).succeeds_quietly();
    assert!(heard.swap(0, Ordering::SeqCst) > 0, "the profile knows it");
    near.set("VAULT_ADDR", "https://other.example:8200");
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_token_missing");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("`VAULT_TOKEN` is for the Vault at https://other.example:8200, not"),
        "{message}"
    );
    assert_eq!(heard.load(Ordering::SeqCst), 0);
    // That one's own file is where the command lines of both keep theirs.
    near.set("VAULT_ADDR", "").set("VAULT_TOKEN", "");
    near.write(".vault-token", ROOT);
    near.authctl(["token", "-q"]).succeeds_quietly();
    // As `$(printf …)` in some shells and a file in a variable have it.
    near.write(".vault-token", "");
    near.set("VAULT_TOKEN", &format!("{ROOT}\n"));
    near.authctl(["token", "-q"]).succeeds_quietly();
}
