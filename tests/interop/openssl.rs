//! Keys and signatures, exchanged with OpenSSL both ways.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::harness::Sandbox;

/// What `keygen` makes and the words by which `openssl pkey -text` knows it.
const GENERATED: [(&str, &str); 14] = [
    ("--alg RS256", "(2048 bit"),
    ("--alg RS384 --bits 3072", "(3072 bit"),
    ("--alg RS512", "(2048 bit"),
    ("--alg RS512 --bits 4096", "(4096 bit"),
    ("--alg PS256", "(2048 bit"),
    ("--alg PS384", "(2048 bit"),
    ("--alg PS512", "(2048 bit"),
    ("--alg ES256", "NIST CURVE: P-256"),
    ("--alg ES384", "NIST CURVE: P-384"),
    ("--alg ES512", "NIST CURVE: P-521"),
    ("--alg ES256K", "ASN1 OID: secp256k1"),
    ("--alg EdDSA", "ED25519"),
    ("--alg Ed25519", "ED25519"),
    ("", "NIST CURVE: P-256"),
];

#[test]
fn openssl_reads_every_key_pair_that_keygen_writes() {
    for (arguments, words) in GENERATED {
        let sandbox = Sandbox::new();
        let keygen = format!("keygen --out key {arguments}");
        sandbox.authctl(keygen.split_whitespace()).succeeds();
        let openssl = |line| text(openssl(&sandbox, line));
        let checked = openssl("pkey -in key.pem -check -noout -text");
        assert!(checked.contains("Key is valid"), "{arguments}: {checked}");
        assert!(checked.contains(words), "{arguments}: {checked}");
        let public = openssl("pkey -pubin -in key.pub.pem -noout -text_pub");
        assert!(public.contains(words), "{arguments}: {public}");
        assert_eq!(
            openssl("pkey -in key.pem -pubout"),
            openssl("pkey -pubin -in key.pub.pem"),
            "{arguments}: the two files are not of one pair"
        );
    }
}

#[test]
fn openssl_opens_an_encrypted_key_with_its_passphrase() {
    for alg in ["RS256", "ES256", "ES512", "ES256K", "EdDSA"] {
        let mut sandbox = Sandbox::new();
        sandbox.set_secret("PASSPHRASE", "tea at five");
        let keygen = format!("keygen --alg {alg} --out key --passphrase env:PASSPHRASE");
        sandbox.authctl(keygen.split(' ')).succeeds();
        let pem = std::fs::read_to_string(sandbox.path("key.pem")).expect("keygen wrote it");
        assert!(
            pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
            "{alg}"
        );
        let line = "pkey -in key.pem -check -noout -passin env:PASSPHRASE";
        let checked = text(openssl(&sandbox, line));
        assert!(checked.contains("Key is valid"), "{alg}: {checked}");
    }
}

#[test]
fn openssl_opens_a_key_that_was_encrypted_anew() {
    for alg in ["RS256", "ES256", "ES512", "EdDSA"] {
        let mut sandbox = Sandbox::new();
        sandbox.set_secret("PASSPHRASE", "tea at five");
        let keygen = format!("keygen --alg {alg} --out key");
        sandbox.authctl(keygen.split(' ')).succeeds();
        let convert =
            "key convert key.pem --to pkcs8 --new-passphrase env:PASSPHRASE --out new.pem";
        sandbox.authctl(convert.split(' ')).succeeds();
        let same = openssl(&sandbox, "pkey -in new.pem -passin env:PASSPHRASE -pubout");
        assert_eq!(same, openssl(&sandbox, "pkey -in key.pem -pubout"), "{alg}");
        // And what OpenSSL encrypts is opened.
        let line = "pkey -in key.pem -aes256 -passout env:PASSPHRASE -out theirs.pem";
        openssl(&sandbox, line);
        let convert = "key convert theirs.pem --passphrase env:PASSPHRASE --to spki";
        let spki = sandbox.authctl(convert.split(' ')).succeeds().stdout;
        assert_eq!(spki.as_bytes(), same, "{alg}");
    }
}

#[test]
fn the_private_key_on_stdout_is_one_that_openssl_reads() {
    let sandbox = Sandbox::new();
    let keygen = ["keygen", "--alg", "ES256", "--out", "-"];
    let key = sandbox.authctl(keygen).succeeds().stdout;
    let checked = sandbox.tool("openssl", ["pkey", "-check", "-noout"], key.as_bytes());
    assert!(text(checked).contains("Key is valid"));
}

/// How OpenSSL makes a key and signs with it, per algorithm.
struct Signer {
    alg: &'static str,
    genpkey: &'static str,
    sign: &'static str,
    /// Octets of one of the two integers of an ECDSA signature.
    coordinate: Option<usize>,
}

const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";

#[rustfmt::skip]
const SIGNERS: [Signer; 12] = [
    signer("RS256", RSA, "dgst -sha256 -sign key.pem input", None),
    signer("RS384", RSA, "dgst -sha384 -sign key.pem input", None),
    signer("RS512", RSA, "dgst -sha512 -sign key.pem input", None),
    signer("PS256", RSA, "dgst -sha256 -sign key.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest input", None),
    signer("PS384", RSA, "dgst -sha384 -sign key.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest input", None),
    signer("PS512", RSA, "dgst -sha512 -sign key.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest input", None),
    signer("ES256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "dgst -sha256 -sign key.pem input", Some(32)),
    signer("ES384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "dgst -sha384 -sign key.pem input", Some(48)),
    signer("ES512", "-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "dgst -sha512 -sign key.pem input", Some(66)),
    signer("ES256K", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "dgst -sha256 -sign key.pem input", Some(32)),
    signer("EdDSA", "-algorithm ED25519", "pkeyutl -sign -rawin -inkey key.pem -in input", None),
    signer("Ed25519", "-algorithm ED25519", "pkeyutl -sign -rawin -inkey key.pem -in input", None),
];

const fn signer(
    alg: &'static str,
    genpkey: &'static str,
    sign: &'static str,
    coordinate: Option<usize>,
) -> Signer {
    Signer {
        alg,
        genpkey,
        sign,
        coordinate,
    }
}

impl Signer {
    /// Makes `key.pem` and `key.pub.pem`.
    fn generate(&self, sandbox: &Sandbox) {
        openssl(
            sandbox,
            &format!("genpkey -quiet -out key.pem {}", self.genpkey),
        );
        openssl(sandbox, "pkey -in key.pem -pubout -out key.pub.pem");
    }

    /// Makes a JWT that expires far from now, signed by `key.pem`.
    fn jwt(&self, sandbox: &Sandbox) -> String {
        let header = json!({"alg": self.alg, "typ": "JWT"});
        let claims = json!({"sub": "alice", "exp": 4_102_444_800_u32});
        let input = format!("{}.{}", encode(&header), encode(&claims));
        sandbox.write("input", &input);
        let signature = openssl(sandbox, self.sign);
        let signature = match self.coordinate {
            Some(octets) => fixed_width(&signature, octets),
            None => signature,
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Has OpenSSL verify a token by `key.pub.pem`; it fails where the
    /// signature does.
    fn verify(&self, sandbox: &Sandbox, token: &str) {
        let (input, signature) = token.rsplit_once('.').expect("a JWS has dots");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        sandbox.write("input", input);
        sandbox.write(
            "signature",
            match self.coordinate {
                Some(_) => der(&signature),
                None => signature,
            },
        );
        let line = match self.sign.strip_prefix("pkeyutl ") {
            Some(_) => {
                "pkeyutl -verify -rawin -pubin -inkey key.pub.pem -in input -sigfile signature"
                    .to_owned()
            }
            None => self
                .sign
                .replace("-sign key.pem", "-verify key.pub.pem -signature signature"),
        };
        openssl(sandbox, &line);
    }
}

#[test]
fn a_signature_made_by_openssl_is_verified_and_a_changed_one_is_not() {
    for signer in &SIGNERS {
        let sandbox = Sandbox::new();
        signer.generate(&sandbox);
        let jwt = signer.jwt(&sandbox);
        let verify = |token: &str| {
            let arguments = ["verify", "--key", "key.pub.pem", "--alg", signer.alg, "-"];
            sandbox.authctl_with_input(arguments, token)
        };
        let outcome = verify(&jwt).succeeds();
        assert!(outcome.stdout.contains("alice"), "{outcome:#?}");
        let (input, signature) = jwt.rsplit_once('.').expect("a JWT has dots");
        let other = if signature.starts_with('A') { "B" } else { "A" };
        verify(&format!("{input}.{other}{}", &signature[1..])).fails(3);
    }
}

#[test]
fn what_is_signed_is_verified_by_openssl() {
    for signer in &SIGNERS {
        let sandbox = Sandbox::new();
        signer.generate(&sandbox);
        let sign = ["sign", "--key", "key.pem", "--alg", signer.alg];
        let jwt = sandbox.authctl(sign.iter().chain(&["--sub", "alice", "--exp", "5m"]));
        signer.verify(&sandbox, &jwt.succeeds().stdout);
        let jws = sandbox.authctl_with_input(sign.iter().chain(&["--jws"]), "any octets");
        signer.verify(&sandbox, &jws.succeeds().stdout);
    }
}

#[test]
fn every_encoding_of_a_public_key_is_read() {
    let spki = [
        "pkey -in key.pem -pubout -out public",
        "pkey -in key.pem -pubout -outform DER -out public",
        // A certificate, which holds one.
        "req -x509 -new -key key.pem -subj /CN=as -out public",
        "req -x509 -new -key key.pem -subj /CN=as -outform DER -out public",
    ];
    let pkcs1 = [
        "rsa -in key.pem -RSAPublicKey_out -out public",
        "rsa -in key.pem -RSAPublicKey_out -outform DER -out public",
    ];
    for alg in ["RS256", "ES256", "ES512", "ES256K", "EdDSA"] {
        verifies_after(alg, &spki, "public");
    }
    verifies_after("RS256", &pkcs1, "public");
}

#[test]
fn every_encoding_of_a_private_key_is_read() {
    let pkcs8 = [
        "pkey -in key.pem -out private",
        "pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out private",
    ];
    let pkcs1 = [
        "rsa -traditional -in key.pem -out private",
        "rsa -traditional -in key.pem -outform DER -out private",
    ];
    let sec1 = [
        "ec -in key.pem -out private",
        "ec -in key.pem -outform DER -out private",
    ];
    for alg in ["RS256", "ES256", "ES384", "ES512", "ES256K", "EdDSA"] {
        verifies_after(alg, &pkcs8, "private");
    }
    verifies_after("RS256", &pkcs1, "private");
    for alg in ["ES256", "ES384", "ES512", "ES256K"] {
        verifies_after(alg, &sec1, "private");
    }
}

#[test]
fn a_secret_keys_the_same_mac_as_in_openssl() {
    for (alg, digest, octets) in [
        ("HS256", "-sha256", 32),
        ("HS384", "-sha384", 48),
        ("HS512", "-sha512", 64),
    ] {
        let sandbox = Sandbox::new();
        let secret: Vec<u8> = (b'!'..).take(octets).collect();
        sandbox.write("secret", &secret);
        let input = format!(
            "{}.{}",
            encode(&json!({"alg": alg})),
            encode(&json!({"sub": "alice", "exp": 4_102_444_800_u32}))
        );
        let hex: String = secret.iter().map(|octet| format!("{octet:02x}")).collect();
        let option = format!("hexkey:{hex}");
        let mac = sandbox.tool(
            "openssl",
            [
                "dgst", digest, "-mac", "HMAC", "-macopt", &option, "-binary",
            ],
            input.as_bytes(),
        );
        let jwt = format!("{input}.{}", URL_SAFE_NO_PAD.encode(mac));
        sandbox
            .authctl_with_input(["verify", "--secret", "file:secret", "-"], &jwt)
            .succeeds();
        sandbox.write("secret", secret.iter().rev().copied().collect::<Vec<_>>());
        sandbox
            .authctl_with_input(["verify", "--secret", "file:secret", "-"], &jwt)
            .fails(3);
    }
}

/// What `key convert` writes, and how OpenSSL reads it.
#[test]
fn openssl_reads_every_form_that_key_convert_writes() {
    let reads = |sandbox: &Sandbox, line: &str| text(openssl(sandbox, line));
    for signer in &SIGNERS {
        let sandbox = Sandbox::new();
        signer.generate(&sandbox);
        let public = reads(&sandbox, "pkey -pubin -in key.pub.pem");
        let convert = |arguments: &str| {
            let line = format!("key convert key.pem --force --out out {arguments}");
            sandbox.authctl(line.split(' ')).succeeds();
        };
        let mut private = vec!["pkcs8"];
        private.extend(match signer.coordinate {
            Some(_) => Some("sec1"),
            None => signer.genpkey.contains("RSA").then_some("pkcs1"),
        });
        for form in private {
            convert(&format!("--to {form}"));
            assert_eq!(reads(&sandbox, "pkey -in out -pubout"), public, "{form}");
            convert(&format!("--to {form} -o der"));
            let read = reads(&sandbox, "pkey -inform DER -in out -pubout");
            assert_eq!(read, public, "{form}");
        }
        convert("--to spki");
        assert_eq!(reads(&sandbox, "pkey -pubin -in out"), public);
        convert("--to spki -o der");
        assert_eq!(reads(&sandbox, "pkey -pubin -inform DER -in out"), public);
        // There and back by way of a JWK.
        convert("--to jwk");
        sandbox
            .authctl("key convert out --to pkcs8 --out back.pem".split(' '))
            .succeeds();
        assert_eq!(reads(&sandbox, "pkey -in back.pem -pubout"), public);
    }
}

#[test]
fn openssl_and_key_convert_open_each_others_encrypted_keys() {
    let mut sandbox = Sandbox::new();
    sandbox.set_secret("THEIRS", "tea at five");
    sandbox.set_secret("OURS", "no tea at all");
    openssl(&sandbox, "genpkey -quiet -algorithm ED25519 -out key.pem");
    let public = openssl(&sandbox, "pkey -in key.pem -pubout");
    openssl(
        &sandbox,
        "pkcs8 -topk8 -in key.pem -passout env:THEIRS -out theirs.pem",
    );
    for (encoding, inform) in [("pem", "PEM"), ("der", "DER")] {
        let line = format!(
            "key convert theirs.pem --passphrase env:THEIRS --to pkcs8 --new-passphrase env:OURS -o {encoding} --out ours --force"
        );
        sandbox.authctl(line.split(' ')).succeeds();
        let line = format!("pkey -in ours -inform {inform} -passin env:OURS -pubout");
        assert_eq!(openssl(&sandbox, &line), public, "{encoding}");
    }
}

/// The public keys of OpenSSH, both ways, and its fingerprint.
#[test]
fn openssh_and_authctl_read_each_others_public_keys() {
    for (kind, bits) in [
        ("rsa", "2048"),
        ("rsa", "3072"),
        ("ecdsa", "256"),
        ("ecdsa", "384"),
        ("ecdsa", "521"),
        ("ed25519", "256"),
    ] {
        let sandbox = Sandbox::new();
        let keygen = |words: &[&str]| text(sandbox.tool("ssh-keygen", words, b""));
        let made = [
            "-t", kind, "-b", bits, "-f", "theirs", "-C", "comment", "-N", "",
        ];
        keygen(&made);
        let shown = sandbox
            .authctl(["key", "inspect", "theirs.pub", "--json"])
            .succeeds();
        let fingerprint = shown.json()["openssh_fingerprint"].clone();
        let listed = keygen(&["-l", "-f", "theirs.pub"]);
        let theirs = listed.split(' ').nth(1);
        assert_eq!(fingerprint.as_str(), theirs, "{kind} {bits}");
        // To PEM and back.
        sandbox
            .authctl("key public theirs.pub -o pem --out theirs.pem".split(' '))
            .succeeds();
        openssl(&sandbox, "pkey -pubin -in theirs.pem -noout");
        let ours = sandbox.authctl("key public theirs.pem -o openssh".split(' '));
        let line =
            std::fs::read_to_string(sandbox.path("theirs.pub")).expect("ssh-keygen wrote it");
        let key = line.trim_end().trim_end_matches(" comment");
        assert_eq!(ours.succeeds().stdout.trim_end(), key, "{kind} {bits}");
        // The private key, which OpenSSH has to rewrite if it is one of RSA.
        if kind == "rsa" {
            sandbox.authctl(["key", "public", "theirs"]).fails(8);
            keygen(&["-p", "-m", "PKCS8", "-P", "", "-N", "", "-f", "theirs"]);
        }
        let ours = sandbox.authctl("key public theirs -o openssh".split(' '));
        assert_eq!(ours.succeeds().stdout.trim_end(), key, "{kind} {bits}");
    }
}

/// Verifies a token after each conversion of its key into the file `name`.
fn verifies_after(alg: &str, conversions: &[&str], name: &str) {
    let signer = SIGNERS.iter().find(|signer| signer.alg == alg);
    let signer = signer.expect("it is listed");
    let sandbox = Sandbox::new();
    signer.generate(&sandbox);
    let jwt = signer.jwt(&sandbox);
    for conversion in conversions {
        openssl(&sandbox, conversion);
        sandbox
            .authctl_with_input(["verify", "--key", name, "--alg", alg, "-"], &jwt)
            .succeeds();
    }
}

/// Runs OpenSSL with the arguments of `line` and returns what it prints.
fn openssl(sandbox: &Sandbox, line: &str) -> Vec<u8> {
    sandbox.tool("openssl", line.split(' '), b"")
}

fn encode(value: &serde_json::Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).expect("openssl prints text")
}

/// Turns the DER of an ECDSA signature into the two integers side by side
/// that JWS wants (RFC 7518 §3.4).
fn fixed_width(der: &[u8], octets: usize) -> Vec<u8> {
    // SEQUENCE; its length takes one octet, or two from 128 up (P-521).
    let start = if der[1] & 0x80 == 0 { 2 } else { 3 };
    let mut rest = &der[start..];
    let mut fixed = Vec::new();
    for _ in ["r", "s"] {
        // INTEGER, with a zero in front where the highest bit is set.
        let length = usize::from(rest[1]);
        let integer = &rest[2..2 + length];
        rest = &rest[2 + length..];
        let zeros = integer.iter().take_while(|octet| **octet == 0).count();
        let integer = &integer[zeros..];
        fixed.resize(fixed.len() + octets - integer.len(), 0);
        fixed.extend(integer);
    }
    fixed
}

/// Turns the two integers of [`fixed_width`] into DER again.
fn der(fixed: &[u8]) -> Vec<u8> {
    let mut integers = Vec::new();
    for integer in fixed.chunks(fixed.len() / 2) {
        let zeros = integer.iter().take_while(|octet| **octet == 0).count();
        let integer = &integer[zeros..];
        let sign = integer.first().is_none_or(|octet| octet & 0x80 != 0);
        integers.push(2);
        integers.push((integer.len() + usize::from(sign)) as u8);
        integers.extend(sign.then_some(0));
        integers.extend(integer);
    }
    let mut der = vec![0x30];
    if integers.len() > 127 {
        der.push(0x81);
    }
    der.push(integers.len() as u8);
    der.extend(integers);
    der
}
