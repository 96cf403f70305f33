//! Keys and signatures, exchanged with OpenSSL both ways.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::harness::Sandbox;

/// What `keygen` makes and the words by which `openssl pkey -text` knows it.
const GENERATED: [(&[&str], &str); 11] = [
    (&["--alg", "RS256"], "(2048 bit"),
    (&["--alg", "RS384", "--bits", "3072"], "(3072 bit"),
    (&["--alg", "RS512"], "(2048 bit"),
    (&["--alg", "PS256"], "(2048 bit"),
    (&["--alg", "PS384"], "(2048 bit"),
    (&["--alg", "PS512"], "(2048 bit"),
    (&["--alg", "ES256"], "NIST CURVE: P-256"),
    (&["--alg", "ES384"], "NIST CURVE: P-384"),
    (&["--alg", "ES512"], "NIST CURVE: P-521"),
    (&["--alg", "EdDSA"], "ED25519"),
    (&[], "NIST CURVE: P-256"),
];

#[test]
fn openssl_reads_every_key_pair_that_keygen_writes() {
    for (arguments, words) in GENERATED {
        let sandbox = Sandbox::new();
        sandbox
            .authctl(["keygen", "--out", "key"].iter().chain(arguments))
            .succeeds();
        let openssl = |more: &[&str]| text(sandbox.tool("openssl", more, b""));
        let checked = openssl(&["pkey", "-in", "key.pem", "-check", "-noout", "-text"]);
        assert!(checked.contains("Key is valid"), "{arguments:?}: {checked}");
        assert!(checked.contains(words), "{arguments:?}: {checked}");
        let public = openssl(&[
            "pkey",
            "-pubin",
            "-in",
            "key.pub.pem",
            "-noout",
            "-text_pub",
        ]);
        assert!(public.contains(words), "{arguments:?}: {public}");
        assert_eq!(
            openssl(&["pkey", "-in", "key.pem", "-pubout"]),
            openssl(&["pkey", "-pubin", "-in", "key.pub.pem"]),
            "{arguments:?}: the two files are not of one pair"
        );
    }
}

#[test]
fn openssl_opens_an_encrypted_key_with_its_passphrase_alone() {
    for alg in ["RS256", "ES256", "ES512", "EdDSA"] {
        let mut sandbox = Sandbox::new();
        sandbox.set_secret("PASSPHRASE", "tea at five");
        sandbox
            .authctl([
                "keygen",
                "--alg",
                alg,
                "--out",
                "key",
                "--passphrase",
                "env:PASSPHRASE",
            ])
            .succeeds();
        let pem = std::fs::read_to_string(sandbox.path("key.pem")).expect("keygen wrote it");
        assert!(
            pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
            "{alg}"
        );
        let arguments = [
            "pkey",
            "-in",
            "key.pem",
            "-check",
            "-noout",
            "-passin",
            "env:PASSPHRASE",
        ];
        let checked = text(sandbox.tool("openssl", arguments, b""));
        assert!(checked.contains("Key is valid"), "{alg}: {checked}");
    }
}

#[test]
fn the_private_key_on_stdout_is_one_that_openssl_reads() {
    let sandbox = Sandbox::new();
    let key = sandbox
        .authctl(["keygen", "--alg", "ES256", "--out", "-"])
        .succeeds()
        .stdout;
    let checked = sandbox.tool("openssl", ["pkey", "-check", "-noout"], key.as_bytes());
    assert!(text(checked).contains("Key is valid"));
}

/// How OpenSSL makes a key and signs with it, per algorithm.
struct Signer {
    alg: &'static str,
    genpkey: &'static [&'static str],
    digest: &'static str,
    /// Octets of one of the two integers of an ECDSA signature.
    coordinate: Option<usize>,
    pss: bool,
}

const SIGNERS: [Signer; 10] = [
    rsa("RS256", "-sha256", false),
    rsa("RS384", "-sha384", false),
    rsa("RS512", "-sha512", false),
    rsa("PS256", "-sha256", true),
    rsa("PS384", "-sha384", true),
    rsa("PS512", "-sha512", true),
    ecdsa(
        "ES256",
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "-sha256",
        32,
    ),
    ecdsa(
        "ES384",
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
        "-sha384",
        48,
    ),
    ecdsa(
        "ES512",
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
        "-sha512",
        66,
    ),
    Signer {
        alg: "EdDSA",
        genpkey: &["-algorithm", "ED25519"],
        digest: "",
        coordinate: None,
        pss: false,
    },
];

const fn rsa(alg: &'static str, digest: &'static str, pss: bool) -> Signer {
    let genpkey = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    Signer {
        alg,
        genpkey,
        digest,
        coordinate: None,
        pss,
    }
}

const fn ecdsa(
    alg: &'static str,
    genpkey: &'static [&'static str],
    digest: &'static str,
    coordinate: usize,
) -> Signer {
    Signer {
        alg,
        genpkey,
        digest,
        coordinate: Some(coordinate),
        pss: false,
    }
}

impl Signer {
    /// Makes `key.pem` and `key.pub.pem`.
    fn generate(&self, sandbox: &Sandbox) {
        let genpkey = ["genpkey", "-quiet", "-out", "key.pem"];
        sandbox.tool("openssl", genpkey.iter().chain(self.genpkey), b"");
        let public = ["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub.pem"];
        sandbox.tool("openssl", public, b"");
    }

    /// Makes a JWT that expires far from now, signed by `key.pem`.
    fn jwt(&self, sandbox: &Sandbox) -> String {
        let header = json!({"alg": self.alg, "typ": "JWT"});
        let claims = json!({"sub": "alice", "exp": 4_102_444_800_u32});
        let input = format!("{}.{}", encode(&header), encode(&claims));
        let file = sandbox.write("input", &input);
        let signature = self.sign(sandbox, &file);
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn sign(&self, sandbox: &Sandbox, file: &Path) -> Vec<u8> {
        let file = file.to_str().expect("a temporary path is UTF-8");
        if self.digest.is_empty() {
            let arguments = [
                "pkeyutl", "-sign", "-rawin", "-inkey", "key.pem", "-in", file,
            ];
            return sandbox.tool("openssl", arguments, b"");
        }
        let mut arguments = vec!["dgst", self.digest, "-sign", "key.pem"];
        if self.pss {
            arguments.extend(["-sigopt", "rsa_padding_mode:pss"]);
            arguments.extend(["-sigopt", "rsa_pss_saltlen:digest"]);
        }
        arguments.push(file);
        let signature = sandbox.tool("openssl", arguments, b"");
        match self.coordinate {
            Some(octets) => fixed_width(&signature, octets),
            None => signature,
        }
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
fn every_encoding_of_a_public_key_is_read() {
    let pkey: [&[&str]; 2] = [
        &["pkey", "-in", "key.pem", "-pubout", "-out", "public"],
        &[
            "pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "public",
        ],
    ];
    let pkcs1: [&[&str]; 2] = [
        &[
            "rsa",
            "-in",
            "key.pem",
            "-RSAPublicKey_out",
            "-out",
            "public",
        ],
        &[
            "rsa",
            "-in",
            "key.pem",
            "-RSAPublicKey_out",
            "-outform",
            "DER",
            "-out",
            "public",
        ],
    ];
    for (alg, conversions) in [
        ("RS256", [pkey.as_slice(), pkcs1.as_slice()].concat()),
        ("ES256", pkey.to_vec()),
        ("ES512", pkey.to_vec()),
        ("EdDSA", pkey.to_vec()),
    ] {
        verifies_after(alg, &conversions, "public");
    }
}

#[test]
fn every_encoding_of_a_private_key_is_read() {
    let pkcs8: [&[&str]; 2] = [
        &["pkey", "-in", "key.pem", "-out", "private"],
        &[
            "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "private",
        ],
    ];
    let pkcs1: [&[&str]; 2] = [
        &["rsa", "-traditional", "-in", "key.pem", "-out", "private"],
        &[
            "rsa",
            "-traditional",
            "-in",
            "key.pem",
            "-outform",
            "DER",
            "-out",
            "private",
        ],
    ];
    let sec1: [&[&str]; 2] = [
        &["ec", "-in", "key.pem", "-out", "private"],
        &["ec", "-in", "key.pem", "-outform", "DER", "-out", "private"],
    ];
    for (alg, conversions) in [
        ("RS256", [pkcs8, pkcs1].concat()),
        ("ES256", [pkcs8, sec1].concat()),
        ("ES384", [pkcs8, sec1].concat()),
        ("ES512", [pkcs8, sec1].concat()),
        ("EdDSA", pkcs8.to_vec()),
    ] {
        verifies_after(alg, &conversions, "private");
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

/// Verifies a token after each conversion of its key into the file `name`.
fn verifies_after(alg: &str, conversions: &[&[&str]], name: &str) {
    let signer = SIGNERS
        .iter()
        .find(|signer| signer.alg == alg)
        .expect("it is listed");
    let sandbox = Sandbox::new();
    signer.generate(&sandbox);
    let jwt = signer.jwt(&sandbox);
    for conversion in conversions {
        sandbox.tool("openssl", *conversion, b"");
        sandbox
            .authctl_with_input(["verify", "--key", name, "--alg", alg, "-"], &jwt)
            .succeeds();
    }
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
