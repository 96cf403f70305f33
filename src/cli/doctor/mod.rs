//! `authctl doctor`: what keeps the other commands from working, and what to
//! do about it.

mod configuration;
mod finding;
mod keys;
mod machine;
mod metadata;
mod reach;
mod server;
mod storage;
mod token_endpoint;

use std::process::ExitCode;

use authctl::core::config::Setting;
use authctl::core::error::Error;
use serde_json::{Map, json};

use super::connection::ConnectionArgs;
use super::context::Context;
use super::interrupt;
use super::output::OutputArg;
use finding::Findings;

/// Check configuration, store, network and server, with one fix each
///
/// One line a check: ok, warn, fail, or skip where it does not apply or hangs
/// on one that failed; below what is not ok, the one thing to do. Nothing is
/// changed: a record that tries the store is removed again, and the server
/// gets an empty token request.
///
/// Exits with 0 unless a check failed, else with the highest exit code of
/// those that failed, which lies nearest to this machine: 8 configuration, 7
/// store, 6 network or server out of reach, 5 the server's answers must not be
/// trusted. The report is the answer and stands on stdout in any case.
///
/// Example: `authctl doctor --issuer https://as.example --json`
#[derive(clap::Args, Debug)]
pub struct DoctorArgs {
    #[command(flatten)]
    output: OutputArg,

    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Runs all checks.
pub fn run(cx: &Context, args: &DoctorArgs) -> Result<ExitCode, Error> {
    interrupt::install();
    let mut findings = Findings::new(cx, args.output.is_json(cx));
    let settings = configuration::check(cx, args.connection.layer(), &mut findings)?;
    let settings = settings.as_ref();
    storage::check(cx, settings, &mut findings)?;
    machine::check(cx, &mut findings)?;
    server::check(cx, settings, &mut findings)?;
    let mut head = Map::new();
    head.insert("profile".into(), json!(cx.profile_name().ok()));
    let issuer = settings.and_then(|settings| settings.text(Setting::Issuer));
    head.insert("issuer".into(), json!(issuer.map(|found| found.value)));
    let exit = findings.finish(head)?;
    Ok(ExitCode::from(exit as u8))
}
