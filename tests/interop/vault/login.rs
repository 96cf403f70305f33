//! Logins: AppRole, JWT, Kubernetes; and that none of what they hold is shown.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use super::server::Bao;
use super::{Issuer, runner, sign_in};
use crate::harness::Sandbox;

/// A machine that signs in by `method` for a folder of its own, which its
/// policy gives it, and no token.
fn signing_in(bao: &Bao, folder: &str, issuer: &Issuer, method: &str) -> Sandbox {
    let rules = format!(
        "path \"secret/data/{folder}/*\" {{ capabilities = [\"create\", \"read\", \"update\"] }}\n\
         path \"secret/metadata/{folder}/*\" {{ capabilities = [\"create\", \"read\", \"update\", \"delete\", \"list\"] }}"
    );
    bao.write(
        &format!("sys/policies/acl/{folder}"),
        json!({ "policy": rules }),
    );
    let mut near = runner(&bao.url(), folder, &issuer.url);
    near.set("VAULT_TOKEN", "")
        .set("AUTHCTL_VAULT_AUTH", method);
    near
}

/// Refreshes with all that is traced shown, and requires that no secret is,
/// and that Vault has no more tokens than before.
fn is_of_use(bao: &Bao, folder: &str, near: &Sandbox) {
    let tokens = || bao.names_of("auth/token/accessors").len();
    let before = tokens();
    sign_in(near);
    let shown = near.authctl(["refresh", "-vv"]).succeeds().stderr;
    assert!(shown.contains("/login"), "{shown}");
    assert!(shown.contains("revoke-self"), "{shown}");
    let record = bao.kept(folder).expect("a session");
    let secrets = [
        record.refresh_token.expect("one"),
        record.tokens[0].access_token.clone(),
    ];
    for secret in secrets {
        assert!(!shown.contains(secret.expose()), "{shown}");
    }
    assert!(!shown.contains("x-vault-token: s."), "{shown}");
    assert_eq!(tokens(), before, "each was given back");
}

#[test]
fn an_approle_is_of_use() {
    // Of its own: its tokens are counted.
    let (bao, folder, issuer) = (&Bao::start(), Bao::folder(), Issuer::start());
    let mut near = signing_in(bao, &folder, &issuer, "approle");
    bao.write("sys/auth/approle", json!({"type": "approle"}));
    bao.write(
        "auth/approle/role/runner",
        json!({"token_policies": [folder], "token_ttl": "60s"}),
    );
    let text = |answer: Value, name: &str| answer["data"][name].as_str().expect("text").to_owned();
    let role = bao.does(
        authctl::core::http::Method::Get,
        "auth/approle/role/runner/role-id",
        None,
    );
    let secret = bao.write("auth/approle/role/runner/secret-id", json!({}));
    near.set("AUTHCTL_VAULT_ROLE", &text(role, "role_id"))
        .set_secret("AUTHCTL_VAULT_SECRET", &text(secret, "secret_id"));
    is_of_use(bao, &folder, &near);

    near.set("AUTHCTL_VAULT_SECRET", "no-secret-id-of-it");
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_login_refused");
}

/// The JWT is one of ours: `keygen` and `sign` serve as the CI system.
#[test]
fn a_jwt_of_authctl_s_own_is_of_use() {
    // Of its own: its tokens are counted.
    let (bao, folder, issuer) = (&Bao::start(), Bao::folder(), Issuer::start());
    let mut near = signing_in(bao, &folder, &issuer, "jwt");
    near.authctl(["keygen", "--alg", "ES256", "--out", "ci"])
        .succeeds();
    let public = std::fs::read_to_string(near.path("ci.pub.pem")).expect("a public key");
    bao.write("sys/auth/ci", json!({"type": "jwt"}));
    bao.write(
        "auth/ci/config",
        json!({"jwt_validation_pubkeys": [public]}),
    );
    bao.write(
        "auth/ci/role/runner",
        json!({
            "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"],
            "bound_subject": "repo:me/app", "token_policies": [folder], "token_ttl": "60s",
        }),
    );
    let jwt = |subject: &str| {
        let arguments = [
            "sign", "--key", "ci.pem", "--sub", subject, "--aud", "vault", "--exp", "5m",
        ];
        near.authctl(arguments).succeeds().stdout.trim().to_owned()
    };
    let (good, bad) = (jwt("repo:me/app"), jwt("repo:you/app"));
    near.write("ci.jwt", &good);
    near.set("AUTHCTL_VAULT_AUTH_MOUNT", "ci")
        .set("AUTHCTL_VAULT_ROLE", "runner")
        .set_secret("AUTHCTL_VAULT_SECRET", &good);
    is_of_use(bao, &folder, &near);

    // From a file, by the profile.
    near.set("AUTHCTL_VAULT_SECRET", "");
    let path = format!("file:{}", near.path("ci.jwt").display());
    near.authctl(["profile", "set", "default", "vault_secret", &path])
        .succeeds();
    near.authctl(["token", "-q"]).succeeds_quietly();

    near.set_secret("AUTHCTL_VAULT_SECRET", &bad);
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_login_refused");
}

/// The cluster is one request: the TokenReview by which Vault asks it whose
/// token that is.
#[test]
fn a_service_account_of_kubernetes_is_of_use() {
    // Of its own: its tokens are counted.
    let (bao, folder, issuer) = (&Bao::start(), Bao::folder(), Issuer::start());
    let mut near = signing_in(bao, &folder, &issuer, "kubernetes");
    near.authctl(["keygen", "--alg", "RS256", "--out", "cluster"])
        .succeeds();
    let claims = json!({"namespace": "ci", "serviceaccount": {"name": "runner", "uid": "1"}});
    let claim = format!("kubernetes.io:={claims}");
    let arguments = [
        "sign",
        "--key",
        "cluster.pem",
        "--sub",
        "system:serviceaccount:ci:runner",
        "--exp",
        "5m",
        "--claim",
        &claim,
    ];
    let token = near.authctl(arguments).succeeds().stdout.trim().to_owned();
    let cluster = cluster(&token);
    // Nobody speaks TLS here, but Vault wants to know whom to trust.
    let authority =
        rcgen::generate_simple_self_signed(["cluster".to_owned()]).expect("a certificate");
    bao.write("sys/auth/kubernetes", json!({"type": "kubernetes"}));
    bao.write(
        "auth/kubernetes/config",
        json!({"kubernetes_host": cluster, "token_reviewer_jwt": token, "disable_local_ca_jwt": true, "kubernetes_ca_cert": authority.cert.pem()}),
    );
    bao.write(
        "auth/kubernetes/role/runner",
        json!({
            "bound_service_account_names": ["runner"],
            "bound_service_account_namespaces": ["ci"],
            "token_policies": [folder], "token_ttl": "60s",
        }),
    );
    near.write("sa-token", &token);
    near.set("AUTHCTL_VAULT_ROLE", "runner")
        .set_secret("AUTHCTL_VAULT_SECRET", &token);
    is_of_use(bao, &folder, &near);
    near.set("AUTHCTL_VAULT_ROLE", "other");
    let error = near.authctl(["token", "--json"]).fails(7).error();
    assert_eq!(error["error"], "vault_login_refused");
}

/// Starts what Vault takes for a cluster, in which only `token` is good.
fn cluster(token: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let token = token.to_owned();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = String::new();
            let mut buffer = [0; 8192];
            // The review names the token; the head alone may come first.
            while !request.contains(&format!("\"token\":\"{token}\"")) {
                match stream.read(&mut buffer) {
                    Ok(length) if length > 0 => {
                        request.push_str(&String::from_utf8_lossy(&buffer[..length]));
                    }
                    _ => break,
                }
            }
            assert!(request.starts_with("POST /apis/authentication.k8s.io/v1/tokenreviews"));
            let body = json!({
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenReview",
                "status": {"authenticated": true, "user": {
                    "username": "system:serviceaccount:ci:runner", "uid": "1",
                    "groups": ["system:serviceaccounts", "system:serviceaccounts:ci"],
                }},
            })
            .to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    format!("http://{address}")
}
