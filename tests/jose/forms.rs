//! Key files as others write them (`tests/vectors/openssl/`).

use authctl::core::error::{Exit, Report as _};
use authctl::core::jose::{Algorithm, Error, KeyError, Keys, Selection, SigningKey, jws};
use authctl::core::secret::{Secret, SecretBytes};
use serde_json::Map;

macro_rules! file {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../vectors/openssl/", $name)).as_slice(),
        )
    };
}

type File = (&'static str, &'static [u8]);

const PRIVATE_EC: [File; 7] = [
    file!("ec256.pkcs8.pem"),
    file!("ec256.sec1.pem"),
    file!("ec256.der"),
    file!("ec256.pbkdf2.pem"),
    file!("ec256.pbkdf2-sha1.pem"),
    file!("ec256.scrypt.pem"),
    file!("ec256.compressed.pkcs8.pem"),
];
const PUBLIC_EC: [File; 5] = [
    file!("ec256.pub.pem"),
    file!("ec256.pub.der"),
    file!("ec256.cert.pem"),
    file!("ec256.cert.der"),
    file!("ec256.compressed.pub.pem"),
];
const PRIVATE_RSA: [File; 3] = [
    file!("rsa2048.pkcs8.pem"),
    file!("rsa2048.pkcs1.pem"),
    file!("rsa2048.pkcs1.der"),
];
const PUBLIC_RSA: [File; 3] = [
    file!("rsa2048.pub.pem"),
    file!("rsa2048.pkcs1.pub.pem"),
    file!("rsa2048.pkcs1.pub.der"),
];
const PRIVATE_SECP256K1: [File; 2] = [file!("secp256k1.pkcs8.pem"), file!("secp256k1.sec1.pem")];
const PUBLIC_SECP256K1: [File; 1] = [file!("secp256k1.pub.pem")];

fn passphrase() -> Secret {
    Secret::new("correct-horse")
}

fn read(file: &[u8]) -> Result<SigningKey, Error> {
    SigningKey::from_document(file, &Selection::default(), Some(&passphrase()))
}

fn verifies(keys: &Keys, key: &SigningKey) -> bool {
    let token = jws::sign(key, Map::new(), b"payload").unwrap();
    jws::verify(token.expose(), keys, &jws::Rules::default()).is_ok()
}

#[test]
fn every_form_of_one_key_is_that_key() {
    for (private, public) in [
        (&PRIVATE_EC[..], &PUBLIC_EC[..]),
        (&PRIVATE_RSA, &PUBLIC_RSA),
        (&PRIVATE_SECP256K1, &PUBLIC_SECP256K1),
    ] {
        let first = read(private[0].1).unwrap();
        for (name, file) in private {
            assert_eq!(read(file).unwrap().kid(), first.kid(), "{name}");
        }
        for (name, file) in private.iter().chain(public) {
            let keys = Keys::key(file, Some(&passphrase())).unwrap();
            assert!(verifies(&keys, &first), "{name}");
        }
    }
}

#[test]
fn the_curve_and_the_type_choose_the_algorithm() {
    for ((name, file), algorithm) in [
        (file!("ec256.pkcs8.pem"), Algorithm::ES256),
        (file!("ec384.pkcs8.pem"), Algorithm::ES384),
        (file!("ec521.pkcs8.pem"), Algorithm::ES512),
        (file!("secp256k1.pkcs8.pem"), Algorithm::ES256K),
        (file!("ed25519.pkcs8.pem"), Algorithm::EdDSA),
        (file!("rsa2048.pkcs8.pem"), Algorithm::RS256),
        (file!("rsa-e3.pkcs8.pem"), Algorithm::RS256),
        (file!("rsa2049.pkcs8.pem"), Algorithm::RS256),
    ] {
        let key = read(file).unwrap();
        assert_eq!(key.algorithm(), algorithm, "{name}");
        assert!(verifies(&Keys::key(file, None).unwrap(), &key), "{name}");
    }
}

#[test]
fn what_is_written_is_what_openssl_writes() {
    for ((name, file), (_, public)) in [
        (file!("ec256.pkcs8.pem"), file!("ec256.pub.pem")),
        (file!("secp256k1.pkcs8.pem"), file!("secp256k1.pub.pem")),
        (file!("ed25519.pkcs8.pem"), file!("ed25519.pub.pem")),
        (file!("rsa2048.pkcs8.pem"), file!("rsa2048.pub.pem")),
    ] {
        let key = read(file).unwrap();
        let written = key.to_pkcs8_pem().unwrap();
        assert_eq!(written.expose().as_bytes(), file, "{name}");
        assert_eq!(key.public_pem().unwrap().as_bytes(), public, "{name}");
    }
}

#[test]
fn line_ends_and_text_around_do_not_matter() {
    let (_, pem) = file!("ec256.pub.pem");
    let pem = std::str::from_utf8(pem).unwrap();
    for text in [
        pem.replace('\n', "\r\n"),
        pem.trim().to_owned(),
        format!("\u{feff}Bag Attributes: é\n\n{pem}trailing"),
    ] {
        assert!(Keys::key(text.as_bytes(), None).is_ok(), "{text:?}");
    }
}

#[test]
fn of_a_file_with_a_certificate_too_the_private_key_signs() {
    let [first, .., encrypted, _, _, _] = &PRIVATE_EC;
    let kid = read(first.1).unwrap().kid().to_owned();
    let certificate = PUBLIC_EC[2].1;
    for private in [first, &PRIVATE_EC[1], encrypted] {
        for file in [[certificate, private.1], [private.1, certificate]] {
            let file = file.concat();
            assert_eq!(read(&file).unwrap().kid(), kid, "{}", private.0);
        }
    }
    // To verify, nobody needs the passphrase, which signing asks for.
    let file = [certificate, encrypted.1].concat();
    let fault = match SigningKey::from_document(&file, &Selection::default(), None) {
        Err(Error::Key(fault)) => fault.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault, "passphrase");
    let keys = Keys::key(&file, None).unwrap();
    assert!(verifies(&keys, &read(first.1).unwrap()));
}

#[test]
fn unfit_keys_given_alone_are_refused_with_the_reason() {
    let empty_set = (r#"{"keys":[]}"#, r#"{"keys":[]}"#.as_bytes());
    for ((name, file), code) in [
        (file!("rsa1024.pub.pem"), "key_weak"),
        (file!("rsa2047.pub.pem"), "key_weak"),
        (file!("rsa-pss.pub.pem"), "key_unsupported"),
        (file!("ec224.pub.pem"), "key_unsupported"),
        (file!("ed448.pkcs8.pem"), "key_unsupported"),
        (file!("ec256.des3.pem"), "key_unsupported"),
        (file!("ec256.legacy.pem"), "key_unsupported"),
        (file!("ec256.pbkdf2.pem"), "passphrase"),
        (file!("rsa2049.ps256.jws"), "key_malformed"),
        (("empty", b" \n".as_slice()), "key_malformed"),
        (("array", b"[]"), "key_malformed"),
        (("object", b"{}"), "key_malformed"),
        (("html", b"<html>"), "key_malformed"),
        (
            ("torn", b"-----BEGIN PUBLIC KEY-----\nMFkw"),
            "key_malformed",
        ),
        (("torn", b"-----BEGIN PUBLIC"), "key_malformed"),
        (
            ("other", b"-----BEGIN X-----\n-----END X-----"),
            "key_unsupported",
        ),
        (
            ("secret", b"0123456789abcdef0123456789abcdef"),
            "key_malformed",
        ),
    ] {
        let fault = Keys::key(file, None).unwrap_err();
        assert_eq!(fault.code, code, "{name}: {fault}");
        assert_eq!(Error::from(fault).exit(), Exit::Config);
    }
    // A set is a set also when it is given as a key.
    assert!(matches!(Keys::key(empty_set.1, None), Ok(Keys::Set(_))));
}

/// J13: a curve that is spelled out may be another than it seems
/// (CVE-2020-0601).
#[test]
fn j13_explicit_curve_parameters_are_refused_by_name() {
    for (name, file) in [
        file!("ec256.explicit.pkcs8.pem"),
        file!("ec256.explicit.sec1.pem"),
        file!("ec256.explicit.pub.pem"),
    ] {
        let fault = Keys::key(file, None).unwrap_err();
        assert_eq!(fault.code, "key_unsupported", "{name}");
        assert_eq!(
            fault.message,
            "the key has explicit curve parameters; only a named curve is accepted (RFC 5480 section 2.1.1)",
            "{name}"
        );
    }
}

#[test]
fn j56_what_cannot_sign_is_refused() {
    let jwk = |members: &str| {
        let (_, pem) = file!("ec256.pkcs8.pem");
        let jwk = read(pem).unwrap().private_jwk().unwrap();
        let jwk = jwk.expose().replace(r#","use":"sig""#, members);
        jwk.into_bytes()
    };
    let p521 = |alg: Algorithm| {
        let (_, file) = file!("ec521.pkcs8.pem");
        SigningKey::from_document(file, &alg.into(), None)
    };
    for (what, result, code) in [
        ("public", read(PUBLIC_EC[0].1), "key_use"),
        ("certificate", read(PUBLIC_EC[2].1), "key_use"),
        ("weak RSA", read(file!("rsa1024.pub.pem").1), "key_weak"),
        ("curve", read(file!("ec224.pub.pem").1), "key_unsupported"),
        ("use", read(&jwk(r#","use":"enc""#)), "key_use"),
        ("key_ops", read(&jwk(r#","key_ops":["verify"]"#)), "key_use"),
        ("alg", p521(Algorithm::ES256), "key_algorithm"),
        ("type", p521(Algorithm::HS256), "key_algorithm"),
        ("secret", read(br#"{"kty":"oct","k":"AAAA"}"#), "key_weak"),
        ("no secret", read(br#"{"kty":"oct","k":""}"#), "key_weak"),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.code(), code, "{what}: {error}");
        assert_eq!(error.exit(), Exit::Config, "{what}");
    }
    assert!(read(&jwk(r#","key_ops":["sign"]"#)).is_ok());
}

#[test]
fn a_wrong_passphrase_is_said_to_be_wrong() {
    let wrong = Secret::new("wrong-horse");
    let error = SigningKey::from_document(PRIVATE_EC[3].1, &Selection::default(), Some(&wrong))
        .unwrap_err();
    assert_eq!(
        error,
        Error::Key(KeyError::new(
            "passphrase",
            "the passphrase does not open the key"
        ))
    );
}

#[test]
fn j6_a_key_document_is_no_secret() {
    let key = read(PRIVATE_EC[0].1).unwrap();
    let jwk = serde_json::Value::Object(key.public_jwk()).to_string();
    let set = format!(r#"{{"keys":[{jwk}]}}"#);
    let crlf = std::str::from_utf8(PUBLIC_RSA[0].1)
        .unwrap()
        .replace('\n', "\r\n");
    let trimmed = PUBLIC_RSA[0].1.trim_ascii();
    let weak = file!("rsa1024.pub.pem").1;
    let marked = format!("\u{feff}{jwk}");
    let torn = format!("{jwk} and more");
    let marked_pem = [b"\xef\xbb\xbf", PUBLIC_RSA[0].1].concat();
    let mut documents = vec![
        jwk.as_bytes(),
        marked.as_bytes(),
        torn.as_bytes(),
        &marked_pem,
        set.as_bytes(),
        crlf.as_bytes(),
        trimmed,
        weak,
    ];
    documents.extend(PRIVATE_EC.iter().chain(&PUBLIC_EC).map(|(_, file)| *file));
    documents.extend(PRIVATE_RSA.iter().chain(&PUBLIC_RSA).map(|(_, file)| *file));
    for document in documents {
        let fault = Keys::secret(SecretBytes::new(document)).unwrap_err();
        assert_eq!(fault.code, "secret_is_a_key", "{document:?}");
        assert_eq!(Error::from(fault).exit(), Exit::Config);
    }
    let secret = SecretBytes::new(*b"{not a key}, but a long enough secret");
    assert!(Keys::secret(secret).is_ok());
}

#[test]
fn j20_openssls_pss_signature_by_a_2049_bit_key_verifies() {
    let keys = Keys::key(file!("rsa2049.pub.pem").1, None).unwrap();
    let token = include_str!("../vectors/openssl/rsa2049.ps256.jws");
    let verified = jws::verify(token, &keys, &jws::Rules::default()).unwrap();
    assert_eq!(verified.payload, b"made with openssl");
}
