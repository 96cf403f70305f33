//! The commands that talk to a server, against `oidc-provider`.

use serde_json::{Value, json};

use crate::harness::{AuthorizationServer, Outcome, Sandbox};

const SCOPE: &str = "openid profile email offline_access";

#[test]
fn discover_shows_the_metadata_of_the_issuer() {
    let server = AuthorizationServer::shared();
    let outcome = Sandbox::new()
        .authctl(["discover", "--issuer", server.issuer(), "--json"])
        .succeeds();
    let metadata = outcome.json();
    assert_eq!(metadata["issuer"], server.issuer());
    assert_eq!(
        metadata["token_endpoint"],
        format!("{}/token", server.issuer())
    );
}

#[test]
fn metadata_of_an_issuer_with_a_path_is_found() {
    let server = AuthorizationServer::start(&["--path", "/tenant/one"]);
    let sandbox = signed_in(&server, "alice");
    assert!(server.issuer().ends_with("/tenant/one"));
    assert_eq!(whoami(&sandbox)["sub"], "alice");
}

#[test]
fn login_keeps_a_session_that_status_and_whoami_show() {
    let server = AuthorizationServer::shared();
    let mut sandbox = Sandbox::new();
    let outcome = login(&mut sandbox, server, "alice").succeeds();
    assert!(outcome.stderr.contains("RFC 9700"), "{outcome:#?}");

    let status = sandbox.authctl(["status", "--json"]);
    let status = status.succeeds_quietly().json();
    let session = &status["sessions"][0];
    assert_eq!(session["store"], "file");
    assert_eq!(session["profile"], "default");
    assert_eq!(session["issuer"], server.issuer());
    assert_eq!(session["client_id"], "native");
    assert_eq!(session["sub"], "alice");
    assert_eq!(session["state"], "valid");

    let whoami = whoami(&sandbox);
    assert_eq!(whoami["sub"], "alice");
    assert_eq!(whoami["name"], "Alice Liddell");
    assert_eq!(whoami["email"], "alice@example.test");
}

#[test]
fn a_password_of_unusual_characters_arrives_as_it_was() {
    let sandbox = signed_in(AuthorizationServer::shared(), "bob");
    assert_eq!(whoami(&sandbox)["sub"], "bob");
}

#[test]
fn a_wrong_password_is_the_servers_refusal_and_keeps_nothing() {
    let server = AuthorizationServer::shared();
    let mut sandbox = Sandbox::new();
    sandbox.set_secret("AUTHCTL_PASSWORD", "not the password");
    let error = sandbox
        .authctl([
            "login",
            "--issuer",
            server.issuer(),
            "--client-id",
            "native",
            "--username",
            "alice",
            "--json",
        ])
        .fails(5)
        .error();
    assert_eq!(error["server"]["error"], "invalid_grant");
    sandbox.authctl(["status"]).fails(4);
}

#[test]
fn token_comes_from_the_cache_until_a_refresh_is_forced() {
    let sandbox = signed_in(AuthorizationServer::shared(), "alice");
    let first = token(&sandbox, &[]);
    assert_eq!(first["source"], "cache");
    let plain = sandbox.authctl(["token"]).succeeds_quietly();
    assert_eq!(
        plain.stdout,
        first["access_token"].as_str().expect("a string")
    );

    let second = token(&sandbox, &["--force-refresh"]);
    assert_eq!(second["source"], "refresh");
    assert_ne!(second["access_token"], first["access_token"]);
    let third = token(&sandbox, &[]);
    assert_eq!(third["source"], "cache");
    assert_eq!(third["access_token"], second["access_token"]);
}

#[test]
fn token_is_refreshed_when_less_than_min_ttl_is_left() {
    // Ten seconds are less than the 30 of `--min-ttl`, also right after a refresh.
    let server = AuthorizationServer::start(&["--access-token-ttl", "10"]);
    let sandbox = signed_in(&server, "alice");
    let source = |more: &[&str]| {
        let arguments = ["token", "--json"];
        let outcome = sandbox.authctl(arguments.iter().chain(more)).succeeds();
        outcome.json()["source"].clone()
    };
    assert_eq!(source(&[]), "refresh");
    assert_eq!(source(&["--min-ttl", "1s"]), "cache");
    // Each of these spends the refresh token that the one before it received.
    assert_eq!(source(&[]), "refresh");
    assert_eq!(source(&[]), "refresh");
}

#[test]
fn a_copy_of_a_spent_refresh_token_ends_the_session_for_both() {
    let sandbox = signed_in(AuthorizationServer::shared(), "alice");
    let copy = sandbox.duplicate();
    sandbox.authctl(["refresh"]).succeeds();
    // The server sees a spent refresh token and revokes the family (RFC 9700 §4.14.2).
    copy.authctl(["refresh"]).fails(4);
    sandbox.authctl(["refresh"]).fails(4);
}

#[test]
fn introspect_and_revoke_follow_a_token_to_its_end() {
    let server = AuthorizationServer::shared();
    let sandbox = signed_in(server, "alice");
    let access_token = token(&sandbox, &[])["access_token"].clone();
    let access_token = access_token.as_str().expect("a string");

    let introspection = introspect(server, access_token).succeeds_quietly().json();
    assert_eq!(introspection["active"], true);
    assert_eq!(introspection["sub"], "alice");
    assert_eq!(introspection["client_id"], "native");
    assert_eq!(introspection["scope"], SCOPE);

    let native = ["--issuer", server.issuer(), "--client-id", "native", "-"];
    let revoke = ["revoke"].into_iter().chain(native);
    Sandbox::new()
        .authctl_with_input(revoke, access_token)
        .succeeds();
    inactive(server, access_token);
    // RFC 7009 §2.2: a token that is not valid (any more) is no error.
    let revoke = ["revoke"].into_iter().chain(native);
    Sandbox::new()
        .authctl_with_input(revoke, access_token)
        .succeeds();
}

#[test]
fn logout_revokes_what_it_forgets() {
    let server = AuthorizationServer::shared();
    let sandbox = signed_in(server, "alice");
    let access_token = token(&sandbox, &[])["access_token"].clone();
    let copy = sandbox.duplicate();
    sandbox.authctl(["logout"]).succeeds();

    inactive(server, access_token.as_str().expect("a string"));
    sandbox.authctl(["token"]).fails(4);
    sandbox.authctl(["status"]).fails(4);
    // Nor does the refresh token that it held work any more.
    copy.authctl(["refresh"]).fails(4);
}

#[test]
fn client_secret_basic_is_form_urlencoded_first() {
    let sandbox = confidential("client_secret_basic");
    let first = client_token(&sandbox, "client_secret_basic", &[]);
    assert_eq!(first["source"], "request");
    let second = client_token(&sandbox, "client_secret_basic", &[]);
    assert_eq!(second["source"], "cache");
    assert_eq!(second["access_token"], first["access_token"]);
}

#[test]
fn client_secret_post_is_sent_in_the_body() {
    let sandbox = confidential("client_secret_post");
    let answer = client_token(
        &sandbox,
        "client_secret_post",
        &["--auth-method", "client_secret_post"],
    );
    assert_eq!(answer["source"], "request");
}

#[test]
fn a_session_of_a_confidential_client_is_refreshed_with_its_secret() {
    let server = AuthorizationServer::shared();
    let mut sandbox = confidential("client_secret_basic");
    sandbox.set_secret("AUTHCTL_PASSWORD", server.password("alice"));
    let client = server.client("client_secret_basic");
    sandbox
        .authctl([
            "login",
            "--issuer",
            server.issuer(),
            "--client-id",
            &client.client_id,
            "--username",
            "alice",
            "--scope",
            SCOPE,
        ])
        .succeeds();
    assert_eq!(token(&sandbox, &["--force-refresh"])["source"], "refresh");
}

#[test]
fn a_wrong_client_secret_is_the_servers_refusal() {
    let server = AuthorizationServer::shared();
    for method in ["client_secret_basic", "client_secret_post"] {
        let client = server.client(method);
        let mut sandbox = Sandbox::new();
        sandbox.set_secret("AUTHCTL_CLIENT_SECRET", "not the secret");
        let error = sandbox
            .authctl([
                "token",
                "--client",
                "--issuer",
                server.issuer(),
                "--client-id",
                &client.client_id,
                "--auth-method",
                method,
                "--json",
            ])
            .fails(5)
            .error();
        assert_eq!(error["exit_code"], 5, "{method}");
        assert_eq!(error["server"]["error"], "invalid_client", "{method}");
    }
}

#[test]
fn a_resource_that_the_server_does_not_know_is_refused() {
    let server = AuthorizationServer::shared();
    let client = server.client("client_secret_basic");
    let error = confidential("client_secret_basic")
        .authctl([
            "token",
            "--client",
            "--issuer",
            server.issuer(),
            "--client-id",
            &client.client_id,
            "--resource",
            "https://elsewhere.example.test/",
            "--json",
        ])
        .fails(5)
        .error();
    assert_eq!(error["server"]["error"], "invalid_target");
}

#[test]
fn a_jwt_access_token_is_decoded_and_verified_by_its_issuer() {
    let server = AuthorizationServer::shared();
    let (issuer, resource) = (server.issuer(), server.resource());
    let sandbox = confidential("client_secret_basic");
    let answer = client_token(
        &sandbox,
        "client_secret_basic",
        &["--resource", resource, "--scope", "orders:read"],
    );
    let jwt = answer["access_token"].as_str().expect("a string");

    let decoded = sandbox.authctl(["decode", "--json", jwt]).succeeds().json();
    assert_eq!(decoded["header"]["alg"], "ES256");
    assert_eq!(decoded["header"]["typ"], "at+jwt");

    let verify = |more: &[&str], token: &str| {
        let arguments = ["verify", "--issuer", issuer, "-"];
        sandbox.authctl_with_input(arguments.iter().chain(more), token)
    };
    let right = [
        "--audience",
        resource,
        "--typ",
        "at+jwt",
        "--scope",
        "orders:read",
        "--alg",
        "ES256",
    ];
    verify(&right, jwt).succeeds();
    verify(&["--audience", "https://elsewhere.example.test/"], jwt).fails(3);
    verify(&["--audience", resource, "--scope", "orders:write"], jwt).fails(3);
    verify(&["--audience", resource, "--alg", "RS256"], jwt).fails(3);
    verify(&["--audience", resource], &tampered(jwt)).fails(3);
}

#[test]
fn a_token_that_the_server_cannot_introspect_is_its_refusal() {
    let server = AuthorizationServer::shared();
    let client = server.client("client_secret_basic");
    let sandbox = confidential("client_secret_basic");
    let answer = client_token(
        &sandbox,
        "client_secret_basic",
        &["--resource", server.resource(), "--scope", "orders:read"],
    );
    let error = sandbox
        .authctl_with_input(
            [
                "introspect",
                "--json",
                "--issuer",
                server.issuer(),
                "--client-id",
                &client.client_id,
                "-",
            ],
            answer["access_token"].as_str().expect("a string"),
        )
        .fails(5)
        .error();
    assert_eq!(error["server"]["error"], "unsupported_token_type");
}

/// A sandbox in which `user` has signed in with the public client.
/// A home in which a person of the server is signed in.
pub fn signed_in(server: &AuthorizationServer, user: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    login(&mut sandbox, server, user).succeeds();
    sandbox
}

fn login(sandbox: &mut Sandbox, server: &AuthorizationServer, user: &str) -> Outcome {
    // A reference to a variable of any name, as a script would have it.
    sandbox.set_secret("INTEROP_PASSWORD", server.password(user));
    sandbox.authctl([
        "login",
        "--issuer",
        server.issuer(),
        "--client-id",
        "native",
        "--username",
        user,
        "--password",
        "env:INTEROP_PASSWORD",
        "--scope",
        SCOPE,
    ])
}

/// A sandbox that knows the secret of the client that authenticates by `method`.
fn confidential(method: &str) -> Sandbox {
    let client = AuthorizationServer::shared().client(method);
    let mut sandbox = Sandbox::new();
    let secret = client.client_secret.as_deref().expect("it is confidential");
    sandbox.set_secret("AUTHCTL_CLIENT_SECRET", secret);
    sandbox
}

fn client_token(sandbox: &Sandbox, method: &str, more: &[&str]) -> Value {
    let server = AuthorizationServer::shared();
    let client_id = server.client(method).client_id.as_str();
    let arguments = [
        "token",
        "--client",
        "--json",
        "--issuer",
        server.issuer(),
        "--client-id",
        client_id,
    ];
    sandbox
        .authctl(arguments.iter().chain(more))
        .succeeds_quietly()
        .json()
}

fn token(sandbox: &Sandbox, more: &[&str]) -> Value {
    sandbox
        .authctl(["token", "--json"].iter().chain(more))
        .succeeds_quietly()
        .json()
}

fn whoami(sandbox: &Sandbox) -> Value {
    sandbox
        .authctl(["whoami", "--json"])
        .succeeds_quietly()
        .json()
}

/// Asks about a token from a home that has no session.
fn introspect(server: &AuthorizationServer, token: &str) -> Outcome {
    Sandbox::new().authctl_with_input(
        [
            "introspect",
            "--json",
            "--issuer",
            server.issuer(),
            "--client-id",
            "native",
            "-",
        ],
        token,
    )
}

#[track_caller]
fn inactive(server: &AuthorizationServer, token: &str) {
    let error = introspect(server, token).fails(3).error();
    assert_eq!(error["exit_code"], json!(3));
}

/// Changes one octet in the middle of the claims.
fn tampered(jwt: &str) -> String {
    let dot = jwt.find('.').expect("a JWT has dots");
    let at = dot + 8;
    let other = if jwt.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &jwt[..at], &jwt[at + 1..])
}
