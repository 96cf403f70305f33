//! `authctl serve`: run the embedded authorization server.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;

use authctl::core::config::Setting;
use authctl::core::error::Error;
use authctl::core::jose::Algorithm;
use authctl::server::{self, Config, Options, Ready, Server, Tls};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use super::algorithm::PairAlgorithmParser;
use super::context::Context;
use super::hygiene::{FOR_ANOTHER_SERVER, with_our_limits_lifted};
use super::output::OutputArg;
use super::render::escape;
use super::secrets::read_file;
use super::signals::{Signals, forward};

/// Run the embedded authorization server, for development and tests
///
/// Without a configuration it knows the users alice (password wonderland) and
/// bob (builder), the public client authctl and the confidential client
/// service (secret service-secret). It keeps everything in memory and listens
/// on loopback; beyond that it wants TLS and users of your own.
///
/// With a command it runs only as long as the command, which finds the server
/// in AUTHCTL_ISSUER, AUTHCTL_CLIENT_ID, AUTHCTL_TOKEN_ENDPOINT and its
/// siblings, and exits with the command's code.
///
/// Here --config names the server's own configuration, not config.toml.
///
/// Example, with a profile of its own, so that yours stays as it is:
/// `authctl serve -- sh -c 'AUTHCTL_PASSWORD=wonderland authctl -p try login --username alice'`
#[derive(clap::Args, Debug)]
pub struct ServeArgs {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9400")]
    listen: SocketAddr,

    /// Algorithm that tokens are signed with; RS256 by default
    #[arg(long, value_name = "ALG", value_parser = PairAlgorithmParser)]
    alg: Option<Algorithm>,

    /// Write {"issuer", "pid"} into this file once the server listens
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,

    /// Speak https with this certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    #[command(flatten)]
    output: OutputArg,

    /// Command to run while the server runs
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the server until it is told to stop, or the command ends.
pub fn run(cx: &Context, args: &ServeArgs) -> Result<ExitCode, Error> {
    let runtime = server::runtime()
        .map_err(|error| Error::Internal(format!("cannot start the server: {error}")))?;
    runtime.block_on(async {
        // Before anything listens, so that no signal is lost.
        let signals = Signals::watch()
            .map_err(|error| Error::Internal(format!("cannot watch for signals: {error}")))?;
        let server = Server::bind(options(cx, args)?)?;
        if let Some(path) = &args.ready_file {
            write_ready_file(path, server.ready())?;
        }
        if args.command.is_empty() {
            announce(cx, args, server.ready())?;
            server.serve(until_told(signals)).await?;
            return Ok(ExitCode::SUCCESS);
        }
        run_command(cx, &args.command, server, signals).await
    })
}

/// Waits for the signal to stop. A second one ends the process at once.
async fn until_told(mut signals: Signals) {
    let signal = signals.next().await;
    log::debug!("told to stop by signal {signal}");
    super::interrupt::install();
}

fn options(cx: &Context, args: &ServeArgs) -> Result<Options, Error> {
    let mut config = match cx.config_flag() {
        Some(path) => read_config(path)?,
        None => Config::built_in(),
    };
    if let Some(algorithm) = args.alg {
        config.algorithm = algorithm;
    }
    let mut options = Options::new(config);
    options.listen = args.listen;
    if let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) {
        options.tls = Some(Tls {
            certificate: read_file(certificate)?.expose().to_vec(),
            key: read_file(key)?,
        });
    }
    options.observer = Some(Arc::new(|exchange| log::debug!("{exchange}")));
    Ok(options)
}

fn read_config(path: &Path) -> Result<Config, Error> {
    let text = read_file(path)?;
    let text = std::str::from_utf8(text.expose()).map_err(|_| {
        Error::input(
            format!("`{}` is not UTF-8", path.display()),
            "a configuration is TOML",
        )
    })?;
    Config::from_toml(text)
        .map_err(|error| error.during(format!("cannot use `{}`", path.display())))
}

/// Writes the file whole or not at all, since others watch for it.
fn write_ready_file(path: &Path, ready: &Ready) -> Result<(), Error> {
    let fail = |source: std::io::Error| Error::Input {
        what: format!("cannot write the ready file `{}`", path.display()),
        hint: Some("check that its folder is there and can be written to".into()),
        source: Some(source),
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let text = format!(
        "{}\n",
        json!({ "issuer": ready.issuer, "pid": std::process::id() })
    );
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Says who and what the server knows, with commands to copy.
fn announce(cx: &Context, args: &ServeArgs, ready: &Ready) -> Result<(), Error> {
    if args.output.is_json(cx) {
        return cx.render.json(&as_json(ready));
    }
    let paint = cx.render.stdout_paint();
    let mut text = format!("Listening: {}\n", ready.issuer);
    let address = ready.address.to_string();
    if !ready.issuer.contains(&address) {
        // A configured issuer is where clients look, not where this listens.
        text = format!("Listening: {address}, as the issuer {}\n", ready.issuer);
    }
    text.push_str(&format!(
        "{}\n\n",
        paint.dim("A development server: everything is in memory. Ctrl-C stops it.")
    ));
    text.push_str(&format!("{}\n", paint.bold("Users")));
    for user in &ready.users {
        let password = user.password.map_or("(as configured)", |password| password);
        text.push_str(&format!(
            "  {:<12} password {password}\n",
            escape(&user.username)
        ));
    }
    text.push_str(&format!("{}\n", paint.bold("Clients")));
    for client in &ready.clients {
        let secret = match (client.confidential, client.secret) {
            (false, _) => "public".to_owned(),
            (true, Some(secret)) => format!("secret {secret}"),
            (true, None) => "secret (as configured)".to_owned(),
        };
        let grants: Vec<&str> = client
            .grant_types
            .iter()
            .map(|grant| grant.name())
            .collect();
        text.push_str(&format!(
            "  {:<12} {secret}; {}\n",
            escape(&client.client_id),
            grants.join(", ")
        ));
    }
    text.push_str(&format!("{}\n", paint.bold("Try")));
    for command in commands_to_try(ready) {
        text.push_str(&format!("  {}\n", paint.cyan(&command)));
    }
    cx.render.text(&text)
}

fn commands_to_try(ready: &Ready) -> Vec<String> {
    let issuer = &ready.issuer;
    let mut commands = Vec::new();
    let public = ready.clients.iter().find(|client| !client.confidential);
    if let (Some(client), Some(user)) = (public, ready.users.first()) {
        let password = user.password.map_or_else(String::new, |password| {
            format!("AUTHCTL_PASSWORD={password} ")
        });
        commands.push(format!(
            "{password}authctl login --issuer {issuer} --client-id {} --username {}",
            escape(&client.client_id),
            escape(&user.username)
        ));
        commands.push("authctl token".to_owned());
    }
    if let Some(client) = ready.clients.iter().find(|client| client.confidential) {
        let secret = client.secret.map_or_else(String::new, |secret| {
            format!("AUTHCTL_CLIENT_SECRET={secret} ")
        });
        commands.push(format!(
            "{secret}authctl token --client --issuer {issuer} --client-id {}",
            escape(&client.client_id)
        ));
    }
    commands.push(format!("authctl discover {issuer}"));
    commands
}

fn as_json(ready: &Ready) -> Value {
    let users: Vec<Value> = ready
        .users
        .iter()
        .map(|user| json!({ "username": user.username, "password": user.password }))
        .collect();
    let clients: Vec<Value> = ready
        .clients
        .iter()
        .map(|client| {
            let grants: Vec<&str> = client
                .grant_types
                .iter()
                .map(|grant| grant.name())
                .collect();
            json!({
                "client_id": client.client_id,
                "confidential": client.confidential,
                "client_secret": client.secret,
                "grant_types": grants,
            })
        })
        .collect();
    json!({
        "issuer": ready.issuer,
        "pid": std::process::id(),
        "address": ready.address.to_string(),
        "users": users,
        "clients": clients,
    })
}

/// Runs the command with the server's address in its environment, and ends as
/// it ends.
async fn run_command(
    cx: &Context,
    command: &[OsString],
    server: Server,
    signals: Signals,
) -> Result<ExitCode, Error> {
    let Some((program, arguments)) = command.split_first() else {
        return Ok(ExitCode::SUCCESS);
    };
    let mut child = Command::new(program);
    child.args(arguments);
    for name in FOR_ANOTHER_SERVER.map(Setting::variable) {
        if cx.env.raw(name).is_some() {
            cx.render.note(&format!(
                "the command does not get {name}, which is for another server; set it in there"
            ));
        }
        child.env_remove(name);
    }
    child.envs(environment(server.ready()));
    let child = with_our_limits_lifted(|| child.spawn());
    let child = match child {
        Ok(child) => child,
        Err(error) => {
            // As shells do.
            let code = match error.kind() {
                ErrorKind::NotFound => 127,
                _ => 126,
            };
            let program = program.to_string_lossy();
            cx.render
                .warning(&format!("cannot run `{program}`: {error}"));
            return Ok(ExitCode::from(code));
        }
    };
    let (ended, end) = oneshot::channel::<()>();
    let shutdown = async {
        // Sent or dropped, either is the end.
        let _ = end.await;
    };
    let (status, served) = tokio::join!(
        async {
            let status = wait_for_child(child, signals).await;
            let _ = ended.send(());
            status
        },
        server.serve(shutdown)
    );
    served?;
    let status =
        status.map_err(|error| Error::Internal(format!("cannot wait for the command: {error}")))?;
    Ok(ExitCode::from(exit_code(status)))
}

/// Waits for the child, handing it what we are told to do. Ctrl-C at a
/// terminal reaches it without us.
async fn wait_for_child(mut child: Child, mut signals: Signals) -> std::io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            signal = signals.next() => forward(&child, signal),
        }
    }
}

/// Returns the child's code, or 128 and the signal that ended it, as shells
/// give it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128u8.saturating_add(u8::try_from(signal).unwrap_or(u8::MAX));
    }
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}

/// The settings by which a command finds the server.
fn environment(ready: &Ready) -> Vec<(String, String)> {
    let mut variables = vec![("AUTHCTL_ISSUER".to_owned(), ready.issuer.clone())];
    if let Some(client) = ready.clients.iter().find(|client| !client.confidential) {
        variables.push(("AUTHCTL_CLIENT_ID".to_owned(), client.client_id.clone()));
    }
    for (member, url) in &ready.endpoints {
        variables.push((format!("AUTHCTL_{}", member.to_uppercase()), url.clone()));
    }
    variables
}
