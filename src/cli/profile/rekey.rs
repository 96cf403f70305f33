//! `authctl profile rekey`: another key for the file store.

use authctl::core::config::{Found, Layer, SecretRef, Setting, Source, Value};
use authctl::core::error::{Error, Report as _};
use authctl::core::store::{self, FileKey, FileStore, Key, Rekey, Rekeyed, TokenStore as _};
use serde_json::json;

use super::super::config_edit::from_anywhere;
use super::super::context::Context;
use super::super::interrupt;
use super::super::output::OutputArg;
use super::super::render::escape;
use super::super::secrets::SecretRefParser;
use super::super::sessions::say_waiting;
use super::super::shell::quoted;
use super::super::store_key::{KEY_FILE, KeySource, instead_of};

/// Encrypt the records of the file store under another key
///
/// The old key is the one in force. All records are read before the first is
/// written. When it is interrupted each record is under the old key or the new
/// one, and the same command finishes. It says what to set afterwards.
///
/// Example: `authctl profile rekey --new-passphrase "cmd:pass show authctl"`
#[derive(clap::Args, Debug)]
pub struct RekeyArgs {
    /// Profiles whose sessions are encrypted anew; by default all, and the
    /// cached tokens of clients
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,

    #[command(flatten)]
    new: NewKey,

    #[command(flatten)]
    output: OutputArg,
}

/// The new key.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct NewKey {
    /// Reference to the new passphrase, or nothing for a hidden prompt
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    new_passphrase: Option<SecretRef>,

    /// Reference to the new key of 32 octets
    #[arg(long, value_name = "REF", value_parser = SecretRefParser)]
    new_key: Option<SecretRef>,

    /// File with the new key of 32 octets
    #[arg(long, value_name = "FILE")]
    new_key_file: Option<std::path::PathBuf>,
}

impl NewKey {
    /// Returns where it is read from, as it can be set afterwards.
    fn source(&self) -> KeySource {
        match (&self.new_passphrase, &self.new_key, &self.new_key_file) {
            (Some(reference), _, _) => KeySource::Passphrase(from_anywhere(reference)),
            (None, Some(reference), _) => KeySource::Key(from_anywhere(reference)),
            (None, None, Some(path)) => {
                KeySource::Key(from_anywhere(&SecretRef::File(path.clone())))
            }
            // The command line demands one of them.
            (None, None, None) => KeySource::Passphrase(SecretRef::Prompt),
        }
    }
}

/// What became of the records.
#[derive(Default)]
struct Done {
    profiles: Vec<String>,
    already: Vec<String>,
    client_tokens: usize,
}

/// Encrypts them anew.
pub fn run(cx: &Context, args: &RekeyArgs) -> Result<(), Error> {
    interrupt::install();
    let settings = cx.settings(Layer::new())?;
    let source = cx.key_source(&settings)?;
    let source = source.ok_or(store::Error::FileKeyMissing)?;
    let folder = cx.places()?.sessions_dir();
    let old = FileStore::new(&folder, cx.read_key(&source.value)?)?
        .with_instead(Some(instead_of(&source)));
    let new_source = args.new.source();
    let new = FileStore::new(&folder, new_key(cx, &new_source)?)?;
    let rekey = Rekey {
        old: &old,
        new: &new,
    };
    let keys = checked(cx, args, &rekey, &source)?;
    let wait = cx.lock_wait(&settings)?;
    let mut done = Done::default();
    for key in keys {
        let lock = old.lock(&key, wait, &mut |holder| say_waiting(cx, holder))?;
        let outcome = rekey.run(&key).map_err(|error| {
            Error::from(error).during_with_hint(
                format!("the record `{key}` could not be encrypted anew"),
                "every record is under the old key or the new one: mend what is wrong and run the \
                 same command again",
            )
        })?;
        drop(lock);
        match (outcome, key.profile()) {
            (Rekeyed::Nothing, _) => {}
            (_, None) => done.client_tokens += 1,
            (Rekeyed::Old, Some(profile)) => done.profiles.push(profile),
            (Rekeyed::New, Some(profile)) => done.already.push(profile),
        }
    }
    cx.render.notes(old.take_notes());
    cx.render.notes(new.take_notes());
    let next = afterwards(cx, &args.profiles, &source, &new_source)?;
    if args.output.is_json(cx) {
        return cx.render.json(&json!({
            "profiles": done.profiles,
            "already": done.already,
            "client_tokens": done.client_tokens,
            "next": next,
        }));
    }
    let steps: String = next
        .iter()
        .map(|step| format!("  {}\n", escape(step)))
        .collect();
    cx.render
        .text(&format!("{}\nNow do\n{steps}", summary(&done)))
}

fn new_key(cx: &Context, source: &KeySource) -> Result<FileKey, Error> {
    match source {
        KeySource::Passphrase(SecretRef::Prompt) => cx
            .new_passphrase("the token store", &SecretRef::Prompt, "--new-passphrase")
            .map(FileKey::Passphrase),
        other => cx.read_key(other),
    }
}

/// Returns the records to be encrypted anew, each known to open with the old
/// key or the new one.
fn checked(
    cx: &Context,
    args: &RekeyArgs,
    rekey: &Rekey<'_>,
    source: &Found<KeySource>,
) -> Result<Vec<Key>, Error> {
    let kept = rekey.old.list()?;
    if let Some(absent) = args
        .profiles
        .iter()
        .find(|profile| !kept.contains(&Key::session(profile)))
    {
        return Err(authctl::core::session::Error::NoSession {
            profile: absent.clone(),
        }
        .into());
    }
    let mut keys = Vec::new();
    for key in kept {
        let profile = key.profile();
        let is_named = profile
            .as_ref()
            .is_some_and(|profile| args.profiles.contains(profile));
        if !args.profiles.is_empty() && !is_named {
            continue;
        }
        match (rekey.check(&key), &profile) {
            (Ok(_), _) => keys.push(key),
            // What a client got for itself can be asked for again.
            (Err(error), None) => cx.render.warning(&format!(
                "a cached token of a client is left as it is: {error}"
            )),
            (Err(error), Some(profile)) if !is_named && has_own_key(cx, profile, source)? => {
                log::debug!("{error}");
                cx.render.note(&format!(
                    "profile `{profile}` has a key of its own and is left as it is"
                ));
            }
            (Err(error), Some(profile)) => {
                let hint = error.hint().unwrap_or_default();
                return Err(Error::from(error).during_with_hint(
                    format!(
                        "the session of profile `{profile}` opens with neither key; nothing was changed"
                    ),
                    format!("{hint}; or name the profiles to encrypt anew"),
                ));
            }
        }
    }
    Ok(keys)
}

/// Says whether a profile refers to another key than the one in force.
fn has_own_key(cx: &Context, profile: &str, source: &Found<KeySource>) -> Result<bool, Error> {
    let own = cx.key_source(&cx.settings_of(profile, Layer::new())?)?;
    Ok(own.is_some_and(|own| own.value != source.value))
}

/// Says what must be set, so that the next command finds the new key: in each
/// profile that refers to the old one, or else in the environment; where some
/// profiles are named, in those, since the others keep the old key.
fn afterwards(
    cx: &Context,
    named: &[String],
    old: &Found<KeySource>,
    new: &KeySource,
) -> Result<Vec<String>, Error> {
    let (setting, variable, reference) = match new {
        KeySource::Passphrase(reference) => (
            Setting::StorePassphrase,
            Setting::StorePassphrase.variable(),
            reference,
        ),
        KeySource::Key(reference @ SecretRef::File(_)) => (Setting::StoreKey, KEY_FILE, reference),
        KeySource::Key(reference) => (Setting::StoreKey, Setting::StoreKey.variable(), reference),
    };
    let (of_old, text) = match &old.value {
        KeySource::Passphrase(reference) => (Setting::StorePassphrase, reference.to_string()),
        KeySource::Key(reference) => (Setting::StoreKey, reference.to_string()),
    };
    let config = cx.config()?;
    let mut steps = Vec::new();
    let is_meant = |profile: &&str| named.is_empty() || named.iter().any(|name| name == profile);
    for profile in config.profile_names().filter(is_meant) {
        let own = config.profile(profile).and_then(|layer| layer.get(&of_old));
        let has_old = own == Some(&Value::Text(text.clone()));
        if !has_old && named.is_empty() {
            continue;
        }
        let profile = quoted(profile);
        if reference.is_lasting() {
            let reference = quoted(&reference.to_string());
            steps.push(format!(
                "authctl profile set {profile} {} {reference}",
                setting.key()
            ));
        }
        if has_old && (of_old != setting || !reference.is_lasting()) {
            steps.push(format!("authctl profile set {profile} {}", of_old.key()));
        }
    }
    if !named.is_empty() {
        match &old.source {
            _ if !reference.is_lasting() => steps.push(format!(
                "set {variable} to what was given as new, for these profiles alone"
            )),
            Source::Environment(other) => steps.push(format!(
                "unset {other}, which wins over profiles, and refer to the old key in those that keep it"
            )),
            _ => {}
        }
    } else if !matches!(old.source, Source::Profile(_)) || !reference.is_lasting() {
        if let Source::Environment(other) = old.source
            && other != variable
        {
            steps.push(format!("unset {other}"));
        }
        steps.push(match reference {
            SecretRef::File(path) if variable == KEY_FILE => {
                format!("export {variable}={}", quoted(&path.display().to_string()))
            }
            _ => format!("set {variable} to what was given as new"),
        });
    }
    Ok(steps)
}

fn summary(done: &Done) -> String {
    let mut text = match done.profiles.as_slice() {
        [] => "No session was under the old key".to_owned(),
        profiles => format!("Encrypted anew: {}", escape(&profiles.join(", "))),
    };
    if !done.already.is_empty() {
        text.push_str(&format!(
            "\nunder the new key already: {}",
            escape(&done.already.join(", "))
        ));
    }
    if done.client_tokens > 0 {
        text.push_str(&format!(
            "\ncached tokens of clients: {}",
            done.client_tokens
        ));
    }
    text
}
