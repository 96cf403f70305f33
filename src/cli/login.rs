//! `authctl login`: sign in as a person and keep the session.

use authctl::core::config::{ConfigFile, SecretRef, Setting, Settings, Source, Value};
use authctl::core::documents::Freshness;
use authctl::core::error::Error;
use authctl::core::login;
use authctl::core::oauth::AuthMethod;
use authctl::core::session::Sessions;
use authctl::core::store::{Key, Opened, Reason, Record, StoreKind};
use authctl::core::time::{Timestamp, humanize_span};
use serde_json::json;

use super::config_edit::lasting;
use super::connection::{ConnectionArgs, reference_text, text};
use super::context::Context;
use super::output::OutputArg;
use super::render::escape;
use super::secrets::SecretRefParser;
use super::sessions::{of_stores, say_waiting};

/// Sign in as a person and keep the session
///
/// The connection settings are remembered in the profile, so that the next
/// `authctl token` needs no flag.
///
/// Example: `authctl login --issuer http://127.0.0.1:9400 --client-id authctl --username alice`
#[derive(clap::Args, Debug)]
pub struct LoginArgs {
    /// How to sign in; auto is `password` when a username is given or the
    /// server offers it
    #[arg(long, value_enum, default_value_t, value_name = "FLOW")]
    flow: Flow,

    /// User name, for the password grant [env: AUTHCTL_USERNAME]
    #[arg(long, value_name = "USERNAME")]
    username: Option<String>,

    /// Reference to the password: env:NAME, file:PATH, cmd:COMMAND,
    /// keychain:NAME, - for standard input, or nothing for a hidden prompt;
    /// the variable AUTHCTL_PASSWORD holds the password itself
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    password: Option<SecretRef>,

    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Flow {
    /// Choose by what is given and what the server offers
    #[default]
    Auto,
    /// Username and password (RFC 6749 section 4.3)
    Password,
}

/// Said once for each profile.
const PASSWORD_GRANT: &str = "the password grant is deprecated (RFC 9700 section 2.4: it \"MUST NOT \
     be used\"), since it shows the password to the client; where the server can, use the authorization \
     code flow with PKCE or the device flow, and for services `authctl token --client`";

/// Signs in.
pub fn run(cx: &Context, args: &LoginArgs) -> Result<(), Error> {
    cx.allow_new_config();
    let profile = cx.profile_name()?;
    let mut flags = args.connection.layer();
    text(&mut flags, Setting::Username, args.username.as_ref());
    let password = args.password.as_ref().map(reference_text);
    text(&mut flags, Setting::Password, password.as_ref());
    let settings = cx.settings_of(&profile, flags)?;
    let what = format!("cannot sign in for profile `{profile}`");
    let opened = cx.open_store(&settings)?;
    opened
        .must_keep()
        .map_err(|error| Error::from(error).during(what.clone()))?;
    let (record, method) = cx.with_opened(&settings, Freshness::Fetch, &opened, |sessions| {
        // What is missing or wrong is said before a flow is chosen and a
        // password asked for.
        sessions.connection.server_name()?;
        choose_flow(cx, args, sessions)?;
        sessions.connection.client_id()?;
        sessions.connection.parameters()?;
        cx.note_once("password-grant", &profile, PASSWORD_GRANT);
        let (username, password) = credentials(cx, &settings)?;
        let record = login::by_password(sessions, &username, &password)
            .map_err(|error| error.during(what.clone()))?;
        Ok((record, sessions.connection.auth("token_endpoint")?.method()))
    })?;
    let mut learnt = Vec::new();
    if method == AuthMethod::None {
        learnt.push((Setting::AuthMethod, method.name().to_owned()));
    }
    // The keychain that `auto` found it must find again, however slow it is
    // then.
    if opened.reason == Reason::KeychainAnswers {
        learnt.push((Setting::Store, opened.store.kind().name().to_owned()));
    }
    if opened.store.kind() == StoreKind::Vault {
        learnt.extend(cx.vault_of_environment(&settings)?);
    }
    let signed_in = SignedIn {
        settings: &settings,
        record: &record,
        learnt,
    };
    signed_in.remember(cx, &opened)?;
    answer(cx, args, &profile, &record, opened.store.kind())
}

/// Settles the flow, and says on stderr which it is and why.
fn choose_flow(cx: &Context, args: &LoginArgs, sessions: &Sessions<'_>) -> Result<(), Error> {
    let settings = sessions.connection.settings();
    if args.flow == Flow::Password {
        return Ok(());
    }
    if settings.get(Setting::Username).is_some() {
        cx.render
            .note("signing in by the password grant, because a username is given");
        return Ok(());
    }
    if login::offers_password(sessions.connection)? {
        cx.render
            .note("signing in by the password grant, because the server offers it");
        return Ok(());
    }
    Err(Error::usage(
        "no way to sign in is known: the server does not offer the password grant",
        "if it takes passwords all the same, use `--flow password`",
    ))
}

fn credentials(
    cx: &Context,
    settings: &Settings,
) -> Result<(String, authctl::core::secret::Secret), Error> {
    let username = match settings.text(Setting::Username) {
        Some(found) => found.value.to_owned(),
        None => cx.prompt_visible(
            "Username",
            "give it with `--username`, or set AUTHCTL_USERNAME",
        )?,
    };
    let reference = match settings.reference(Setting::Password)? {
        Some(found) => found.value,
        None => SecretRef::Prompt,
    };
    let label = format!("Password of {}", escape(&username));
    let password = cx.secret(
        &reference,
        &label,
        "set AUTHCTL_PASSWORD, or give `--password file:PATH`",
    )?;
    Ok((username, password))
}

/// What is remembered of a sign-in: all but what is for this once.
fn remembered() -> impl Iterator<Item = Setting> {
    Setting::all().filter(|setting| !matches!(setting, Setting::Password | Setting::Timeout))
}

/// A sign-in that worked.
struct SignedIn<'a> {
    settings: &'a Settings,
    record: &'a Record,
    /// What it taught: a public client's method, so that a secret in the
    /// environment, of another client, is not taken for this one's; the
    /// store, and which Vault.
    learnt: Vec<(Setting, String)>,
}

impl SignedIn<'_> {
    /// Writes its settings into the profile. Where another process has moved
    /// the profile to another store since this one began, the profile is to
    /// name the one that has the session.
    fn remember(&self, cx: &Context, opened: &Opened) -> Result<(), Error> {
        let remembered = || -> Result<(), Error> {
            if self.write(cx, None)? {
                return Ok(());
            }
            // While this is held nobody moves it.
            let key = Key::session(self.settings.profile_name());
            let wait = cx.lock_wait(self.settings)?;
            let _lock = opened
                .store
                .lock(&key, wait, &mut |holder| say_waiting(cx, holder))?;
            let is_here = opened.store.load(&key)?.is_some();
            self.write(cx, Some(is_here)).map(drop)
        };
        remembered().map_err(|error| {
            error.during("you are signed in, but the settings could not be remembered")
        })
    }

    /// Writes them, unless the profile's store is not the one that was read
    /// and nobody knows yet whether the session `is_here`, in the one that it
    /// was saved to. Returns whether they are written.
    fn write(&self, cx: &Context, is_here: Option<bool>) -> Result<bool, Error> {
        let profile = self.settings.profile_name();
        let seen = cx.config()?;
        let store_of = |config: &ConfigFile| {
            let own = config.profile(profile)?;
            own.get(&Setting::Store).cloned()
        };
        cx.edit_config(|config| {
            let is_moved = store_of(config) != store_of(seen);
            if is_moved && is_here.is_none() {
                return Ok(false);
            }
            // It was moved along, and its store's settings with it.
            let is_settled = |setting| {
                is_moved && is_here == Some(false) && of_stores().any(|own| own == setting)
            };
            for setting in remembered() {
                if !is_settled(setting) {
                    self.write_one(config, seen, setting)?;
                }
            }
            if self.settings.get(Setting::Username).is_none()
                && let Some(username) = &self.record.username
            {
                config.set(profile, Setting::Username, Value::Text(username.clone()))?;
            }
            for (setting, value) in &self.learnt {
                if !is_settled(*setting) {
                    config.set(profile, *setting, Value::Text(value.clone()))?;
                }
            }
            Ok(true)
        })
    }

    fn write_one(
        &self,
        config: &mut ConfigFile,
        seen: &ConfigFile,
        setting: Setting,
    ) -> Result<(), Error> {
        let profile = self.settings.profile_name();
        let value_in = |config: &ConfigFile| {
            let own = config.profile(profile)?;
            own.get(&setting).cloned()
        };
        match self.settings.get(setting) {
            // What was bound to another issuer goes with it; what another
            // process set meanwhile stays, but not a store without the session.
            None => {
                if setting == Setting::Store || value_in(seen).is_some() {
                    config.unset(profile, setting);
                }
            }
            // It signed in by this, whatever was set meanwhile.
            Some(found) if matches!(found.source, Source::Profile(_)) => {
                if value_in(config).as_ref() != Some(found.value) {
                    config.set(profile, setting, found.value.clone())?;
                }
            }
            Some(found) => {
                if let Some(value) = lasting(setting, &found) {
                    config.set(profile, setting, value)?;
                }
            }
        }
        Ok(())
    }
}

fn answer(
    cx: &Context,
    args: &LoginArgs,
    profile: &str,
    record: &Record,
    store: StoreKind,
) -> Result<(), Error> {
    let token = record.tokens.last();
    let expires_at = token.and_then(|token| token.expires_at);
    if args.output.is_json(cx) {
        return cx.render.json(&json!({
            "profile": profile,
            "issuer": record.issuer,
            "client_id": record.client_id,
            "sub": record.subject,
            "username": record.username,
            "scope": token.map(|token| token.scope.join(" ")),
            "expires_at": expires_at.and_then(Timestamp::to_rfc3339),
            "refreshable": record.refresh_token.is_some(),
            "store": store.name(),
        }));
    }
    let who = record
        .subject
        .as_deref()
        .or(record.username.as_deref())
        .unwrap_or("you");
    let now = cx.now();
    let until = match expires_at {
        Some(at) => format!(
            "until {at} ({}){}",
            humanize_span(now.seconds_until(at).max(0).unsigned_abs()),
            if record.refresh_token.is_some() {
                ", then renewed by itself"
            } else {
                ", not renewable"
            },
        ),
        None => "for as long as the server says".to_owned(),
    };
    let paint = cx.render.stdout_paint();
    cx.render.text(&format!(
        "{} as {} at {}\n  profile {}, token {until}\n  kept in: {}\n",
        paint.green("Signed in"),
        paint.bold(&escape(who)),
        escape(&record.issuer),
        escape(profile),
        store.name(),
    ))
}
