//! Keys: made here and read there, made there and read here, in every form
//! that both have.

use authctl::core::jose::{Algorithm, base64url};
use serde_json::{Map, Value, json};

use super::{authctl, shared};
use crate::harness::{Library, Sandbox};

/// The members that make a key, which is what two descriptions of one share.
const MATERIAL: [&str; 15] = [
    "kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "k", "pub", "priv",
];

#[test]
fn a_library_reads_every_key_that_keygen_writes() {
    for algorithm in Algorithm::ALL {
        let sandbox = Sandbox::new();
        authctl(&sandbox, &format!("keygen --alg {algorithm} --out key"), "").succeeds();
        let libraries = Library::all();
        for library in libraries.iter().filter(|library| !library.lacks(algorithm)) {
            if algorithm.is_symmetric() {
                let jwk = json(&sandbox, "key.jwk.json");
                reads(library, algorithm, &json!({"jwk": jwk}), &jwk);
                continue;
            }
            let public = json(&sandbox, "key.jwks.json")["keys"][0].take();
            reads(library, algorithm, &json!({"jwk": public}), &public);
            let pem = library.pem(algorithm, &text(&sandbox, "key.pub.pem"));
            reads(library, algorithm, &pem, &public);
            let pem = library.pem(algorithm, &text(&sandbox, "key.pem"));
            let forms = library.does("forms", json!({"key": pem, "alg": algorithm.name()}));
            assert_eq!(
                material(&public_jwk(&forms["jwk"])),
                material(&public),
                "{} {algorithm}",
                library.name
            );
        }
    }
}

#[test]
fn a_private_jwk_is_read_and_its_thumbprint_is_what_a_library_calculates() {
    // One of the RSA algorithms, since RSA keys take their time.
    for algorithm in Algorithm::ALL
        .into_iter()
        .filter(|algorithm| algorithm.key_type().default_algorithm() == *algorithm)
    {
        let sandbox = Sandbox::new();
        let line = format!("keygen --alg {algorithm} --out - -o jwk");
        let jwk = authctl(&sandbox, &line, "").succeeds().json();
        let libraries = Library::all();
        for library in libraries.iter().filter(|library| !library.lacks(algorithm)) {
            reads(library, algorithm, &json!({"jwk": jwk}), &jwk);
            // keygen's kid is the thumbprint (RFC 7638).
            let thumbprint = library.does("thumbprint", json!({"jwk": jwk}));
            assert_eq!(jwk["kid"], thumbprint, "{} {algorithm}", library.name);
        }
    }
}

#[test]
fn a_set_of_several_keys_serves_there_by_the_kid_and_here_too() {
    for library in Library::all() {
        let sandbox = Sandbox::new();
        let signers: Vec<_> = shared()
            .filter(|(other, algorithm)| other.name == library.name && !algorithm.is_symmetric())
            .map(|(_, algorithm)| {
                let mut private = library.key(algorithm).private["jwk"].take();
                private["kid"] = format!("the {algorithm} key").into();
                (algorithm, private)
            })
            .collect();
        let keys: Vec<Value> = signers.iter().map(|(_, jwk)| public_jwk(jwk)).collect();
        let set = json!({"keys": keys});
        sandbox.write("set.json", set.to_string());
        for (algorithm, jwk) in &signers {
            let token = library.does(
                "sign",
                json!({
                    "header": {"alg": algorithm.name(), "kid": jwk["kid"]},
                    "key": {"jwk": jwk},
                    "payload": base64url::encode("{}"),
                }),
            );
            let token = token.as_str().expect("a token is a string");
            let request = json!({
                "token": token,
                "key": {"jwks": set},
                "algorithms": [algorithm.name()],
            });
            library.does("verify", request);
            authctl(&sandbox, "verify --jws --jwks set.json -", token).succeeds();
        }
    }
}

#[test]
fn a_key_is_the_same_after_it_was_converted() {
    // Not once more for each algorithm that the same keys serve.
    let usual = |algorithm: Algorithm| algorithm.key_type().default_algorithm() == algorithm;
    for (library, algorithm) in shared().filter(|(_, algorithm)| usual(*algorithm)) {
        let case = format!("{} {algorithm}", library.name);
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        let (private, public) = (&pair.private["jwk"], &pair.public["jwk"]);
        sandbox.write("private.jwk", private.to_string());
        let same = |key: Value, jwk: &Value| reads(library, algorithm, &key, jwk);
        let convert = |line: &str| {
            let line = format!("key convert {line}");
            authctl(&sandbox, &line, "").succeeds().stdout
        };
        let as_jwk = |text: String| {
            let jwk: Value = serde_json::from_str(&text).expect("a JWK is JSON");
            json!({"jwk": jwk})
        };
        same(as_jwk(convert("private.jwk --to jwk")), private);
        if algorithm.is_symmetric() {
            continue;
        }
        sandbox.write("private.pem", pem(&pair.private));
        sandbox.write("public.jwk", public.to_string());
        sandbox.write("public.pem", pem(&pair.public));
        same(as_jwk(convert("private.pem --to jwk")), private);
        same(as_jwk(convert("public.pem --to jwk")), public);
        let pem = |text: String| library.pem(algorithm, &text);
        same(pem(convert("private.jwk --to pkcs8")), private);
        for name in ["private.jwk", "private.pem", "public.jwk", "public.pem"] {
            same(pem(convert(&format!("{name} --to spki"))), public);
            let printed = authctl(&sandbox, &format!("key thumbprint {name}"), "");
            let thumbprint = library.does("thumbprint", json!({"jwk": public}));
            let thumbprint = thumbprint.as_str().expect("a thumbprint is a string");
            assert_eq!(printed.succeeds().stdout.trim_end(), thumbprint, "{case}");
        }
    }
}

#[test]
fn joserfc_reads_the_openssh_form_of_a_public_key() {
    let library = Library::joserfc();
    // OpenSSH has no other curves than those of NIST.
    for name in ["RS256", "ES256", "ES384", "ES512", "EdDSA"] {
        let algorithm: Algorithm = name.parse().expect("it is in the table");
        let sandbox = Sandbox::new();
        let pair = library.key(algorithm);
        sandbox.write("public.jwk", pair.public["jwk"].to_string());
        let line = authctl(&sandbox, "key convert public.jwk --to openssh", "").succeeds();
        let key = library.pem(algorithm, line.stdout.trim_end());
        reads(library, algorithm, &key, &pair.public["jwk"]);
    }
}

/// Requires that a library reads a key as the one of `jwk`, and writes it so.
#[track_caller]
fn reads(library: &Library, algorithm: Algorithm, key: &Value, jwk: &Value) {
    let forms = library.does("forms", json!({"key": key, "alg": algorithm.name()}));
    assert_eq!(
        material(&forms["jwk"]),
        material(jwk),
        "{} {algorithm}",
        library.name
    );
}

fn material(jwk: &Value) -> Map<String, Value> {
    MATERIAL
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), jwk.get(name)?.clone())))
        .collect()
}

fn public_jwk(jwk: &Value) -> Value {
    let mut public = jwk.clone();
    let members = public.as_object_mut().expect("a JWK is an object");
    members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi", "priv"].contains(&name.as_str()));
    public
}

fn text(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.path(name)).expect("it was written")
}

fn json(sandbox: &Sandbox, name: &str) -> Value {
    serde_json::from_str(&text(sandbox, name)).expect("it is JSON")
}

fn pem(key: &Value) -> &str {
    key["pem"].as_str().expect("a key pair has a PEM form")
}
