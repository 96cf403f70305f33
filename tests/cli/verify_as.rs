//! `authctl verify --as`: kinds of token, and paths into claims.

use authctl::core::jose::{Algorithm, at_hash};
use authctl::core::secret::Secret;
use serde_json::{Value, json};

use crate::bench::{Bench, good, refused};
use crate::harness::Call;
use crate::tokens::{NOW, claims_but, sign};

fn verify(bench: &Bench, flags: &[&str]) -> Call {
    bench
        .bare()
        .args(["--issuer", "https://as.example"])
        .args(flags)
}

#[test]
fn an_access_token_is_verified_by_name() {
    let bench = Bench::new("ES256");
    let claims = claims_but(json!({"client_id": "app", "jti": "1", "scope": "read"}));
    let token = sign(&bench.key, json!({"typ": "at+jwt"}), &claims);
    let flags = ["--as", "access-token", "--audience", "api"];
    good(verify(&bench, &flags), &token, "access token");
    good(
        verify(&bench, &flags).args(["--client-id", "app", "--scope", "read"]),
        &token,
        "its client",
    );
    refused(
        verify(&bench, &flags).args(["--client-id", "web", "--scope", "write"]),
        &token,
        &["scope", "client_id"],
        "another client",
    );
    refused(
        verify(&bench, &flags),
        bench.sign(claims_but(json!({"iss": "https://evil.example"}))),
        &["typ", "iss", "claim_missing", "claim_missing"],
        "no access token",
    );
}

#[test]
fn an_id_token_is_verified_by_name() {
    let bench = Bench::new("ES256");
    let access_token = Secret::new("an access token");
    let claims = claims_but(json!({
        "aud": "app", "nonce": "n-1", "auth_time": NOW - 900,
        "at_hash": at_hash(Algorithm::ES256, &access_token).unwrap(),
    }));
    let token = bench.sign(claims);
    bench.home.write("at", access_token.expose());
    for flags in [
        &["--client-id", "app"][..],
        &["--audience", "app", "--max-age", "900"],
    ] {
        let all = ["--nonce", "n-1", "--access-token", "file:at"];
        good(
            verify(&bench, &["--as", "id-token"]).args(flags).args(all),
            &token,
            &format!("{flags:?}"),
        );
    }
    for (flags, reasons) in [
        (&["--client-id", "web"][..], &["aud"][..]),
        (&["--client-id", "app", "--audience", "api"], &["aud"]),
        (&["--client-id", "app", "--nonce", "n-2"], &["nonce"]),
        (
            &["--client-id", "app", "--max-age", "899"],
            &["auth_too_old"],
        ),
        (
            &["--client-id", "app", "--access-token", "env:OTHER"],
            &["at_hash"],
        ),
    ] {
        let call = verify(&bench, &["--as", "id-token"])
            .args(flags)
            .env("OTHER", "x");
        refused(call, &token, reasons, &format!("{flags:?}"));
    }
    verify(&bench, &["--as", "id-token", "--client-id", "app"])
        .arg(&token)
        .stdout_has("verified: ES256")
        .stderr("warning: nonce not checked\nwarning: access token not checked (`at_hash`)\n")
        .check();
}

#[test]
fn what_an_id_token_is_bound_to_and_nobody_compares_is_said() {
    let bench = Bench::new("ES256");
    let hash = "LDktKdoQak3Pk0cnXxCltA";
    let bound = json!({"aud": "app", "at_hash": hash, "c_hash": hash, "s_hash": hash});
    verify(&bench, &["--as", "id-token", "--client-id", "app"])
        .arg(bench.sign(claims_but(bound)))
        .stdout_has("verified: ES256")
        .stderr(
            "\
warning: access token not checked (`at_hash`)
warning: code not checked (`c_hash`)
warning: state not checked (`s_hash`)
",
        )
        .check();
}

#[test]
fn a_logout_token_is_verified_by_name() {
    let bench = Bench::new("ES256");
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let claims = claims_but(json!({"aud": "app", "jti": "1", "events": {event: {}}}));
    let token = sign(&bench.key, json!({"typ": "logout+jwt"}), &claims);
    let flags = ["--as", "logout-token", "--client-id", "app"];
    good(verify(&bench, &flags), &token, "logout token");
    let token = bench.sign(claims_but(json!({"aud": "app", "sub": null, "nonce": "n"})));
    refused(
        verify(&bench, &flags),
        &token,
        &[
            "claim_missing",
            "claim_missing",
            "sub_or_sid_missing",
            "nonce_forbidden",
        ],
        "an ID Token",
    );
    let error = verify(&bench, &flags)
        .args(["--json", &token])
        .code(3)
        .check_error();
    assert_eq!(
        error["failures"][2]["message"],
        "it has neither `sub` nor `sid`"
    );
}

#[test]
fn a_kind_needs_to_know_by_whom_and_for_whom() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims_but(json!({})));
    for (flags, reason) in [
        (
            &["--as", "refresh-token"][..],
            "possible values: access-token, id-token, logout-token",
        ),
        (
            &["--as", "access-token"],
            "an access token is for an audience, and none is named",
        ),
        (
            &["--as", "id-token"],
            "the token is for a client, and none is named",
        ),
        (
            &["--as", "logout-token", "--audience", "a", "--audience", "b"],
            "name it with --client-id",
        ),
        (
            &["--as", "access-token", "--audience", "a", "--nonce", "n"],
            "are checks of an ID Token",
        ),
        (
            &[
                "--as",
                "id-token",
                "--client-id",
                "a",
                "--allow-missing-exp",
            ],
            "cannot be used with",
        ),
        (&["--nonce", "n"], "--as <KIND>"),
        (&["--client-id", "a"], "--as <KIND>"),
        (&["--as", "id-token", "--jws"], "cannot be used with"),
        // An empty variable of a script turns no check off.
        (
            &["--as", "id-token", "--client-id", "a", "--nonce", ""],
            "a value is required for '--nonce <NONCE>'",
        ),
        (
            &["--as", "id-token", "--client-id", ""],
            "a value is required for '--client-id <ID>'",
        ),
        (&["--typ", ""], "a value is required for '--typ <TYPE>'"),
        (&["--audience", ""], "a value is required for '--audience"),
    ] {
        let call = verify(&bench, flags).arg(&token);
        call.code(2).stderr_has(reason).check();
    }
    bench
        .bare()
        .args(["--as", "id-token", "--client-id", "a", &token])
        .code(2)
        .stderr_has("the issuer is checked, and none is named")
        .check();
    bench
        .bare()
        .args(["--issuer", "", &token])
        .code(2)
        .stderr_has("a value is required for '--issuer <URL>'")
        .check();
    // H1
    let output = verify(&bench, &["--as", "id-token", "--client-id", "a"])
        .args(["--access-token", "hunter2", &token])
        .code(2)
        .stderr_has("a secret is never typed on the command line")
        .check();
    assert!(!output.stderr().contains("hunter2"));
    verify(
        &bench,
        &[
            "--as",
            "id-token",
            "--client-id",
            "a",
            "--access-token",
            "-",
        ],
    )
    .stdin(&token)
    .code(2)
    .stderr_has("standard input cannot be both the token and an access token")
    .check();
}

#[test]
fn a_claim_is_named_or_found_by_a_path() {
    let bench = Bench::new("ES256");
    let token = bench.sign(claims_but(json!({
        "realm_access": {"roles": ["user", "admin"]},
        "https://example.com/roles": ["editor"],
        "a.b": 1, "level": 3,
    })));
    let verify = |flags: &[&str]| bench.verify().args(flags);
    for flags in [
        &["--claim", "/realm_access/roles=admin"][..],
        &["--claim", "$.realm_access.roles[*]=admin"],
        &["--claim", "$.realm_access.roles:=[\"user\",\"admin\"]"],
        &[
            "--claim",
            "https://example.com/roles=editor",
            "--claim",
            "a.b=1",
        ],
        &["--claim", "level:=3"],
        &["--require", "/realm_access/roles/1", "--require", "a.b"],
    ] {
        good(verify(flags), &token, &format!("{flags:?}"));
    }
    for (flags, reasons) in [
        (&["--claim", "/realm_access/roles=root"][..], &["claim"][..]),
        (&["--claim", "level:=\"3\""], &["claim"]),
        (&["--require", "/realm_access/roles/2"], &["claim_missing"]),
    ] {
        refused(verify(flags), &token, reasons, &format!("{flags:?}"));
    }
    verify(&["--claim", "realm_access.roles=admin", &token])
        .code(3)
        .stderr_has("it has no `realm_access.roles` (a path begins with `/` or `$.`)")
        .check();
    let found: Value = verify(&["--claim", "/sub=alice", "--json", &token]).check_json();
    assert_eq!(found["valid"], true);
}
