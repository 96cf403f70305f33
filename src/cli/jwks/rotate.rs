//! `authctl jwks rotate`: the next step of a rotation, and what to deploy.

use std::path::{Path, PathBuf};
use std::time::Duration;

use authctl::core::config::SecretRef;
use authctl::core::config::file::make_private_folder;
use authctl::core::error::Error;
use authctl::core::jose::key_set::{
    MAX_SPAN, Policy, Rotation, SetDocument, Slot, Step, Unclear, is_private, perform,
};
use authctl::core::jose::{Algorithm, SigningKey, pem};
use authctl::core::replace::{folder_of, sweep};
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::time::{Timestamp, parse_span};
use serde_json::{Map, Value};

use super::plan::Plan;
use super::set_file::SetFile;
use crate::cli::context::Context;
use crate::cli::file_set::{self, Readers};
use crate::cli::interrupt::Hold;
use crate::cli::keygen::default_name;
use crate::cli::output::OutputArg;
use crate::cli::secrets::SecretRefParser;

/// Replace the signing key of a set, one step at a time
///
/// A new key is published before it signs, since verifiers keep copies of the
/// set, and the old one stays published after it has signed, since its tokens
/// live on. Each run does what is due by now, or nothing, and says what to
/// deploy and when to run it again; so it can be run by hand, by cron or in
/// CI. In a set without keys the first one signs at once.
///
/// The state is in the keys of the set: `iat`, when a key came in, `nbf`, when
/// it signs, and `exp`, when it leaves the set.
///
/// Example: `authctl jwks rotate jwks.json --publish-ahead 1h --overlap 24h`
#[derive(clap::Args, Debug)]
pub struct RotateArgs {
    /// File of the set, of public keys; it is made if it is not there
    #[arg(value_name = "SET")]
    set: PathBuf,

    /// How long a key stays published after it has signed: at least as long as
    /// tokens live
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = span)]
    overlap: Duration,

    /// How long a key is published before it signs: at least as long as
    /// verifiers keep a copy of the set; by default as long as --overlap
    #[arg(long, value_name = "DURATION", value_parser = span)]
    publish_ahead: Option<Duration>,

    /// Publish another key only when the one that signs has done so for this
    /// long; by default whenever no rotation is under way
    #[arg(long, value_name = "DURATION", value_parser = span)]
    every: Option<Duration>,

    /// Algorithm of a new key; by default that of the key that signs, else
    /// ES256
    #[arg(long, value_name = "ALG")]
    alg: Option<Algorithm>,

    /// Size of a new RSA key; by default that of the key that signs
    #[arg(long, value_name = "N")]
    bits: Option<u32>,

    /// Folder of the private keys; by default that of the set, which had
    /// better not be one that is published as a whole
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,

    /// The key that signs now, by kid or thumbprint: for the first rotation of
    /// a set where several could
    #[arg(long, value_name = "KID")]
    current: Option<String>,

    /// Encrypt new private keys under a passphrase: env:NAME, file:PATH,
    /// cmd:COMMAND, keychain:NAME, - for standard input, or nothing for a
    /// hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Take the next step at once, although its time has not come: for a key
    /// that is compromised
    #[arg(long)]
    force: bool,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Act as if it were this instant: Unix seconds or RFC 3339
    #[arg(long, value_name = "INSTANT")]
    now: Option<Timestamp>,

    #[command(flatten)]
    output: OutputArg,
}

fn span(text: &str) -> Result<Duration, String> {
    match parse_span(text) {
        Ok(span) if span > MAX_SPAN => Err("it is longer than ten years".to_owned()),
        Ok(span) => Ok(span),
        Err(error) => Err(error.to_string()),
    }
}

/// Does what is due.
pub fn run(cx: &Context, args: &RotateArgs) -> Result<(), Error> {
    if args.alg.is_some_and(Algorithm::is_symmetric) {
        return Err(Error::usage(
            "a secret cannot be in a set that is published",
            "choose an algorithm with a public key, like ES256",
        ));
    }
    let policy = Policy {
        publish_ahead: args.publish_ahead.unwrap_or(args.overlap),
        overlap: args.overlap,
        every: args.every,
        force: args.force,
    };
    let now = args.now.unwrap_or_else(|| cx.now());
    let file = SetFile::lock(cx, &args.set)?;
    let found = file.read()?;
    let mut set = found.unwrap_or_default();
    refuse_private(&set, &file)?;
    let mut rotation = Rotation::of(&set, now);
    if let Some((index, fault)) = rotation.faults().first() {
        let what = format!("cannot rotate `{}`: its key {}", file.name(), index + 1);
        return Err(Error::from(fault.clone()).during(what));
    }
    rotation
        .adopt(&set, args.current.as_deref())
        .map_err(|unclear| which(unclear, args, &file))?;
    if let Some(current) = &args.current
        && rotation.signing().is_none_or(|slot| {
            slot.kid.as_ref() != Some(current) && slot.thumbprint.as_ref() != Some(current)
        })
    {
        cx.render.note(&format!(
            "`{}` is being rotated already, so --current is not looked at",
            file.name()
        ));
    }
    let steps = rotation.due(&policy);
    let folder = args.keys.as_deref().unwrap_or_else(|| beside(&args.set));
    let prefix = file.temporary_prefix();
    if !args.dry_run {
        // Private keys of runs that were killed.
        sweep(folder_of(&folder.join("key")), prefix.as_ref());
    }
    let publishes = steps
        .iter()
        .any(|step| matches!(step, Step::Publish { .. }));
    if publishes {
        // A dry run promises nothing that would be refused.
        SigningKey::check_size(algorithm(args, &rotation), args.bits)?;
    }
    let new = match (publishes, args.dry_run) {
        (false, _) => None,
        (true, false) => Some(NewKey::generate(cx, args, &set, &rotation, folder)?),
        (true, true) => None,
    };
    let placeholder = || {
        let algorithm = algorithm(args, &rotation);
        Map::from_iter([
            ("kty".to_owned(), Value::from("")),
            ("alg".to_owned(), Value::from(algorithm.name())),
        ])
    };
    let jwk = new
        .as_ref()
        .map_or_else(placeholder, |new| new.public.clone());
    perform(&mut set, &steps, Some(&jwk), &policy, now);
    if !args.dry_run && !steps.is_empty() {
        // Ctrl-C leaves the key and the set, or neither.
        let _hold = Hold::new();
        if let Some(new) = &new {
            new.write(&prefix)?;
        }
        file.write(&set).inspect_err(|_| {
            if let Some(new) = &new {
                let _ = std::fs::remove_file(&new.path);
            }
        })?;
    }
    let plan = Plan {
        set: file.name(),
        now,
        dry_run: args.dry_run,
        policy: &policy,
        steps: &steps,
        before: &rotation,
        after: &Rotation::of(&set, now),
        folder,
    };
    for warning in plan.warnings() {
        cx.render.warning(&warning);
    }
    match args.output.is_json(cx) {
        true => cx.render.json(&plan.json()),
        false => cx.render.text(&plan.text()),
    }
}

/// Returns the folder of a file as the user would write it: nothing for the
/// current one.
fn beside(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new(""))
}

/// What says "deploy the set" must not say so of one with private keys.
fn refuse_private(set: &SetDocument, file: &SetFile) -> Result<(), Error> {
    let holds = set
        .entries()
        .iter()
        .any(|entry| entry.members().is_some_and(is_private));
    match holds {
        true => Err(Error::input(
            format!(
                "`{}` holds private keys or secrets, and what is rotated is published",
                file.name()
            ),
            "make a set of the public keys with `authctl jwks add`, and rotate that",
        )),
        false => Ok(()),
    }
}

fn which(unclear: Unclear, args: &RotateArgs, file: &SetFile) -> Error {
    let name = file.name();
    match unclear {
        Unclear::Several(slots) => several(&slots, name),
        Unclear::Unknown => Error::usage(
            format!(
                "`{name}` has no key `{}` that can sign",
                args.current.as_deref().unwrap_or_default()
            ),
            "`authctl jwks list` shows the keys",
        ),
    }
}

/// Names each key by what `--current` takes for it alone: a kid that others
/// have too stands beside the thumbprint.
fn several(slots: &[Slot], set: &str) -> Error {
    let is_alone = |slot: &Slot, of: fn(&Slot) -> &Option<String>| {
        slots.iter().filter(|other| of(other) == of(slot)).count() == 1
    };
    let shares_kid = slots.iter().any(|slot| !is_alone(slot, |slot| &slot.kid));
    let is_twice = slots
        .iter()
        .any(|slot| !is_alone(slot, |slot| &slot.thumbprint));
    let names: Vec<String> = slots
        .iter()
        .map(|slot| {
            let kid = slot.kid.clone().unwrap_or_default();
            match (&slot.thumbprint, is_alone(slot, |slot| &slot.kid)) {
                (Some(thumbprint), false) => format!("{thumbprint} (kid {kid})"),
                _ => kid,
            }
        })
        .collect();
    let what = format!(
        "several keys of `{set}` may be signing: {}",
        names.join(", ")
    );
    match (is_twice, shares_kid) {
        (true, _) => Error::usage(
            what,
            format!("a key is there twice: take one of the two out of `{set}`"),
        ),
        (false, true) => Error::usage(
            what,
            "name the one that does with `--current THUMBPRINT`, this once",
        ),
        (false, false) => Error::usage(
            what,
            "name the one that does with `--current KID`, this once",
        ),
    }
}

fn algorithm(args: &RotateArgs, rotation: &Rotation) -> Algorithm {
    args.alg
        .or_else(|| rotation.signing().and_then(|slot| slot.algorithm))
        .unwrap_or(Algorithm::ES256)
}

/// A key pair that was made, not yet written.
struct NewKey {
    public: Map<String, Value>,
    private: Secret,
    path: PathBuf,
}

impl NewKey {
    fn generate(
        cx: &Context,
        args: &RotateArgs,
        set: &SetDocument,
        rotation: &Rotation,
        folder: &Path,
    ) -> Result<Self, Error> {
        let algorithm = algorithm(args, rotation);
        let passphrase = match &args.passphrase {
            Some(reference) => Some(cx.new_passphrase("the key", reference, "--passphrase")?),
            None => None,
        };
        let bits = args.bits.or_else(|| same_size(set, rotation, algorithm));
        let key = SigningKey::generate(algorithm, bits)?;
        let private = match &passphrase {
            None => key.to_pkcs8_pem()?,
            Some(passphrase) => key.to_encrypted_pkcs8_pem(passphrase, pem::ITERATIONS)?,
        };
        Ok(Self {
            public: key.public_jwk(),
            private,
            path: key_path(folder, algorithm, key.kid()),
        })
    }

    fn write(&self, prefix: &str) -> Result<(), Error> {
        let file = file_set::File {
            path: self.path.clone(),
            content: SecretBytes::new(self.private.expose()),
            readers: Readers::Owner,
        };
        let folder = beside(&self.path);
        make_private_folder(folder)
            .map_err(|source| Error::Input {
                what: format!("cannot make the folder `{}`", folder.display()),
                hint: None,
                source: Some(source),
            })
            .and_then(|()| file_set::write_by(&[file], false, prefix))
            .map_err(|error| {
                error.during_with_hint(
                    "cannot keep the new private key",
                    "the set is as it was; choose a folder for private keys with `--keys FOLDER`",
                )
            })
    }
}

/// Returns where the private key of a kid is kept.
pub fn key_path(folder: &Path, algorithm: Algorithm, kid: &str) -> PathBuf {
    folder.join(format!("{}.pem", default_name(algorithm.name(), kid)))
}

/// Returns the size of the RSA key that signs, if the new one is RSA too: a
/// rotation is no reason for a weaker key.
fn same_size(set: &SetDocument, rotation: &Rotation, algorithm: Algorithm) -> Option<u32> {
    use authctl::core::jose::{KeyType, PublicKey};
    if algorithm.key_type() != KeyType::Rsa {
        return None;
    }
    let members = set.entries().get(rotation.signing()?.index)?.members()?;
    let bits = PublicKey::from_jwk(members).ok()?.rsa_bits()?;
    let fits = |size: &u32| bits <= *size as usize;
    Some([2048, 3072, 4096].into_iter().find(fits).unwrap_or(8192))
}
