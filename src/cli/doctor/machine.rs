//! What this machine gives a sign-in: trust, a redirect port, a browser, a
//! terminal.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};

use authctl::core::error::Error;

use super::finding::{Check, Findings};
use crate::cli::context::Context;
use crate::cli::remote::holds_certificate;

/// Checks it.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn check(cx: &Context, findings: &mut Findings<'_>) -> Result<(), Error> {
    findings.add(trust_store(cx))?;
    findings.add(redirect_port())?;
    findings.add(browser(cx))?;
    findings.add(terminal(cx))?;
    Ok(())
}

/// Variables that name other authorities than the system's. Where they lead
/// nowhere, Mozilla's are trusted in their place, and not the private one that
/// was meant.
fn trust_store(cx: &Context) -> Check {
    const NAME: &str = "trust_store";
    let path = |name| cx.env.raw(name).map(PathBuf::from);
    let mut named = Vec::new();
    if let Some(file) = path("SSL_CERT_FILE") {
        if !std::fs::read(&file).is_ok_and(|pem| holds_certificate(&pem)) {
            return Check::warn(
                NAME,
                format!(
                    "SSL_CERT_FILE names {}, which holds no certificate in PEM",
                    file.display()
                ),
                "unset it, or name a file of certificates",
            );
        }
        named.push(format!("SSL_CERT_FILE ({})", file.display()));
    }
    if let Some(folders) = path("SSL_CERT_DIR") {
        if !std::env::split_paths(&folders).any(|folder| folder.is_dir()) {
            return Check::warn(
                NAME,
                format!(
                    "SSL_CERT_DIR names {}, which is no folder",
                    folders.display()
                ),
                "unset it, or name a folder of certificates",
            );
        }
        named.push(format!("SSL_CERT_DIR ({})", folders.display()));
    }
    match named.is_empty() {
        true => Check::ok(NAME, "the system's authorities"),
        false => Check::ok(NAME, named.join(", ")),
    }
}

/// The browser comes back to a port of loopback (RFC 8252 §7.3), IPv4 or IPv6.
fn redirect_port() -> Check {
    const NAME: &str = "redirect_port";
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    let check = match &v4 {
        Ok(_) if v6 => Check::ok(NAME, "a port is free on 127.0.0.1 and on [::1]"),
        Ok(_) => Check::ok(
            NAME,
            "a port is free on 127.0.0.1; there is no IPv6 loopback",
        ),
        Err(error) => Check::warn(
            NAME,
            format!("no port can be opened on 127.0.0.1: {error}"),
            "bring the loopback interface up, or sign in with `--username`",
        ),
    };
    check.with("ipv4", v4.is_ok()).with("ipv6", v6)
}

fn browser(cx: &Context) -> Check {
    const NAME: &str = "browser";
    if cx.no_input {
        return Check::skip(NAME, format!("{} forbids it", forbidden_by(cx)));
    }
    let without = |why: &str| {
        Check::warn(
            NAME,
            format!("none can open: {why}"),
            "sign in where a desktop is, or with `authctl login --username NAME`",
        )
    };
    if let Some(browser) = cx.env.raw("BROWSER") {
        let browser = browser.to_string_lossy().into_owned();
        let program = browser.split([' ', ':']).next().unwrap_or_default();
        return match is_program(cx, program) {
            true => Check::ok(NAME, format!("BROWSER names {program}")),
            false => without(&format!("BROWSER names {program}, which is no program")),
        };
    }
    if cfg!(any(windows, target_vendor = "apple")) {
        return Check::ok(NAME, "the system's");
    }
    let display = ["WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .find(|name| cx.env.raw(name).is_some());
    let remote = cx.env.raw("SSH_CONNECTION").is_some() || cx.env.raw("SSH_TTY").is_some();
    match display {
        None if remote => without("this is an SSH session without a display"),
        None => without("neither DISPLAY nor WAYLAND_DISPLAY is set"),
        Some(display) => match is_program(cx, "xdg-open") {
            true => Check::ok(NAME, format!("xdg-open, on {display}")),
            false => without("there is no xdg-open").fix("install xdg-utils, or set BROWSER"),
        },
    }
}

/// Whether a person can be asked for a password.
fn terminal(cx: &Context) -> Check {
    const NAME: &str = "terminal";
    if cx.no_input {
        let message = format!(
            "{} forbids prompts: secrets come by reference",
            forbidden_by(cx)
        );
        return Check::ok(NAME, message).with("prompts", false);
    }
    let there = crate::cli::prompt::has_terminal();
    let message = match there {
        true => "a person can be asked",
        false => "there is none: secrets come by reference",
    };
    Check::ok(NAME, message).with("prompts", there)
}

fn forbidden_by(cx: &Context) -> &'static str {
    if cx.env.is_on("AUTHCTL_NO_INPUT") {
        "AUTHCTL_NO_INPUT"
    } else if cx.env.is_on("CI") {
        "CI"
    } else {
        "--no-input"
    }
}

fn is_program(cx: &Context, name: &str) -> bool {
    let is_one = |path: &Path| {
        #[cfg(unix)]
        let may_run = |found: &std::fs::Metadata| {
            std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0
        };
        #[cfg(not(unix))]
        let may_run = |_: &std::fs::Metadata| true;
        std::fs::metadata(path).is_ok_and(|found| found.is_file() && may_run(&found))
    };
    if name.contains('/') {
        return is_one(Path::new(name));
    }
    let path = cx.env.raw("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| is_one(&folder.join(name)))
}
