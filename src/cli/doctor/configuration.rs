//! The configuration: the file, the variables, the profile, what they refer
//! to.

use std::path::Path;

use authctl::core::config::file::nearest;
use authctl::core::config::{Layer, SecretRef, Setting, Settings};
use authctl::core::error::Error;
use authctl::core::oauth::AuthMethod;
use authctl::core::store::Choice;
use authctl::core::time::humanize_span;

use super::finding::{Check, Findings};
use super::server::RENEW_DAYS;
use crate::cli::context::Context;
use crate::cli::hygiene::ACCESS_TOKEN_VARIABLE;
use crate::cli::render::counted;
use crate::cli::store_key::KEY_FILE;

/// What hangs on the configuration as a whole.
const SETTINGS_CHECKS: [&str; 4] = ["settings", "client_secret", "password", "certificates"];

/// Variables that are no settings.
const OTHER_VARIABLES: [&str; 5] = [
    "AUTHCTL_PROFILE",
    "AUTHCTL_CONFIG",
    "AUTHCTL_NO_INPUT",
    KEY_FILE,
    ACCESS_TOKEN_VARIABLE,
];

/// Checks it, and returns the settings where they can be used.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(
    cx: &Context,
    flags: Layer,
    findings: &mut Findings<'_>,
) -> Result<Option<Settings>, Error> {
    findings.add(file(cx))?;
    findings.add(permissions(cx))?;
    findings.add(variables(cx))?;
    if cx.config().is_err() {
        findings.skip(&["profile"], "it hangs on `config_file`")?;
        findings.skip(&SETTINGS_CHECKS, "they hang on `config_file`")?;
        return Ok(None);
    }
    let (profile, settings) = profile(cx, flags);
    findings.add(profile)?;
    let Some(settings) = settings else {
        findings.skip(&SETTINGS_CHECKS, "they hang on `profile`")?;
        return Ok(None);
    };
    let fit = findings.add(fit(cx, &settings))?;
    if !fit {
        findings.skip(&SETTINGS_CHECKS[1..], "they hang on `settings`")?;
        return Ok(None);
    }
    for (name, setting) in [
        ("client_secret", Setting::ClientSecret),
        ("password", Setting::Password),
    ] {
        findings.add(secret(cx, name, setting, &settings))?;
    }
    findings.add(certificates(cx, &settings))?;
    Ok(Some(settings))
}

fn file(cx: &Context) -> Check {
    const NAME: &str = "config_file";
    let path = match cx.config_path() {
        Ok(path) => path,
        Err(error) => return Check::fail(NAME, &error),
    };
    let shown = path.display().to_string();
    let check = match cx.config() {
        Err(error) => Check::fail(NAME, &error).or_fix("mend the file"),
        Ok(_) if !path.exists() => {
            Check::ok(NAME, format!("there is none at {shown}: defaults hold"))
        }
        Ok(config) => {
            let count = config.profile_names().count();
            let profiles = counted(count, "profile", "profiles");
            Check::ok(NAME, format!("{shown}, {profiles}"))
        }
    };
    check.with("path", shown)
}

/// Whoever can write the file can have a command of theirs run (`cmd:`), and
/// tokens sent to a server of theirs.
#[cfg(unix)]
fn permissions(cx: &Context) -> Check {
    use std::os::unix::fs::MetadataExt as _;
    const NAME: &str = "config_permissions";
    let Ok(path) = cx.config_path() else {
        return Check::skip(NAME, "it hangs on `config_file`");
    };
    if !path.exists() {
        return Check::skip(NAME, "there is no file");
    }
    // The file itself, where the path is a link to it.
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    let me = rustix::process::geteuid().as_raw();
    for place in [Some(path.as_path()), path.parent()].into_iter().flatten() {
        let Ok(found) = std::fs::metadata(place) else {
            continue;
        };
        let shown = place.display();
        if found.uid() != me && found.uid() != 0 {
            return Check::warn(
                NAME,
                format!("{shown} belongs to another user (uid {})", found.uid()),
                format!("make it yours: `chown {me} {shown}`"),
            );
        }
        // In a folder with the sticky bit others cannot replace the file.
        let sticky = found.is_dir() && found.mode() & 0o1000 != 0;
        if found.mode() & 0o022 != 0 && !sticky {
            return Check::warn(
                NAME,
                format!(
                    "others can write {shown} (mode {:03o}), and so choose what authctl runs",
                    found.mode() & 0o777
                ),
                format!("`chmod go-w {shown}`"),
            );
        }
    }
    Check::ok(NAME, "only you can write it")
}

#[cfg(not(unix))]
fn permissions(_: &Context) -> Check {
    Check::skip("config_permissions", "this platform has no modes")
}

/// A variable that is misspelled does nothing, silently.
fn variables(cx: &Context) -> Check {
    const NAME: &str = "variables";
    let names = cx.env.names_of_ours();
    let known: Vec<&'static str> = known_variables().collect();
    let unknown = names.iter().find(|name| !known.contains(&name.as_str()));
    match unknown {
        Some(name) => Check::warn(
            NAME,
            format!("the variable `{name}` means nothing to authctl"),
            match nearest(name, known.into_iter()) {
                Some(near) => format!("did you mean {near}?"),
                None => "unset it".to_owned(),
            },
        ),
        None if names.is_empty() => Check::ok(NAME, "no variable of authctl is set"),
        None => Check::ok(NAME, names.join(", ")),
    }
}

fn known_variables() -> impl Iterator<Item = &'static str> {
    Setting::all().map(Setting::variable).chain(OTHER_VARIABLES)
}

fn profile(cx: &Context, flags: Layer) -> (Check, Option<Settings>) {
    const NAME: &str = "profile";
    let found = cx
        .profile_name()
        .and_then(|name| Ok((name, cx.settings(flags)?)));
    match found {
        Err(error) => (
            Check::fail(NAME, &error).or_fix("name another with `--profile`"),
            None,
        ),
        Ok((name, settings)) => {
            let exists = cx
                .config()
                .is_ok_and(|config| config.profile(&name).is_some());
            let message = match exists {
                true => format!("`{name}`"),
                false => format!("`{name}`, which is not made yet"),
            };
            (
                Check::ok(NAME, message).with("profile", name),
                Some(settings),
            )
        }
    }
}

/// Reads every value as what it must be, as the commands will.
fn fit(cx: &Context, settings: &Settings) -> Check {
    const NAME: &str = "settings";
    let one_of = |setting: Setting, fits: &dyn Fn(&str) -> Result<(), String>| {
        let Some(found) = settings.text(setting) else {
            return Ok(());
        };
        fits(found.value).map_err(|why| {
            Error::from(authctl::core::config::resolve::bad(
                setting,
                &found.source,
                &why,
            ))
        })
    };
    let checked = settings
        .check()
        .map_err(Error::from)
        .and_then(|()| cx.timeout(settings).map(drop))
        .and_then(|()| {
            one_of(Setting::Store, &|text| {
                let choice = text.parse::<Choice>();
                choice.map(drop).map_err(|error| error.to_string())
            })
        })
        .and_then(|()| {
            one_of(Setting::AuthMethod, &|text| {
                let method = text.parse::<AuthMethod>();
                method.map(drop).map_err(|error| error.to_string())
            })
        });
    if let Err(error) = checked {
        return Check::fail(NAME, &error)
            .or_fix("give another value; `authctl profile show` says where each comes from");
    }
    let given: Vec<&str> = Setting::all()
        .filter(|setting| settings.get(*setting).is_some())
        .map(Setting::key)
        .collect();
    match given.is_empty() {
        true => Check::ok(NAME, "none is given"),
        false => Check::ok(NAME, format!("all fit: {}", given.join(", "))),
    }
}

/// Resolves a reference as a command would, and forgets what it found.
fn secret(cx: &Context, name: &'static str, setting: Setting, settings: &Settings) -> Check {
    let found = match settings.reference(setting) {
        Ok(Some(found)) => found,
        Ok(None) => return Check::skip(name, "none is configured"),
        Err(error) => return Check::fail(name, &error.into()),
    };
    let reference = found.value;
    if !reference.is_lasting() {
        return Check::skip(name, "it is asked for when it is needed");
    }
    if let Err(error) = cx.secret(&reference, name, "") {
        return Check::fail(name, &error).or_fix("check the reference");
    }
    if let SecretRef::File(path) = &reference
        && let Some(mode) = loose_mode(path)
    {
        let path = path.display();
        return Check::warn(
            name,
            format!("others can read the file {path} (mode {mode:03o})"),
            format!("`chmod 600 {path}`"),
        );
    }
    Check::ok(name, format!("`{reference}` can be read")).with("reference", reference.to_string())
}

fn certificates(cx: &Context, settings: &Settings) -> Check {
    const NAME: &str = "certificates";
    let files: Vec<&str> = [Setting::Cacert, Setting::Cert, Setting::CertKey]
        .into_iter()
        .filter_map(|setting| Some(settings.text(setting)?.value))
        .collect();
    if files.is_empty() {
        return Check::skip(NAME, "no file is configured: the system's authorities hold");
    }
    let options = match cx.http_options(settings) {
        Ok(options) => options,
        Err(error) => return Check::fail(NAME, &error).or_fix("check the file"),
    };
    let end = match options.identity_ends_at() {
        Ok(end) => end,
        Err(error) => {
            return Check::fail(NAME, &error.into()).fix(
                "give the certificate with `--cert FILE` and the key that it was made for with \
                 `--cert-key FILE`, both as PEM and the key unencrypted",
            );
        }
    };
    let key = settings.text(Setting::CertKey).map(|found| found.value);
    if let Some(key) = key
        && let Some(mode) = loose_mode(Path::new(key))
    {
        return Check::warn(
            NAME,
            format!("others can read the key {key} (mode {mode:03o})"),
            format!("`chmod 600 {key}`"),
        );
    }
    let ends_in = end.map(|end| (end, cx.now().seconds_until(end)));
    if let Some((end, left)) = ends_in.filter(|(_, left)| *left < RENEW_DAYS * 86_400) {
        let span = humanize_span(left.unsigned_abs());
        let message = match left {
            ..=0 => format!("the client certificate expired at {end}, {span} ago"),
            _ => format!("the client certificate is good only until {end} ({span})"),
        };
        return Check::warn(NAME, message, "have the client certificate renewed");
    }
    Check::ok(NAME, files.join(", "))
}

/// Returns the mode of a file that others can read.
#[cfg(unix)]
pub(super) fn loose_mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then_some(mode & 0o777)
}

/// Returns nothing: this platform has no modes.
#[cfg(not(unix))]
pub(super) fn loose_mode(_: &Path) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_variables_are_those_of_the_readme() {
        let readme = include_str!("../../../README.md");
        let written: BTreeSet<&str> = readme
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .filter(|name| name.starts_with("AUTHCTL_"))
            .collect();
        assert_eq!(written, known_variables().collect());
    }
}
