//! The command line: one file a subcommand. Each parses, calls the core once
//! or twice, and renders.

mod algorithm;
mod batch;
mod checks;
mod completions;
mod config_edit;
mod connection;
mod context;
mod decode;
mod decrypt;
mod demo;
mod discover;
mod doctor;
mod encrypt;
mod encryption_key;
mod environment;
mod file_lock;
mod file_set;
mod help;
mod hygiene;
mod interrupt;
mod introspect;
mod jwks;
mod key;
mod key_input;
mod key_source;
mod keygen;
mod lint;
mod login;
mod logout;
mod man;
mod member_input;
mod moment;
mod output;
mod parse;
mod profile;
mod prompt;
mod raw_json;
mod refresh;
mod remote;
mod render;
mod revoke;
mod secret_command;
mod secrets;
mod serve;
mod sessions;
mod shell;
mod sign;
mod signals;
mod status;
mod store_key;
mod token;
mod token_input;
mod vault;
mod verify;
mod whoami;

use std::path::PathBuf;
use std::process::ExitCode;

use authctl::core::config::{Layer, SecretRef, Setting};
use authctl::core::error::{Error, Exit, Report as _};
use authctl::core::jose::Warning;
use authctl::core::session::Token;
use clap::CommandFactory as _;
use serde_json::{Value, json};

use context::Context;
use render::ColorChoice;
use secrets::SecretRefParser;

/// One binary for the whole life of an OAuth token
///
/// Sign in, get a token, keep it safe, use it, look into it, verify it, make
/// and rotate keys, and run an authorization server to try all of that
/// against. Start with `authctl demo`.
#[derive(clap::Parser, Debug)]
#[command(
    name = "authctl",
    version,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "Exit codes: `authctl help exit-codes`. More of a command: `authctl help COMMAND`."
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Use this profile [env: AUTHCTL_PROFILE]
    #[arg(short, long, global = true, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub profile: Option<String>,

    /// Read this configuration file; with `serve`, the server's
    /// [env: AUTHCTL_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Keep tokens here: auto, keychain, file, vault or none
    /// [env: AUTHCTL_STORE]
    #[arg(long, global = true, value_name = "STORE")]
    pub store: Option<String>,

    /// Reference to the 32-octet key of the file store: env:NAME, file:PATH,
    /// cmd:COMMAND or keychain:NAME; the variable AUTHCTL_STORE_KEY holds the
    /// key itself
    #[arg(long, global = true, value_name = "REF", value_parser = SecretRefParser)]
    pub store_key: Option<SecretRef>,

    /// Reference to the passphrase of the file store, or nothing for a hidden
    /// prompt; the variable AUTHCTL_STORE_PASSPHRASE holds it itself
    #[arg(long, global = true, value_name = "REF", num_args = 0..=1, default_missing_value = "", value_parser = SecretRefParser)]
    pub store_passphrase: Option<SecretRef>,

    /// Answer in JSON, errors too; the same as -o json
    #[arg(long, global = true)]
    pub json: bool,

    /// Say less: no notes
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Say more: -v each step, -vv every HTTP exchange, never a secret
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// When to colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,

    /// Never prompt and never open a browser [env: AUTHCTL_NO_INPUT, CI]
    #[arg(long, global = true)]
    pub no_input: bool,

    /// Wait at most this long for servers, in all: 90, 90s, 5m; 30s by
    /// default [env: AUTHCTL_TIMEOUT]
    #[arg(long, global = true, value_name = "DURATION")]
    pub timeout: Option<String>,

    /// Trust these certification authorities too (PEM)
    /// [env: AUTHCTL_CACERT, SSL_CERT_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub cacert: Option<String>,

    /// Present this client certificate (PEM) [env: AUTHCTL_CERT]
    #[arg(long, global = true, value_name = "FILE")]
    pub cert: Option<String>,

    /// The key of the client certificate (PEM) [env: AUTHCTL_CERT_KEY]
    #[arg(long, global = true, value_name = "FILE")]
    pub cert_key: Option<String>,
}

impl Globals {
    /// Returns those that are settings, as a layer.
    pub fn layer(&self) -> Layer {
        let mut layer = Layer::new();
        connection::text(&mut layer, Setting::Store, self.store.as_ref());
        let key = self.store_key.as_ref().map(connection::reference_text);
        connection::text(&mut layer, Setting::StoreKey, key.as_ref());
        let passphrase = &self.store_passphrase;
        let passphrase = passphrase.as_ref().map(connection::reference_text);
        connection::text(&mut layer, Setting::StorePassphrase, passphrase.as_ref());
        connection::text(&mut layer, Setting::Timeout, self.timeout.as_ref());
        connection::text(&mut layer, Setting::Cacert, self.cacert.as_ref());
        connection::text(&mut layer, Setting::Cert, self.cert.as_ref());
        connection::text(&mut layer, Setting::CertKey, self.cert_key.as_ref());
        layer
    }
}

/// The commands.
///
/// Each is given its first line of help here, and all else in its own file
/// when it is the one that runs: building the whole tree would cost more than
/// many a command does.
#[derive(clap::Subcommand, Debug)]
#[command(defer = true)]
pub enum Command {
    /// Sign in as a person and keep the session
    Login(login::LoginArgs),
    /// Revoke a session's tokens (RFC 7009) and forget them
    Logout(logout::LogoutArgs),
    /// Show every session: whose, until when, in which store
    Status(status::StatusArgs),
    /// Show who is signed in: UserInfo, or the ID Token's claims
    Whoami(whoami::WhoamiArgs),
    /// Print a valid access token: the session's, or the client's own
    Token(token::TokenArgs),
    /// Renew a session's tokens now
    Refresh(refresh::RefreshArgs),
    /// Ask the server about a token (RFC 7662): a given one, or the session's
    Introspect(introspect::IntrospectArgs),
    /// Revoke a token at the server (RFC 7009): a given one, or the session's
    Revoke(revoke::RevokeArgs),
    /// Show a server's metadata and what it supports
    Discover(discover::DiscoverArgs),
    /// Show the header and claims of a JWT, without verification
    Decode(decode::DecodeArgs),
    /// Verify the signature and claims of a JWT
    Verify(verify::VerifyArgs),
    /// Make a JWT, or a JWS over any octets
    Sign(sign::SignArgs),
    /// Encrypt a payload to a recipient (JWE)
    Encrypt(encrypt::EncryptArgs),
    /// Decrypt a token (JWE), and verify the JWT in it
    Decrypt(decrypt::DecryptArgs),
    /// Generate a key pair, or a secret, to sign or to encrypt
    Keygen(keygen::KeygenArgs),
    /// Show, convert and name one key
    Key(key::KeyArgs),
    /// List, change, rotate and fetch a JWK Set
    Jwks(jwks::JwksArgs),
    /// Run the embedded authorization server, for development and tests
    Serve(serve::ServeArgs),
    /// Take a tour: every main job against an embedded server
    Demo(demo::DemoArgs),
    /// List, show and change profiles, and move their sessions
    Profile(profile::ProfileArgs),
    /// Check configuration, store, network and server, with one fix each
    Doctor(doctor::DoctorArgs),
    /// Print a completion script
    Completions(completions::CompletionsArgs),
    /// Print a manual page, or write all of them
    Man(man::ManArgs),
    /// Show the help of a command, or of a topic
    Help(help::HelpArgs),
}

/// Runs the command line that this process was given.
pub fn main() -> ExitCode {
    let arguments = parse::output_last(std::env::args_os().collect());
    if let [_, only] = arguments.as_slice()
        && (only == "--version" || only == "-V")
    {
        return version();
    }
    let json = parse::asks_for_json(&arguments);
    let cli = match parse::parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, json),
    };
    hygiene::keep_out_of_dumps();
    let cx = Context::new(cli.globals.clone(), json);
    match run(&cx, cli.command) {
        Ok(exit) => exit,
        Err(error) => {
            render::report(&error, json, cx.render.stderr_paint());
            ExitCode::from(error.exit() as u8)
        }
    }
}

/// Runs one command. The exit code is the command's own where it succeeds.
fn run(cx: &Context, command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Login(args) => login::run(cx, &args)?,
        Command::Logout(args) => logout::run(cx, &args)?,
        Command::Status(args) => return status::run(cx, &args),
        Command::Whoami(args) => whoami::run(cx, &args)?,
        Command::Token(args) => token::run(cx, &args)?,
        Command::Refresh(args) => refresh::run(cx, &args)?,
        Command::Introspect(args) => introspect::run(cx, &args)?,
        Command::Revoke(args) => revoke::run(cx, &args)?,
        Command::Discover(args) => discover::run(cx, &args)?,
        Command::Serve(args) => return serve::run(cx, &args),
        Command::Demo(args) => demo::run(cx, &args)?,
        Command::Decode(args) => decode::run(cx, &args)?,
        Command::Verify(args) => return verify::run(cx, &args),
        Command::Sign(args) => sign::run(cx, &args)?,
        Command::Encrypt(args) => encrypt::run(cx, &args)?,
        Command::Decrypt(args) => decrypt::run(cx, &args)?,
        Command::Keygen(args) => keygen::run(cx, &args)?,
        Command::Key(args) => key::run(cx, &args)?,
        Command::Jwks(args) => jwks::run(cx, &args)?,
        Command::Profile(args) => profile::run(cx, &args)?,
        Command::Doctor(args) => return doctor::run(cx, &args),
        Command::Completions(args) => completions::run(cx, &args)?,
        Command::Man(args) => man::run(cx, &args)?,
        Command::Help(args) => help::run(cx, &args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the version as clap would, without the tree that it would build.
fn version() -> ExitCode {
    let render = render::Render::new(ColorChoice::Never, <_>::default(), false, 0, false);
    match render.text(concat!("authctl ", env!("CARGO_PKG_VERSION"))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            render::report(&error, false, render.stderr_paint());
            ExitCode::from(error.exit() as u8)
        }
    }
}

/// Prints help and version to stdout, anything else to stderr with exit 2.
fn usage(error: &clap::Error, json: bool) -> ExitCode {
    let colors = render::ColorEnvironment {
        no_color: environment::Environment.raw("NO_COLOR").is_some(),
        ..render::ColorEnvironment::default()
    };
    let render = render::Render::new(ColorChoice::Auto, colors, false, 0, false);
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render().to_string();
            match render.text(&text) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    render::report(&error, json, render.stderr_paint());
                    ExitCode::from(error.exit() as u8)
                }
            }
        }
        _ => {
            render::report_usage(error, json, render.stderr_paint());
            ExitCode::from(Exit::Usage as u8)
        }
    }
}

/// Says that a token which was renewed on the way could not be kept.
fn warn_unsaved(cx: &Context, token: &Token) {
    if let Some(error) = &token.unsaved {
        cx.render.warning(&format!(
            "the new token could not be kept: {}",
            render::message(error)
        ));
    }
}

/// Returns the warnings about a token as JSON: `[{"code", "message"}]`.
fn warnings_json(warnings: &[Warning]) -> Value {
    warnings
        .iter()
        .map(|warning| json!({"code": warning.code, "message": warning.message}))
        .collect()
}

/// Returns the whole tree of commands.
fn tree() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_sound() {
        tree().debug_assert();
    }

    #[test]
    fn the_first_lines_of_help_are_those_of_the_commands_own_files() {
        let about = |command: &clap::Command| command.get_about().map(ToString::to_string);
        let deferred = tree();
        let mut built = tree();
        built.build();
        for command in deferred.get_subcommands() {
            let own = built.find_subcommand(command.get_name()).and_then(about);
            assert!(own.is_some(), "{}", command.get_name());
            assert_eq!(about(command), own, "{}", command.get_name());
        }
    }
}
