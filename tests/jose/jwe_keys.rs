//! Which key encrypts and decrypts.

use authctl::core::error::Report as _;
use authctl::core::jose::jwe::{
    self, ContentEncryption, DecryptionKeys, EncryptionKey, KeyManagement, Plan,
};
use authctl::core::jose::{Algorithm, SigningKey, base64url};
use authctl::core::secret::SecretBytes;
use serde_json::{Value, json};

use crate::jwe::{Pair, decrypt, open_by, plan, private_jwk, secret, with, x25519};

#[test]
fn the_kid_selects_in_a_set_and_no_other_key_is_tried() {
    let (rsa, ec, other) = (
        private_jwk(Algorithm::RS256),
        private_jwk(Algorithm::ES256),
        x25519(),
    );
    let token_for = |jwk: &Value| {
        let document = jwk.to_string();
        let key = EncryptionKey::from_document(document.as_bytes(), None, None).unwrap();
        let (algorithm, encryption) = key.choose(None, None).unwrap();
        let token = jwe::encrypt(&key, &plan(algorithm, encryption), b"content").unwrap();
        token.expose().to_owned()
    };
    let judge = |token: &str, keys: &[Value]| {
        let set = json!({"keys": keys}).to_string();
        let keys = DecryptionKeys::from_document(set.as_bytes(), None, None).unwrap();
        decrypt(token, &keys).map(|_| ())
    };
    let (a, b) = (
        with(&rsa, json!({"kid": "a"})),
        with(&ec, json!({"kid": "b"})),
    );
    assert_eq!(judge(&token_for(&a), &[a.clone(), b.clone()]), Ok(()));
    assert_eq!(judge(&token_for(&b), &[a.clone(), b.clone()]), Ok(()));
    // Without a kid, each that fits is tried.
    let last = [x25519(), a.clone(), other.clone()];
    assert_eq!(judge(&token_for(&other), &last), Ok(()));
    assert_eq!(judge(&token_for(&rsa), &[]), Err(vec!["no_key"]));
    assert_eq!(
        judge(&token_for(&other), &[x25519(), x25519()]),
        Err(vec!["decryption"])
    );
    // J21: no falling back to others.
    let renamed = with(&rsa, json!({"kid": "c"}));
    let refused = judge(&token_for(&a), &[renamed, b.clone()]);
    assert_eq!(refused, Err(vec!["unknown_kid"]));
    // J47.
    let refused = judge(&token_for(&a), &[a.clone(), a.clone()]);
    assert_eq!(refused, Err(vec!["ambiguous_key"]));
    // J46: the key says what it is for.
    for (label, code) in [
        (json!({"use": "sig"}), "key_use"),
        (json!({"key_ops": ["sign"]}), "key_use"),
        (json!({"alg": "RS256"}), "key_algorithm"),
        (json!({"alg": "RSA-OAEP"}), "key_algorithm"),
    ] {
        let labelled = with(&a, label);
        assert_eq!(judge(&token_for(&a), &[labelled]), Err(vec![code]));
    }
}

#[test]
fn a_key_of_another_type_curve_or_length_is_refused() {
    let token_for = |jwk: &Value| {
        let pair = Pair::of(jwk);
        let (algorithm, encryption) = pair.to.choose(None, None).unwrap();
        let token = jwe::encrypt(&pair.to, &plan(algorithm, encryption), b"content").unwrap();
        token.expose().to_owned()
    };
    let tokens = [
        private_jwk(Algorithm::RS256),
        private_jwk(Algorithm::ES256),
        private_jwk(Algorithm::ES384),
        x25519(),
        secret(16),
        secret(64),
    ]
    .map(|jwk| (token_for(&jwk), jwk));
    for (at, (token, _)) in tokens.iter().enumerate() {
        for (other, (_, jwk)) in tokens.iter().enumerate() {
            let judged = open_by(jwk, token);
            match at == other {
                true => assert_eq!(judged.as_deref(), Ok(&b"content"[..])),
                false => assert_eq!(judged, Err(vec!["key_algorithm"]), "{at} {other}"),
            }
        }
    }
}

#[test]
fn keys_that_cannot_serve_are_refused_by_name() {
    let to = |jwk: &Value| {
        EncryptionKey::from_document(jwk.to_string().as_bytes(), None, None)
            .and_then(|key| Ok(key.choose(None, None)?))
            .map_err(|error| error.code())
    };
    let by = |jwk: &Value| {
        DecryptionKeys::from_document(jwk.to_string().as_bytes(), None, None)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    let ed25519 = private_jwk(Algorithm::EdDSA);
    assert_eq!(to(&ed25519), Err("key_unsupported"));
    assert_eq!(by(&ed25519), Err("key_unsupported"));
    let rsa = private_jwk(Algorithm::RS256);
    for label in [json!({"use": "sig"}), json!({"alg": "PS256"})] {
        let labelled = with(&rsa, label);
        assert!(matches!(to(&labelled), Err("key_use" | "key_algorithm")));
        assert!(matches!(by(&labelled), Err("key_use" | "key_algorithm")));
    }
    let mut public = rsa.clone();
    for member in ["d", "p", "q", "dp", "dq", "qi"] {
        public.as_object_mut().unwrap().remove(member);
    }
    assert!(to(&public).is_ok());
    assert_eq!(by(&public), Err("key_use"));
    // J16: RSA of 1024 bits.
    let weak = include_bytes!("../vectors/openssl/rsa1024.pub.pem");
    let weak = EncryptionKey::from_document(weak, None, None).unwrap_err();
    assert_eq!(weak.code(), "key_weak");
    assert_eq!(to(&secret(17)), Err("key_algorithm"));
    // J6: a public key is no secret.
    let pem = include_bytes!("../vectors/openssl/rsa2048.pub.pem");
    let fault = EncryptionKey::secret(SecretBytes::new(*pem)).unwrap_err();
    assert_eq!(fault.code, "secret_is_a_key");
}

#[test]
fn a_point_off_the_curve_or_of_small_order_is_no_key() {
    let zeros = json!({"kty": "OKP", "crv": "X25519", "x": base64url::encode([0; 32])});
    let key = EncryptionKey::from_document(zeros.to_string().as_bytes(), None, None).unwrap();
    let plan = plan(KeyManagement::EcdhEs, ContentEncryption::A128Gcm);
    let error = jwe::encrypt(&key, &plan, b"content").unwrap_err();
    assert_eq!(error.code(), "key_weak");
    let mut wrong = private_jwk(Algorithm::ES256);
    wrong["y"] = wrong["x"].clone();
    let error = EncryptionKey::from_document(wrong.to_string().as_bytes(), None, None);
    assert_eq!(error.unwrap_err().code(), "key_malformed");
    let mut torn = x25519();
    torn["x"] = x25519()["x"].clone();
    let error = DecryptionKeys::from_document(torn.to_string().as_bytes(), None, None);
    assert_eq!(error.unwrap_err().code(), "key_malformed");
}

#[test]
fn a_password_in_a_jwk_is_a_password_by_its_alg_alone() {
    let mut jwk = secret(16);
    jwk["alg"] = "PBES2-HS256+A128KW".into();
    let pair = Pair::of(&jwk);
    let plan = plan(KeyManagement::Pbes2Hs256A128Kw, ContentEncryption::A128Gcm);
    let token = jwe::encrypt(&pair.to, &plan, b"content").unwrap();
    assert_eq!(
        decrypt(token.expose(), &pair.by).as_deref(),
        Ok(&b"content"[..])
    );
    assert_eq!(
        open_by(&secret(16), token.expose()),
        Err(vec!["key_algorithm"])
    );
}

#[test]
fn a_signing_key_of_any_document_form_decrypts_too() {
    for algorithm in [Algorithm::RS256, Algorithm::ES384] {
        let key: &SigningKey = crate::fixture::key(algorithm);
        let private = key.to_pkcs8_pem().unwrap();
        let public = key.public_pem().unwrap();
        let to = EncryptionKey::from_document(public.as_bytes(), None, None).unwrap();
        let (alg, enc) = to.choose(None, None).unwrap();
        let token = jwe::encrypt(&to, &Plan::new(alg, enc), b"content").unwrap();
        let document = private.expose().as_bytes();
        let by = DecryptionKeys::from_document(document, None, None).unwrap();
        assert_eq!(decrypt(token.expose(), &by).as_deref(), Ok(&b"content"[..]));
    }
}
