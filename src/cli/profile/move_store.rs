//! `authctl profile move-store`: sessions and cached tokens to another store.

use std::rc::Rc;

use authctl::core::config::{Layer, Setting, Settings, Source, Value};
use authctl::core::error::Error;
use authctl::core::session;
use authctl::core::store::{Choice, Key, Opened, Transfer, Transferred};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde_json::{Value as Json, json};

use super::super::config_edit::lasting;
use super::super::context::Context;
use super::super::interrupt;
use super::super::output::OutputArg;
use super::super::render::{counted, escape};
use super::super::sessions::{Stores, for_each, of_stores, profiles_with_sessions, say_waiting};
use super::meant;

/// Move sessions and cached tokens to another store
///
/// Each is copied, read back and compared; then the profile is told the new
/// store, and only then the old copy is removed. No process can renew it
/// meanwhile. When it is interrupted the session is in one store or in both,
/// and the same command finishes.
///
/// Example: `authctl profile move-store --to keychain --all`
#[derive(clap::Args, Debug)]
pub struct MoveStoreArgs {
    /// Profiles whose sessions are moved; the one in force by default
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,

    /// Move the sessions of all profiles, and all cached tokens of clients
    #[arg(long, conflicts_with = "profiles")]
    all: bool,

    /// Where to: keychain, file or vault
    #[arg(long, value_name = "STORE", value_parser = stores())]
    to: Choice,

    /// Where from; by default the store in force
    #[arg(long, value_name = "STORE", value_parser = stores())]
    from: Option<Choice>,

    /// Replace another session, or a newer state of this one, that is kept
    /// there already
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// The stores that keep something and can be named.
fn stores() -> impl clap::builder::TypedValueParser<Value = Choice> {
    let names = Choice::ALL
        .into_iter()
        .filter(|choice| !matches!(choice, Choice::Auto | Choice::None));
    PossibleValuesParser::new(names.map(Choice::name)).try_map(|name| name.parse::<Choice>())
}

/// What became of one profile.
struct Moved {
    from: &'static str,
    outcome: Transferred,
}

/// Moves them.
pub fn run(cx: &Context, args: &MoveStoreArgs) -> Result<(), Error> {
    interrupt::install();
    let stores = Stores::new(cx);
    let all = args.all.then(|| all_profiles(cx, args, &stores));
    let profiles = meant(cx, all.transpose()?, &args.profiles)?;
    let mut client_tokens = 0;
    let (moved, first_failure) = for_each(cx, profiles, |profile| {
        move_one(cx, args, &stores, profile, &mut client_tokens)
    });
    stores.say_notes();
    if let Some(error) = first_failure {
        // On failure stdout is empty.
        let sentences = moved.iter();
        let sentences = sentences.map(|(profile, done)| sentence(profile, done, args.to));
        cx.render.notes(sentences);
        return Err(error);
    }
    if args.output.is_json(cx) {
        return cx.render.json(&json!({
            "to": args.to.name(),
            "profiles": moved.iter().map(as_json).collect::<Vec<_>>(),
            "client_tokens": client_tokens,
        }));
    }
    let mut text: String = moved
        .iter()
        .map(|(profile, done)| escape(&sentence(profile, done, args.to)).into_owned() + "\n")
        .collect();
    if client_tokens > 0 {
        text.push_str(&format!(
            "Moved {}\n",
            counted(
                client_tokens,
                "cached token of a client",
                "cached tokens of clients"
            )
        ));
    }
    if text.is_empty() {
        cx.render.note("there is nothing to move");
        return Ok(());
    }
    cx.render.text(&text)
}

/// Those that have a session in the store that was named, or each in its own.
fn all_profiles(
    cx: &Context,
    args: &MoveStoreArgs,
    stores: &Stores<'_>,
) -> Result<Vec<String>, Error> {
    let Some(from) = args.from else {
        return profiles_with_sessions(cx);
    };
    let settings = cx.settings_of(&cx.profile_name()?, Layer::new())?;
    let kept = stores.chosen(from, &settings)?.store.list()?;
    Ok(kept.iter().filter_map(Key::profile).collect())
}

fn move_one(
    cx: &Context,
    args: &MoveStoreArgs,
    stores: &Stores<'_>,
    profile: &str,
    client_tokens: &mut usize,
) -> Result<Moved, Error> {
    let settings = cx.settings_of(profile, Layer::new())?;
    let to = stores.chosen(args.to, &settings)?;
    let from = match args.from {
        Some(from) => stores.chosen(from, &settings)?,
        None => stores.of(&settings)?,
    };
    let from_name = from.store.kind().name();
    let key = Key::session(profile);
    let doing = |error: Error| {
        error.during(format!(
            "cannot move the session of profile `{profile}` from {from_name} to {}",
            args.to.name()
        ))
    };
    let transfer = |transfer: Transfer<'_>, settle: &dyn Fn() -> Result<(), Error>| {
        transfer.run(&key, &mut |holder| say_waiting(cx, holder), settle)
    };
    let wait = cx.lock_wait(&settings)?;
    // An earlier move that was interrupted is finished first.
    let left = left_behind(stores, &settings, &from, &key)?;
    let finished = match &left {
        None => Transferred::Nothing,
        Some(left) => transfer(
            Transfer {
                from: left.store.as_ref(),
                to: from.store.as_ref(),
                finish: true,
                replace: false,
                wait,
            },
            &|| Ok(()),
        )
        .map_err(doing)?,
    };
    let settle = || remember(cx, &settings, args.to);
    let outcome = if from.store.kind() == to.store.kind() {
        let outcome = match (finished, from.store.load(&key)?) {
            (Transferred::Nothing, Some(_)) => Transferred::AlreadyThere,
            (finished, _) => finished,
        };
        if outcome != Transferred::Nothing {
            settle()?;
        }
        outcome
    } else {
        transfer(
            Transfer {
                from: from.store.as_ref(),
                to: to.store.as_ref(),
                finish: false,
                replace: args.force,
                wait,
            },
            &settle,
        )
        .map_err(doing)?
    };
    if outcome == Transferred::Nothing {
        // What is asked for from now on goes there all the same.
        if cx.config()?.profile(profile).is_none() {
            return Err(session::Error::NoSession {
                profile: profile.to_owned(),
            }
            .into());
        }
        settle()?;
    }
    *client_tokens += move_client_tokens(cx, args, &settings, [&from, &to])?;
    warn_of_what_wins(cx, &settings, args.to);
    Ok(Moved {
        from: from_name,
        outcome,
    })
}

/// Returns the store in which an interrupted move may have left a copy.
fn left_behind(
    stores: &Stores<'_>,
    settings: &Settings,
    at: &Opened,
    key: &Key,
) -> Result<Option<Rc<Opened>>, Error> {
    let Some(record) = at.store.load(key)? else {
        return Ok(None);
    };
    let named = record.moved_from.and_then(|name| name.parse().ok());
    match named {
        Some(choice) if choice != Choice::Auto && choice != Choice::None => {
            stores.chosen(choice, settings).map(Some)
        }
        _ => Ok(None),
    }
}

/// Makes a store the profile's own, with what was typed of it.
fn remember(cx: &Context, settings: &Settings, to: Choice) -> Result<(), Error> {
    cx.allow_new_config();
    let profile = settings.profile_name();
    let which_vault = match to {
        Choice::Vault => cx.vault_to_remember(settings)?,
        _ => Vec::new(),
    };
    cx.edit_config(|config| {
        config.set(profile, Setting::Store, Value::Text(to.name().to_owned()))?;
        for (setting, value) in &which_vault {
            config.set(profile, *setting, value.clone())?;
        }
        for setting in of_stores().filter(|setting| *setting != Setting::Store) {
            if let Some(found) = settings.get(setting)
                && found.source == Source::Flag
                && let Some(value) = lasting(setting, &found)
            {
                config.set(profile, setting, value)?;
            }
        }
        Ok(())
    })
}

/// Says that a flag or a variable names another store than the profile now
/// does.
fn warn_of_what_wins(cx: &Context, settings: &Settings, to: Choice) {
    if let Some(found) = settings.text(Setting::Store)
        && let Source::Environment(variable) = found.source
        && found.value != to.name()
    {
        cx.render.warning(&format!(
            "{variable} is `{}`, which wins over the profile: unset it, or the session is not found",
            found.value
        ));
    }
}

/// Moves what the profile's client got for itself; with `--all`, every client.
/// What cannot be moved is asked for again.
fn move_client_tokens(
    cx: &Context,
    args: &MoveStoreArgs,
    settings: &Settings,
    [from, to]: [&Opened; 2],
) -> Result<usize, Error> {
    if from.store.kind() == to.store.kind() {
        return Ok(0);
    }
    let text = |setting| settings.text(setting).map(|found| found.value.to_owned());
    let client = text(Setting::ClientId);
    let servers = [text(Setting::Issuer), text(Setting::TokenEndpoint)];
    let wait = cx.lock_wait(settings)?;
    let mut moved = 0;
    for key in from.store.list()? {
        if key.profile().is_some() {
            continue;
        }
        let is_ours = || -> Result<bool, authctl::core::store::Error> {
            Ok(args.all
                || from.store.load(&key)?.is_some_and(|record| {
                    client.as_ref() == Some(&record.client_id)
                        && servers.contains(&Some(record.issuer))
                }))
        };
        let done = is_ours().and_then(|is_ours| {
            if !is_ours {
                return Ok(Transferred::Nothing);
            }
            let transfer = Transfer {
                from: from.store.as_ref(),
                to: to.store.as_ref(),
                finish: false,
                replace: args.force,
                wait,
            };
            transfer.run(&key, &mut |holder| say_waiting(cx, holder), || Ok(()))
        });
        match done {
            Ok(Transferred::Nothing) => {}
            Ok(_) => moved += 1,
            Err(error) => cx.render.warning(&format!(
                "a cached token of a client could not be moved: {error}"
            )),
        }
    }
    Ok(moved)
}

fn sentence(profile: &str, done: &Moved, to: Choice) -> String {
    let (from, to) = (done.from, to.name());
    match done.outcome {
        Transferred::Moved if from == to => {
            format!("Finished moving the session of profile {profile} to {to}")
        }
        Transferred::Moved => format!("Moved the session of profile {profile} from {from} to {to}"),
        Transferred::AlreadyThere => format!("The session of profile {profile} is in {to}"),
        Transferred::Nothing => {
            format!("Profile {profile} has no session; its tokens will be kept in {to}")
        }
    }
}

fn as_json((profile, done): &(String, Moved)) -> Json {
    json!({
        "profile": profile,
        "from": done.from,
        "outcome": match done.outcome {
            Transferred::Moved => "moved",
            Transferred::AlreadyThere => "already_there",
            Transferred::Nothing => "no_session",
        },
    })
}
