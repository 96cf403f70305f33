//! `authctl profile export`: sessions in an encrypted archive.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use authctl::core::config::{Layer, SecretRef};
use authctl::core::error::Error;
use authctl::core::secret::{Secret, SecretBytes};
use authctl::core::session;
use authctl::core::store::{Archive, ArchiveError, Archived, Key, LockGuard, Opened};
use serde_json::{Map, Value as Json, json};

use super::super::context::Context;
use super::super::file_set::{self, File, Readers};
use super::super::interrupt;
use super::super::output::OutputArg;
use super::super::render::escape;
use super::super::secrets::{SecretRefParser, read_file_of};
use super::super::sessions::{Stores, of_stores, profiles_with_sessions, say_waiting};
use super::{meant, value_json};

/// Write sessions into an encrypted archive, to carry them elsewhere
///
/// It holds the sessions and the settings of their profiles, under a
/// passphrase (argon2id, AES-256-GCM). Export is for moving: where the refresh
/// token rotates, only one of two copies can be renewed, and the server takes
/// the renewal of the other for theft and revokes both. So use --remove.
///
/// Example: `authctl profile export --out work.authexp --remove work`
#[derive(clap::Args, Debug)]
pub struct ExportArgs {
    /// Profiles; the one in force by default
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,

    /// Export the sessions of all profiles
    #[arg(long, conflicts_with = "profiles")]
    all: bool,

    /// File to write, for its owner alone; - or nothing for standard output,
    /// unless that is a terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Passphrase of the archive: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input; a hidden prompt by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Remove the sessions here once the archive is written and read back
    #[arg(long)]
    remove: bool,

    /// Replace a file that is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// A session on its way out.
struct Leaving {
    key: Key,
    opened: Rc<Opened>,
    /// Held while it is to be removed, so that nobody renews it meanwhile.
    _lock: Option<LockGuard>,
}

/// Writes the archive.
pub fn run(cx: &Context, args: &ExportArgs) -> Result<(), Error> {
    interrupt::install();
    let out = args.out.as_deref().filter(|path| *path != Path::new("-"));
    let as_json = args.output.is_json(cx);
    refuse(cx, args, out, as_json)?;
    let all = args.all.then(|| profiles_with_sessions(cx)).transpose()?;
    let profiles = meant(cx, all, &args.profiles)?;
    if profiles.is_empty() {
        let profile = cx.profile_name()?;
        return Err(session::Error::NoSession { profile }.into());
    }
    let reference = args.passphrase.clone().unwrap_or(SecretRef::Prompt);
    let passphrase = cx.new_passphrase("the archive", &reference, "--passphrase")?;
    let stores = Stores::new(cx);
    let mut sessions = Vec::with_capacity(profiles.len());
    let mut leaving = Vec::with_capacity(profiles.len());
    for profile in &profiles {
        let (session, place) = take(cx, args, &stores, profile)?;
        sessions.push(session);
        leaving.push(place);
    }
    let archive = Archive {
        created_at: cx.now(),
        sessions,
    };
    let sealed = archive.seal(&passphrase)?;
    let Some(out) = out else {
        warn_of_copies(cx, &archive, "the archive");
        return cx.render.octets(&sealed);
    };
    write(out, sealed, args.force)?;
    if args.remove {
        forget(cx, out, &passphrase, &archive, &leaving)?;
    } else {
        warn_of_copies(cx, &archive, &out.display().to_string());
    }
    stores.say_notes();
    let file = out.display().to_string();
    if as_json {
        return cx.render.json(&json!({
            "file": file,
            "profiles": profiles,
            "removed": args.remove,
        }));
    }
    let verb = if args.remove { "Moved" } else { "Exported" };
    cx.render.text(&format!(
        "{verb} to {}: {}",
        escape(&file),
        escape(&profiles.join(", "))
    ))
}

/// Refuses what cannot be, before anything is asked.
fn refuse(cx: &Context, args: &ExportArgs, out: Option<&Path>, as_json: bool) -> Result<(), Error> {
    let name_a_file = "name a file with `--out FILE`";
    match out {
        Some(path) if !args.force => file_set::refuse_existing([path]),
        Some(_) => Ok(()),
        None if args.remove => Err(Error::usage(
            "what goes to standard output cannot be read back, so nothing is removed here",
            name_a_file,
        )),
        None if as_json => Err(Error::usage(
            "standard output cannot be both the archive and JSON",
            name_a_file,
        )),
        None if cx.render.stdout_is_terminal() => Err(Error::usage(
            "an archive is not printed to a terminal",
            name_a_file,
        )),
        None => Ok(()),
    }
}

fn take(
    cx: &Context,
    args: &ExportArgs,
    stores: &Stores<'_>,
    profile: &str,
) -> Result<(Archived, Leaving), Error> {
    let settings = cx.settings_of(profile, Layer::new())?;
    let opened = stores.of(&settings)?;
    let key = Key::session(profile);
    let lock = match args.remove {
        true => {
            let wait = cx.lock_wait(&settings)?;
            let mut say = |holder: &_| say_waiting(cx, holder);
            Some(opened.store.lock(&key, wait, &mut say)?)
        }
        false => None,
    };
    let record = opened.store.load(&key)?;
    let Some(mut record) = record else {
        let profile = profile.to_owned();
        return Err(session::Error::NoSession { profile }.into());
    };
    record.moved_from = None;
    let session = Archived {
        profile: profile.to_owned(),
        settings: settings_json(cx.config()?.profile(profile)),
        record,
    };
    let leaving = Leaving {
        key,
        opened,
        _lock: lock,
    };
    Ok((session, leaving))
}

/// Returns a profile's settings but for its store, which is this machine's.
fn settings_json(layer: Option<&Layer>) -> Map<String, Json> {
    let all = layer.into_iter().flatten();
    all.filter(|(setting, _)| of_stores().all(|of_store| of_store != **setting))
        .map(|(setting, value)| (setting.key().to_owned(), value_json(value)))
        .collect()
}

fn write(path: &Path, sealed: Vec<u8>, force: bool) -> Result<(), Error> {
    let file = File {
        path: path.to_owned(),
        content: SecretBytes::new(sealed),
        readers: Readers::Owner,
    };
    // Ctrl-C leaves all of it or nothing.
    let _hold = interrupt::Hold::new();
    file_set::write(&[file], force)
}

/// Removes the sessions here, if the archive gives them all back.
fn forget(
    cx: &Context,
    path: &Path,
    passphrase: &Secret,
    archive: &Archive,
    leaving: &[Leaving],
) -> Result<(), Error> {
    let written = read_file_of(path, Archive::LIMIT as u64)?;
    let back = Archive::open(passphrase, written.expose())?;
    let is_whole = back.sessions.len() == archive.sessions.len()
        && back
            .sessions
            .iter()
            .zip(&archive.sessions)
            .all(|(back, session)| back.record.to_json() == session.record.to_json());
    if !is_whole {
        return Err(Error::from(ArchiveError::Damaged)
            .during("the archive does not give back what was written; nothing was removed here"));
    }
    for place in leaving {
        place.opened.store.remove(&place.key).map_err(|error| {
            Error::from(error).during(format!(
                "the archive is written, but the session `{}` could not be removed here",
                place.key
            ))
        })?;
    }
    cx.render
        .note("the sessions are in the archive alone; import it in one place");
    Ok(())
}

/// Says what becomes of a refresh token that is in two places.
fn warn_of_copies(cx: &Context, archive: &Archive, file: &str) {
    let renewable = archive
        .sessions
        .iter()
        .any(|session| session.record.refresh_token.is_some());
    if renewable {
        cx.render.warning(&format!(
            "the sessions are now here and in {file}: where the refresh token rotates, only one of \
             them can be renewed, and the server may revoke both when the other tries; \
             `--remove` moves them"
        ));
    }
}
