//! `authctl profile import`: sessions from an encrypted archive.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use authctl::core::config::{Kind, Layer, SecretRef, Setting, Settings, Source, Value};
use authctl::core::error::Error;
use authctl::core::store::{
    self, Archive, ArchiveError, Archived, Key, LockGuard, Opened, Reason, Record, Relation,
    StoreKind,
};
use serde_json::{Value as Json, json};

use super::super::context::Context;
use super::super::interrupt;
use super::super::output::OutputArg;
use super::super::render::escape;
use super::super::secrets::{SecretRefParser, one_from_stdin, read_file_of, read_stdin_of};
use super::super::sessions::{Stores, of_stores, say_waiting};

/// Take sessions from an archive that `profile export` wrote
///
/// Everything is checked before anything is written: the whole archive, and
/// whether another session, or a newer state of the same, is kept here. A
/// profile that is new gets the settings that the archive has of it.
///
/// Example: `authctl profile import work.authexp`
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// Archive; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Profiles to take from it; by default all that are in it
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,

    /// Passphrase of the archive: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input; a hidden prompt by default
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    passphrase: Option<SecretRef>,

    /// Replace sessions that are kept here, newer ones too, and settings of
    /// profiles that differ
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// A session on its way in.
struct Arriving {
    profile: String,
    key: Key,
    opened: Rc<Opened>,
    record: Record,
    /// The settings that the profile is to get.
    settings: Layer,
    /// Whether the very session is kept here already.
    is_here: bool,
    _lock: LockGuard,
}

/// Takes them.
pub fn run(cx: &Context, args: &ImportArgs) -> Result<(), Error> {
    interrupt::install();
    cx.allow_new_config();
    let archive = read(cx, args)?;
    let stores = Stores::new(cx);
    // In one order, as whoever else takes several locks.
    let mut sessions = archive.sessions;
    sessions.retain(|session| args.profiles.is_empty() || args.profiles.contains(&session.profile));
    sessions.sort_by(|one, other| one.profile.cmp(&other.profile));
    let known = |profile: &String| sessions.iter().any(|session| session.profile == *profile);
    if let Some(absent) = args.profiles.iter().find(|profile| !known(profile)) {
        return Err(Error::input(
            format!("the archive holds no session of profile `{absent}`"),
            "leave out the name to take all that it holds",
        ));
    }
    let mut arriving = Vec::with_capacity(sessions.len());
    for session in sessions {
        arriving.push(judge(cx, args, &stores, session)?);
    }
    for session in arriving.iter().filter(|session| !session.is_here) {
        session.opened.store.check_writable()?;
    }
    for session in arriving.iter().filter(|session| !session.is_here) {
        let saved = session.opened.store.save(&session.key, &session.record);
        saved.map_err(|error| {
            Error::from(error).during_with_hint(
                format!(
                    "the session of profile `{}` could not be kept",
                    session.profile
                ),
                "mend the store and run the same command again; what was taken so far stays",
            )
        })?;
    }
    remember(cx, &arriving)?;
    stores.say_notes();
    answer(cx, args, &arriving)
}

fn read(cx: &Context, args: &ImportArgs) -> Result<Archive, Error> {
    let is_stdin = args.file == Path::new("-");
    let reference = args.passphrase.clone().unwrap_or(SecretRef::Prompt);
    one_from_stdin(
        is_stdin
            .then_some("the archive")
            .into_iter()
            .chain((reference == SecretRef::Stdin).then_some("the passphrase")),
    )?;
    let octets = match is_stdin {
        true => read_stdin_of(Archive::LIMIT as u64)?,
        false => read_file_of(&args.file, Archive::LIMIT as u64)?,
    };
    let passphrase = cx.secret(
        &reference,
        "Passphrase of the archive",
        "name it: `--passphrase env:NAME` or `--passphrase file:PATH`",
    )?;
    let name = args.file.display();
    Archive::open(&passphrase, octets.expose())
        .map_err(|error| Error::from(error).during(format!("cannot read `{name}`")))
}

/// Checks one session against what is kept here, under its lock.
fn judge(
    cx: &Context,
    args: &ImportArgs,
    stores: &Stores<'_>,
    session: Archived,
) -> Result<Arriving, Error> {
    let Archived {
        profile,
        settings: in_archive,
        record,
    } = session;
    let settings = cx.settings_of(&profile, Layer::new())?;
    let opened = stores.of(&settings)?;
    opened.must_keep()?;
    let key = Key::session(&profile);
    let wait = cx.lock_wait(&settings)?;
    let lock = opened
        .store
        .lock(&key, wait, &mut |holder| say_waiting(cx, holder))?;
    let relation = opened
        .store
        .load(&key)?
        .map(|kept| record.relation_to(&kept));
    let is_here = relation == Some(Relation::Same);
    match relation {
        None | Some(Relation::Same | Relation::Newer) => {}
        Some(_) if args.force => {}
        Some(relation) => {
            return Err(Error::from(store::Error::Conflict {
                key: key.name().to_owned(),
                store: opened.store.kind(),
                newer: relation != Relation::Another,
            })
            .during(format!(
                "the session of profile `{profile}` is not taken from the archive"
            )));
        }
    }
    Ok(Arriving {
        settings: settings_for(cx, args, &settings, &in_archive, &opened)?,
        profile,
        key,
        opened,
        record,
        is_here,
        _lock: lock,
    })
}

/// Returns what is to be written into the profile: the settings of the archive,
/// unless it has some that name the same server and client; and which store has
/// the session, where the profile does not say so by itself.
fn settings_for(
    cx: &Context,
    args: &ImportArgs,
    settings: &Settings,
    in_archive: &serde_json::Map<String, Json>,
    opened: &Opened,
) -> Result<Layer, Error> {
    let profile = settings.profile_name();
    let mut layer = Layer::new();
    for (key, value) in in_archive {
        let Some(setting) = Setting::from_key(key) else {
            cx.render.note(&format!(
                "the setting `{key}` of profile `{profile}` is not known here and left out"
            ));
            continue;
        };
        if of_stores().any(|of_store| of_store == setting) {
            continue;
        }
        layer.insert(setting, value_of(value)?);
    }
    // What would be refused when it is read must not be written.
    Settings::new(profile, Layer::new(), Layer::new(), layer.clone()).check()?;
    if let Some(own) = cx.config()?.profile(profile) {
        let differs = [Setting::Issuer, Setting::ClientId, Setting::TokenEndpoint]
            .into_iter()
            .find(|setting| own.get(setting) != layer.get(setting));
        match differs {
            None => return where_it_is(cx, settings, opened),
            Some(_) if args.force => {}
            // A profile that says nothing of the server takes all.
            Some(_)
                if own
                    .keys()
                    .all(|own| of_stores().any(|of_store| of_store == *own)) => {}
            Some(setting) => {
                return Err(Error::usage(
                    format!(
                        "profile `{profile}` has another `{}` than the archive",
                        setting.key()
                    ),
                    "rename the profile in config.toml, or take the archive's settings with `--force`",
                ));
            }
        }
    }
    // The keychain that `auto` found it must find again, as after a sign-in.
    if opened.reason == Reason::KeychainAnswers {
        let store = opened.store.kind().name().to_owned();
        layer.insert(Setting::Store, Value::Text(store));
    }
    layer.extend(where_it_is(cx, settings, opened)?);
    Ok(layer)
}

/// Returns the settings by which the session is found again where no flag and
/// no variable names the store that it was put into.
fn where_it_is(cx: &Context, settings: &Settings, opened: &Opened) -> Result<Layer, Error> {
    let mut layer = Layer::new();
    let kind = opened.store.kind();
    let named = settings.get(Setting::Store).map(|found| found.source);
    if matches!(named, Some(Source::Flag | Source::Environment(_))) {
        layer.insert(Setting::Store, Value::Text(kind.name().to_owned()));
    }
    if kind == StoreKind::Vault {
        layer.extend(cx.vault_to_remember(settings)?);
    }
    Ok(layer)
}

fn value_of(value: &Json) -> Result<Value, Error> {
    let malformed = || Error::from(ArchiveError::Malformed { member: "settings" });
    match value {
        Json::String(text) => Ok(Value::Text(text.clone())),
        Json::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(malformed))
            .collect::<Result<_, _>>()
            .map(Value::List),
        _ => Err(malformed()),
    }
}

/// Writes the settings of the profiles that are new.
fn remember(cx: &Context, arriving: &[Arriving]) -> Result<(), Error> {
    if arriving.iter().all(|session| session.settings.is_empty()) {
        return Ok(());
    }
    cx.edit_config(|config| {
        for session in arriving {
            for (setting, value) in &session.settings {
                config.set(&session.profile, *setting, value.clone())?;
            }
        }
        Ok(())
    })
    .map_err(|error| {
        error.during("the sessions are kept, but the settings could not be remembered")
    })?;
    for session in arriving {
        for (setting, value) in &session.settings {
            if let (Kind::Reference, Value::Text(text)) = (setting.kind(), value)
                && text.starts_with("cmd:")
            {
                cx.render.note(&format!(
                    "profile `{}` takes its {} from a command that the archive names: `{text}`",
                    session.profile,
                    setting.key()
                ));
            }
        }
    }
    Ok(())
}

fn answer(cx: &Context, args: &ImportArgs, arriving: &[Arriving]) -> Result<(), Error> {
    if args.output.is_json(cx) {
        let profiles: Vec<Json> = arriving
            .iter()
            .map(|session| {
                json!({
                    "profile": session.profile,
                    "store": session.opened.store.kind().name(),
                    "outcome": if session.is_here { "already_there" } else { "imported" },
                })
            })
            .collect();
        return cx.render.json(&json!({ "profiles": profiles }));
    }
    let lines = arriving.iter().map(|session| {
        let store = session.opened.store.kind();
        let profile = escape(&session.profile);
        match session.is_here {
            true => format!("Profile {profile} has this session already, in {store}\n"),
            false => format!("Imported the session of profile {profile} into {store}\n"),
        }
    });
    let text: String = lines.collect();
    if text.is_empty() {
        cx.render.note("the archive holds no session");
        return Ok(());
    }
    cx.render.text(&text)
}
