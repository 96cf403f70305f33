//! What is encrypted is decrypted to the same content by every algorithm, and
//! with any one character changed it is not.
#![no_main]

use authctl::core::jose::jwe::{
    self, ContentEncryption, DecryptionKeys, EncryptionKey, KeyManagement, MIN_ITERATIONS, Plan,
};
use authctl::core::secret::{Secret, SecretBytes};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

const EC: &[u8] = include_bytes!("../../vectors/openssl/ec256.pkcs8.pem");
const RSA: &[u8] = include_bytes!("../../vectors/openssl/rsa2048.pkcs8.pem");

fuzz_target!(|octets: &[u8]| {
    let _ = round(&mut Unstructured::new(octets));
});

fn round(input: &mut Unstructured<'_>) -> Result<()> {
    let algorithms: Vec<KeyManagement> = KeyManagement::all().collect();
    let encryptions: Vec<ContentEncryption> = ContentEncryption::all().collect();
    let algorithm = *input.choose(&algorithms)?;
    let encryption = *input.choose(&encryptions)?;
    let mut plan = Plan::new(algorithm, encryption);
    plan.iterations = algorithm.default_iterations().map(|_| MIN_ITERATIONS);
    let (at, to) = (input.arbitrary::<u16>()?, input.arbitrary::<u8>()?);
    let length = input.len();
    let content = input.bytes(length)?;

    let (theirs, ours) = keys(algorithm, encryption);
    let token = jwe::encrypt(&theirs, &plan, content).expect("the plan is good");
    let token = token.expose();
    let decrypt = |token: &str| jwe::decrypt(token, &ours, &jwe::Rules::default());
    let decrypted = decrypt(token).expect("what is encrypted is decrypted");
    assert_eq!(decrypted.content.expose(), content);
    assert_eq!(
        (decrypted.algorithm, decrypted.encryption),
        (algorithm, encryption)
    );

    let mut changed = token.as_bytes().to_vec();
    let at = usize::from(at) % changed.len();
    if changed[at] != to {
        changed[at] = to;
        let accepted = std::str::from_utf8(&changed).is_ok_and(|changed| decrypt(changed).is_ok());
        assert!(!accepted, "octet {at} changed to {to:#04x} in {token}");
    }
    Ok(())
}

/// Returns the two sides of a key that serves.
fn keys(
    algorithm: KeyManagement,
    encryption: ContentEncryption,
) -> (EncryptionKey, DecryptionKeys) {
    let pair = |document| {
        let theirs = EncryptionKey::from_document(document, None, None);
        let ours = DecryptionKeys::from_document(document, None, None);
        (theirs.expect("it is a key"), ours.expect("it is a key"))
    };
    let name = algorithm.name();
    if algorithm.default_iterations().is_some() {
        let password = Secret::new("correct horse");
        let theirs = EncryptionKey::password(&password);
        return (theirs, DecryptionKeys::password(&password));
    }
    if name.starts_with("RSA") {
        return pair(RSA);
    }
    if name.starts_with("ECDH") {
        return pair(EC);
    }
    let octets = match name.get(1..4).and_then(|bits| bits.parse::<usize>().ok()) {
        Some(bits) => bits / 8,
        None => encryption.key_len(),
    };
    let secret = || SecretBytes::new(vec![7; octets]);
    let theirs = EncryptionKey::secret(secret()).expect("it is a secret");
    let ours = DecryptionKeys::secret(secret()).expect("it is a secret");
    (theirs, ours)
}
