//! Public keys of OpenSSH (`tests/vectors/openssl/*.ssh.pub`).

use authctl::core::jose::{Keys, PublicKey, Selection, SigningKey, VerifyingKey};
use authctl::core::secret::SecretBytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../vectors/openssl/", $name))
    };
}

/// A line of OpenSSH's, another form of the same key, and what `ssh-keygen -l`
/// says of it.
const KEYS: [(&str, &str, &str); 5] = [
    (
        file!("ec256.ssh.pub"),
        file!("ec256.pub.pem"),
        "SHA256:Fz/OoV+Pa04lghp6c4VDX5P4CZecU7xwYMWD5fVuVNk",
    ),
    (
        file!("ec384.ssh.pub"),
        file!("ec384.pkcs8.pem"),
        "SHA256:cAC4ESe9OrMagu4dCLyeYRhQNBRrvrbtTsFDRoklc+U",
    ),
    (
        file!("ec521.ssh.pub"),
        file!("ec521.pkcs8.pem"),
        "SHA256:qq4NvgiEs2YPtIZI5pfnEng7H1LGqcjIF71MWAfitGI",
    ),
    (
        file!("ed25519.ssh.pub"),
        file!("ed25519.pub.pem"),
        "SHA256:BWu3lr4iW3aJZ/H++vGkY2Mibr0k1gQb2dGtDy03gRY",
    ),
    (
        file!("rsa2048.ssh.pub"),
        file!("rsa2048.pub.pem"),
        "SHA256:cb9jixsyoMVLdN9BvjWX6rfuTclOkiZObLlIPMqd4Qk",
    ),
];

fn key(document: &str) -> PublicKey {
    let Keys::One(key) = Keys::key(document.as_bytes(), None).unwrap() else {
        panic!("one key");
    };
    key.verifying_key()
        .map(VerifyingKey::public_key)
        .unwrap()
        .unwrap()
        .clone()
}

/// The code of the refusal.
fn refused(line: &str) -> &'static str {
    Keys::key(line.as_bytes(), None).unwrap_err().code
}

/// A line of these strings, each after its length.
fn line(name: &str, strings: &[&[u8]]) -> String {
    let mut blob = Vec::new();
    for string in strings {
        blob.extend((string.len() as u32).to_be_bytes());
        blob.extend(*string);
    }
    format!("{name} {}", STANDARD.encode(blob))
}

#[test]
fn a_line_is_the_key_that_openssh_made_it_of_and_is_written_again_as_it_was() {
    for (line, other, fingerprint) in KEYS {
        let read = key(line);
        assert_eq!(read, key(other), "{line}");
        let words: Vec<_> = line.split_whitespace().take(2).collect();
        assert_eq!(read.to_openssh().unwrap(), words.join(" "));
        assert_eq!(read.openssh_fingerprint().unwrap(), fingerprint);
    }
}

#[test]
fn the_first_key_of_authorized_keys_counts() {
    let [(first, ..), .., (last, ..)] = KEYS;
    for text in [
        format!("# the keys\n\n{first}{last}"),
        format!("  {}  a comment of words\r\n{last}", first.trim_end()),
    ] {
        assert_eq!(key(&text), key(first), "{text}");
    }
}

#[test]
fn j13_j15_j16_j17_an_unfit_key_is_refused_with_the_reason() {
    let modulus = [&[0][..], &[0x81; 256]].concat();
    let e = &[1, 0, 1][..];
    let rsa = |e: &[u8], n: &[u8]| line("ssh-rsa", &[b"ssh-rsa", e, n]);
    let p256 = |named: &[u8], point: &[u8]| {
        let name = "ecdsa-sha2-nistp256";
        line(name, &[name.as_bytes(), named, point])
    };
    let ed25519 = |x: &[u8]| line("ssh-ed25519", &[b"ssh-ed25519", x]);
    assert!(Keys::key(rsa(e, &modulus).as_bytes(), None).is_ok());
    for (line, code) in [
        (rsa(e, &modulus[..129]), "key_weak"),
        (rsa(&[1], &modulus), "key_weak"),
        (rsa(&[], &modulus), "key_malformed"),
        (rsa(&[0], &modulus), "key_malformed"),
        (rsa(&[0, 3], &modulus), "key_malformed"),
        // Negative.
        (rsa(e, &modulus[1..]), "key_malformed"),
        (p256(b"nistp256", &[4; 65]), "key_malformed"),
        (p256(b"nistp384", &[4; 65]), "key_malformed"),
        (p256(b"nistp256", b""), "key_malformed"),
        (ed25519(&[0; 32]), "key_weak"),
        (ed25519(&[7; 31]), "key_malformed"),
        (ed25519(&[7; 33]), "key_malformed"),
    ] {
        assert_eq!(refused(&line), code, "{line}");
    }
}

#[test]
fn a_torn_or_contradictory_line_is_malformed() {
    let [.., (ed25519, ..), (rsa, ..)] = KEYS;
    let blob = STANDARD
        .decode(ed25519.split_whitespace().nth(1).unwrap())
        .unwrap();
    let with = |blob: &[u8]| format!("ssh-ed25519 {}", STANDARD.encode(blob));
    for line in [
        "ssh-ed25519".to_owned(),
        "ssh-ed25519 ".to_owned(),
        "ssh-ed25519 ***".to_owned(),
        ed25519.replace("ssh-ed25519", "ssh-rsa"),
        rsa.replace("ssh-rsa", "ssh-ed25519"),
        with(&[&blob[..], &[0]].concat()),
        with(&[0xff; 4]),
    ] {
        assert_eq!(refused(&line), "key_malformed", "{line}");
    }
    for end in 0..blob.len() {
        assert_eq!(refused(&with(&blob[..end])), "key_malformed", "{end}");
    }
}

#[test]
fn other_types_are_refused_by_name() {
    for (line, named) in [
        ("ssh-dss AAAA", "`ssh-dss`"),
        (
            "sk-ssh-ed25519@openssh.com AAAA",
            "`sk-ssh-ed25519@openssh.com`",
        ),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "cert-v01"),
        ("---- BEGIN SSH2 PUBLIC KEY ----", "ssh-keygen -i"),
        (file!("rsa2048.openssh.pem"), "ssh-keygen -p -m PKCS8 -f"),
        (file!("openssh-ed25519.bcrypt.pem"), "ssh-keygen -p -N ''"),
    ] {
        let fault = Keys::key(line.as_bytes(), None).unwrap_err();
        assert_eq!(fault.code, "key_unsupported", "{line}");
        assert!(fault.message.contains(named), "{fault}");
    }
}

/// A private key of OpenSSH's, and another form of it.
const PRIVATE: [(&str, &str); 4] = [
    (file!("ec256.openssh.pem"), file!("ec256.pkcs8.pem")),
    (file!("ec384.openssh.pem"), file!("ec384.pkcs8.pem")),
    (file!("ec521.openssh.pem"), file!("ec521.pkcs8.pem")),
    (
        file!("openssh-ed25519.pem"),
        file!("openssh-ed25519.ssh.pub"),
    ),
];

#[test]
fn a_private_key_of_openssh_is_that_key_and_signs() {
    for (openssh, other) in PRIVATE {
        assert_eq!(key(openssh), key(other));
        let selection = Selection::default();
        let private = SigningKey::from_document(openssh.as_bytes(), &selection, None).unwrap();
        let signature = private.sign(b"message").unwrap();
        let verifying = VerifyingKey::public(key(other));
        assert_eq!(
            verifying.verify(private.algorithm(), b"message", &signature),
            Ok(true)
        );
    }
}

/// Where the name of the key derivation is, which without a cipher derives
/// nothing: after `openssh-key-v1`, the cipher, and its own length.
const KDF: std::ops::Range<usize> = 27..31;

/// The octets of a block.
fn block(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).unwrap()
}

fn document(block: &[u8]) -> String {
    let label = "OPENSSH PRIVATE KEY";
    let base64 = STANDARD.encode(block);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

#[test]
fn a_torn_or_contradictory_private_key_is_malformed() {
    for (pem, _) in PRIVATE {
        let whole = block(pem);
        // The padding at the end says nothing, nor does the comment.
        let comment = whole.len() - 40;
        for end in 0..comment {
            assert_eq!(refused(&document(&whole[..end])), "key_malformed", "{end}");
        }
        // One bit anywhere but in the names of what is not supported.
        for at in 0..comment {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            match Keys::key(document(&changed).as_bytes(), None) {
                Err(fault) => assert!(
                    matches!(fault.code, "key_malformed" | "key_unsupported" | "key_weak"),
                    "{at}: {fault}"
                ),
                Ok(_) => assert!(KDF.contains(&at), "octet {at} is not looked at"),
            }
        }
    }
}

#[test]
fn j6_a_line_of_openssh_is_no_secret() {
    for (line, ..) in KEYS {
        for line in [
            line.to_owned(),
            line.replace(' ', "\t"),
            line.replace(' ', "  "),
            format!("# a comment\n\n  {line}"),
            format!("other.example,10.0.0.1 {line}"),
            format!("command=\"true\",no-pty {line}"),
        ] {
            let fault = Keys::secret(SecretBytes::new(line.as_str())).unwrap_err();
            assert_eq!(fault.code, "secret_is_a_key", "{line}");
        }
    }
    // Of kinds that no token is signed by, and as `ssh-keygen -e` writes it.
    for line in [
        "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t",
        "ssh-dss AAAAB3NzaC1kc3MAAACBAO",
        "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"c\"\nAAAAC3NzaC1lZDI1NTE5AAAA",
    ] {
        let fault = Keys::secret(SecretBytes::new(line)).unwrap_err();
        assert_eq!(fault.code, "secret_is_a_key", "{line}");
    }
    let secret = SecretBytes::new("ssh- is how this long enough secret begins");
    assert!(Keys::secret(secret).is_ok());
}
