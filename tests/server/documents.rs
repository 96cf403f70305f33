//! Metadata and key set.

use authctl::core::http::Response as CoreResponse;
use authctl::core::jose::{Algorithm, JwkSet};
use authctl::core::oauth::Metadata;
use authctl::server::Config;
use serde_json::{Value, json};

use crate::support::{Fixture, server, with_config, with_options, with_toml};

const FORMS: [&str; 2] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

#[test]
fn both_well_known_forms_give_the_same_document() {
    let server = server();
    let [a, b] = FORMS.map(|path| server.get(path));
    assert_eq!((a.status, b.status), (200, 200));
    assert_eq!(a.body, b.body);
    assert_eq!(a.header("content-type"), Some("application/json"));
    assert_eq!(a.header("cache-control"), Some("public, max-age=300"));
}

#[test]
fn the_core_takes_the_document() {
    let server = server();
    let answer = server.get(FORMS[0]);
    let metadata = Metadata::process(
        &server.issuer().parse().expect("a URL"),
        &core_request(&server),
        &CoreResponse {
            status: answer.status,
            headers: answer.headers,
            body: answer.body.into(),
        },
    )
    .expect("metadata");
    assert!(metadata.supports_grant("password"));
    assert!(!metadata.supports_grant("authorization_code"));
}

fn core_request(server: &Fixture) -> authctl::core::http::Request {
    authctl::core::http::Request::get(server.issuer().parse().expect("a URL"))
}

#[test]
fn the_document_lists_what_works() {
    let server = server();
    let issuer = server.issuer();
    let document = server.get(FORMS[0]).json();
    assert_eq!(
        document,
        json!({
            "issuer": issuer,
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "introspection_endpoint": format!("{issuer}/introspect"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "grant_types_supported": ["password", "client_credentials", "refresh_token"],
            "response_types_supported": [],
            "scopes_supported": [
                "openid", "profile", "email", "groups", "offline_access", "api:read", "api:write"
            ],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post", "none"],
            "revocation_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post", "none"],
            "introspection_endpoint_auth_methods_supported":
                ["client_secret_basic", "client_secret_post"],
            "claims_supported": [
                "iss", "sub", "aud", "exp", "iat", "auth_time", "at_hash", "name", "given_name",
                "family_name", "preferred_username", "locale", "zoneinfo", "email",
                "email_verified", "groups"
            ],
            "claims_parameter_supported": false,
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        })
    );
}

#[test]
fn every_listed_endpoint_is_there() {
    let server = server();
    let document = server.get(FORMS[0]).json();
    let members = document.as_object().expect("an object");
    let endpoints = members
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    let mut count = 0;
    for (name, url) in endpoints {
        let path = url
            .as_str()
            .and_then(|url| url.strip_prefix(server.issuer()))
            .expect("an endpoint of ours");
        assert_ne!(server.get(path).status, 404, "{name}");
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn v19_the_key_set_holds_public_parts_alone() {
    for (algorithm, members) in [
        (Algorithm::RS256, vec!["alg", "e", "kid", "kty", "n", "use"]),
        (Algorithm::PS256, vec!["alg", "e", "kid", "kty", "n", "use"]),
        (
            Algorithm::ES256,
            vec!["alg", "crv", "kid", "kty", "use", "x", "y"],
        ),
        (
            Algorithm::EdDSA,
            vec!["alg", "crv", "kid", "kty", "use", "x"],
        ),
        (Algorithm::MLDSA87, vec!["alg", "kid", "kty", "pub", "use"]),
    ] {
        let server = with_config(|config| config.algorithm = algorithm);
        let answer = server.get("/jwks");
        assert_eq!(
            answer.header("content-type"),
            Some("application/jwk-set+json")
        );
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let set = answer.json();
        let key = set["keys"][0].as_object().expect("a key");
        let mut names: Vec<&String> = key.keys().collect();
        names.sort();
        assert_eq!(names, members, "{algorithm}");
        assert_eq!(key["alg"], algorithm.name());
        let parsed = JwkSet::parse(&answer.body).expect("a key set");
        assert_eq!(parsed.keys().len(), 1);
        assert_eq!(
            Value::from(parsed.keys()[0].thumbprint().expect("a thumbprint")),
            key["kid"],
            "the kid is the thumbprint"
        );
    }
}

#[test]
fn an_issuer_with_a_path_is_found_by_all_three_forms() {
    let mut config = Config::built_in();
    config.algorithm = Algorithm::ES256;
    config.issuer = Some("https://as.example/realms/dev".parse().expect("a URL"));
    let server = with_options(config, |_| {});
    for path in [
        "/.well-known/openid-configuration/realms/dev",
        "/.well-known/oauth-authorization-server/realms/dev",
        "/realms/dev/.well-known/openid-configuration",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.json()["token_endpoint"],
            "https://as.example/realms/dev/token"
        );
    }
    assert_eq!(server.get("/realms/dev/jwks").status, 200);
    server.get("/jwks").refused(404, "not_found");
    server.get(FORMS[0]).refused(404, "not_found");
    let answer = server.send("GET", "/realms/dev/jwks", &["Host: as.example"], "");
    assert_eq!(answer.status, 200);
}

#[test]
fn any_scope_is_not_listed_as_a_scope() {
    let server = with_toml("scopes = [\"openid\", \"*\"]");
    assert_eq!(
        server.get(FORMS[0]).json()["scopes_supported"],
        json!(["openid"])
    );
}

#[test]
fn what_is_not_listed_is_not_there() {
    let server = server();
    for path in ["/", "/authorize", "/token/", "/jwks.json", "/.well-known/"] {
        server.get(path).refused(404, "not_found");
    }
}

#[test]
fn a_sign_of_life_is_given() {
    let answer = server().get("/healthz");
    assert_eq!((answer.status, &answer.body[..]), (200, &b"ok\n"[..]));
}
