//! `authctl jwks add`: keys into a set.

use std::path::PathBuf;

use authctl::core::config::SecretRef;
use authctl::core::error::Error;
use authctl::core::jose::key_set::edit::{self, Added, Labels};
use authctl::core::jose::key_set::{Entry, Part, SetDocument, import, left_out, summary};
use serde_json::{Value, json};

use super::report::kind;
use super::set_file::SetFile;
use crate::cli::context::Context;
use crate::cli::key_input::{self, KeyInput, KeyInputParser};
use crate::cli::output::OutputArg;
use crate::cli::render::{counted, escape};
use crate::cli::secrets::SecretRefParser;

/// Add keys to a set, which is made if it is not there
///
/// Of a private key the public part is added. A key without a kid gets its
/// thumbprint (RFC 7638).
///
/// Example: `authctl jwks add jwks.json signing.pub.pem --alg ES256 --use sig`
#[derive(clap::Args, Debug)]
pub struct AddArgs {
    /// File of the set
    #[arg(value_name = "SET")]
    set: PathBuf,

    /// Keys: files of PEM, DER, a JWK, a JWK Set, a certificate or an OpenSSH
    /// public key; or - for standard input, env:NAME, cmd:COMMAND,
    /// keychain:NAME
    #[arg(value_name = "KEY", required = true, value_parser = KeyInputParser)]
    keys: Vec<KeyInput>,

    /// Key identifier, for one key
    #[arg(long, value_name = "ID", allow_hyphen_values = true, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    kid: Option<String>,

    /// Algorithm that the keys are for
    #[arg(long, value_name = "ALG")]
    alg: Option<String>,

    /// What the keys are for: signatures or encryption
    #[arg(long = "use", value_name = "USE", value_parser = ["sig", "enc"])]
    usage: Option<String>,

    /// Replace the key that has the same kid
    #[arg(long)]
    replace: bool,

    /// Add the private keys, or secrets, themselves: the set is then one to be
    /// kept secret
    #[arg(long)]
    private: bool,

    /// Passphrase of encrypted keys; asked for by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    #[command(flatten)]
    output: OutputArg,
}

/// Reads the keys, then edits the set.
pub fn run(cx: &Context, args: &AddArgs) -> Result<(), Error> {
    let entries = args.entries(cx)?;
    let file = SetFile::lock(cx, &args.set)?;
    let found = file.read()?;
    let created = found.is_none();
    let mut set = found.unwrap_or_default();
    let mut done = Vec::new();
    for (kid, entry) in entries {
        let added = edit::add(&mut set, entry, args.replace).map_err(|kid| taken(&kid, &file))?;
        done.push((kid, added));
    }
    file.write(&set)?;
    if args.private {
        cx.render.warning(&format!(
            "`{}` holds private keys: never publish it",
            file.name()
        ));
    }
    show(cx, args, &file, &set, &done, created)
}

impl AddArgs {
    /// Returns the keys, labelled, with their kids.
    fn entries(&self, cx: &Context) -> Result<Vec<(String, Entry)>, Error> {
        let on_stdin = self.keys.iter().filter(|key| key.takes_stdin()).count()
            + usize::from(self.passphrase == Some(SecretRef::Stdin));
        if on_stdin > 1 {
            return Err(Error::usage(
                "standard input can be one thing only",
                "name the others by file, or as env:NAME",
            ));
        }
        let part = match self.private {
            true => Part::Private,
            false => Part::Public,
        };
        let labels = Labels {
            kid: self.kid.clone(),
            alg: self.alg.clone(),
            usage: self.usage.clone(),
        };
        let mut entries: Vec<(String, Entry)> = Vec::new();
        for key in &self.keys {
            let name = key.name();
            let document = key.read(cx)?;
            let read = key_input::open(cx, &name, self.passphrase.as_ref(), |passphrase| {
                import(document.expose(), passphrase, part)
            })?;
            let more = match read.as_slice() {
                [taken] => left_out(document.expose(), taken),
                _ => 0,
            };
            if more > 0 {
                cx.render.note(&format!(
                    "`{name}` holds {} more, and its first alone is taken: put each into a file of its own",
                    counted(more, "key", "keys")
                ));
            }
            for mut entry in read {
                let kid = edit::label(&mut entry, &labels)
                    .map_err(|error| Error::from(error).during(format!("cannot use `{name}`")))?;
                entries.push((kid, entry));
            }
        }
        if entries.len() != 1 && self.kid.is_some() {
            return Err(Error::usage(
                format!("one kid cannot name {} keys", entries.len()),
                "add the keys one by one, or leave out --kid",
            ));
        }
        for (at, (kid, _)) in entries.iter().enumerate() {
            if entries[..at].iter().any(|(other, _)| other == kid) {
                return Err(Error::usage(
                    format!("two of the keys have the kid `{kid}`"),
                    "give them kids of their own with --kid, one by one",
                ));
            }
        }
        Ok(entries)
    }
}

fn taken(kid: &str, file: &SetFile) -> Error {
    Error::usage(
        format!(
            "`{}` has a key with the kid `{kid}` already, and tokens that name it would be ambiguous",
            file.name()
        ),
        "put this one in its place with --replace, or choose another with --kid",
    )
}

fn show(
    cx: &Context,
    args: &AddArgs,
    file: &SetFile,
    set: &SetDocument,
    done: &[(String, Added)],
    created: bool,
) -> Result<(), Error> {
    let verb = |added: Added| match added {
        Added::New => "added",
        Added::Replaced => "replaced",
    };
    if args.output.is_json(cx) {
        let keys: Vec<Value> = done
            .iter()
            .map(|(kid, added)| json!({"kid": kid, "action": verb(*added)}))
            .collect();
        return cx.render.json(&json!({
            "set": file.name(),
            "created": created,
            "keys": keys,
            "count": set.entries().len(),
        }));
    }
    let summaries = summary(set, false, cx.now());
    let mut text = String::new();
    for (kid, added) in done {
        let key = summaries
            .iter()
            .find(|key| key.kid.as_ref() == Some(kid))
            .map(kind)
            .unwrap_or_default();
        text.push_str(&format!(
            "{:<8}  {}  {}\n",
            verb(*added),
            escape(kid),
            escape(&key)
        ));
    }
    let made = if created { "made" } else { "set" };
    text.push_str(&format!(
        "{made:<8}  {}  {}\n",
        escape(file.name()),
        counted(set.entries().len(), "key", "keys")
    ));
    cx.render.text(&text)
}
