//! `authctl token`: print a valid access token.

use authctl::core::documents::Freshness;
use authctl::core::error::{Error, Exit, Report as _};
use authctl::core::session::{Ask, Sessions, Token, TokenSource};
use authctl::core::time::{Timestamp, parse_span};
use serde_json::{Value, json};

use super::connection::ConnectionArgs;
use super::context::Context;
use super::output;

/// Print a valid access token: the session's, or the client's own
///
/// The session's token is renewed first when it is about to expire. With
/// --client it is the client's own (client credentials, RFC 6749 section 4.4),
/// cached by issuer, client, scope, audience and resource.
///
/// Example, with the token on no command line:
/// `authctl token -o header | curl -H @- https://api.example/`
#[derive(clap::Args, Debug)]
pub struct TokenArgs {
    /// Get a token of the client's own (client credentials)
    #[arg(long)]
    client: bool,

    /// A cached token must live at least this long
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_span)]
    min_ttl: std::time::Duration,

    /// Renew the token even when the cached one is good
    #[arg(long)]
    force_refresh: bool,

    /// Neither use nor keep a cached token; a session's token is renewed
    #[arg(long)]
    no_cache: bool,

    /// Shape of the answer
    ///
    /// A bare token ends without a newline when stdout is not a terminal.
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,

    /// Shell that -o env quotes for
    #[arg(long, value_enum, value_name = "SHELL", default_value_t)]
    shell: Shell,

    #[command(flatten)]
    connection: ConnectionArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// The bare token
    Token,
    /// An object with expiry, scope and source
    Json,
    /// An HTTP Authorization header field
    Header,
    /// A line that sets AUTHCTL_ACCESS_TOKEN, for eval
    Env,
    /// A Kubernetes ExecCredential
    ExecCredential,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shell {
    /// sh, bash, zsh and their kin
    #[default]
    Sh,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
}

/// Prints the token.
pub fn run(cx: &Context, args: &TokenArgs) -> Result<(), Error> {
    let format = output::chosen(cx, args.output, Format::Json, Format::Token);
    // A protocol's environment that cannot be read is said before anything is
    // fetched.
    let api_version = match format {
        Format::ExecCredential => exec_credential_version(cx)?,
        _ => "",
    };
    let ask = Ask {
        min_ttl: args.min_ttl,
        force: args.force_refresh || args.no_cache,
        no_store: args.no_cache,
    };
    let settings = cx.settings(args.connection.layer())?;
    let work = |sessions: &Sessions<'_>| {
        if args.client {
            sessions.client_token(ask)
        } else {
            sessions.session_token(ask)
        }
    };
    let token = match (args.client, args.no_cache) {
        (true, true) => cx.with_nothing_kept(&settings, Freshness::Cached, work),
        (true, false) => cx
            .open_store(&settings)
            .and_then(|opened| cx.with_opened(&settings, Freshness::Cached, &opened, work))
            .map_err(or_without_cache),
        (false, _) => cx.with_sessions_of(&settings, Freshness::Cached, work),
    }?;
    let now = cx.now();
    super::warn_unsaved(cx, &token);
    if token.unsaved.is_none()
        && token.source != TokenSource::Cache
        && !token.cached.lives(now, args.min_ttl)
    {
        cx.render
            .warning("the token lives shorter than `--min-ttl`; the server gives no longer one");
    }
    let secret = &token.cached.access_token;
    super::hygiene::panic_if_asked("token");
    cx.render.mask(secret);
    match format {
        Format::Token => cx.render.bare_token(secret),
        Format::Header => cx.render.authorization(secret),
        Format::Env => cx.render.text(&assignment(args.shell, secret.expose())),
        Format::Json => cx
            .render
            .json(&as_json(&token, settings.profile_name(), args.client, now)),
        Format::ExecCredential => cx.render.json(&exec_credential(api_version, &token)),
    }
}

/// Names the way around a store that fails: what a client gets for itself can
/// be asked for again.
fn or_without_cache(error: Error) -> Error {
    if error.exit() != Exit::Store {
        return error;
    }
    let go_on = "go on without the cache by `--no-cache`";
    let hint = match error.hint() {
        Some(hint) => format!("{hint}; or {go_on}"),
        None => go_on.to_owned(),
    };
    error.during_with_hint("the cache of tokens cannot be used", hint)
}

/// The token response's own members, with what we know beside them.
fn as_json(token: &Token, profile: &str, client: bool, now: Timestamp) -> Value {
    let cached = &token.cached;
    let mut value = json!({
        "access_token": cached.access_token.expose(),
        "token_type": cached.token_type,
        "expires_in": cached.expires_at.map(|at| now.seconds_until(at).max(0)),
        "expires_at": cached.expires_at.and_then(Timestamp::to_rfc3339),
        "scope": cached.scope.join(" "),
        "source": token.source.name(),
    });
    if !client {
        value["profile"] = json!(profile);
    }
    value
}

/// Writes a line that a shell can evaluate; whatever the value holds, nothing
/// else is run.
fn assignment(shell: Shell, value: &str) -> String {
    match shell {
        // Within single quotes only the quote itself is special.
        Shell::Sh => format!(
            "export AUTHCTL_ACCESS_TOKEN='{}'",
            value.replace('\'', r"'\''")
        ),
        // fish knows two escapes within single quotes: \' and \\.
        Shell::Fish => format!(
            "set -gx AUTHCTL_ACCESS_TOKEN '{}'",
            value.replace('\\', r"\\").replace('\'', r"\'")
        ),
        // PowerShell doubles the quote, and takes typographic ones for it too;
        // a token is printable ASCII, so there are none.
        Shell::Powershell => format!(
            "$env:AUTHCTL_ACCESS_TOKEN = '{}'",
            value.replace('\'', "''")
        ),
    }
}

const V1: &str = "client.authentication.k8s.io/v1";
const V1BETA1: &str = "client.authentication.k8s.io/v1beta1";

/// Returns the version that kubectl asks for in KUBERNETES_EXEC_INFO; v1 where
/// nobody asks.
fn exec_credential_version(cx: &Context) -> Result<&'static str, Error> {
    let Some(info) = cx.env.text("KUBERNETES_EXEC_INFO")? else {
        return Ok(V1);
    };
    let fail = |what: &str| {
        Error::input(
            format!("KUBERNETES_EXEC_INFO {what}"),
            "kubectl sets it; unset it to get client.authentication.k8s.io/v1",
        )
    };
    let info: Value = serde_json::from_str(&info).map_err(|_| fail("is not JSON"))?;
    match info["apiVersion"].as_str() {
        Some(V1) => Ok(V1),
        Some(V1BETA1) => Ok(V1BETA1),
        Some(_) => Err(fail("asks for a version that is not known")),
        None => Err(fail("has no `apiVersion`")),
    }
}

fn exec_credential(api_version: &str, token: &Token) -> Value {
    let mut status = json!({ "token": token.cached.access_token.expose() });
    if let Some(at) = token.cached.expires_at.and_then(Timestamp::to_rfc3339) {
        status["expirationTimestamp"] = json!(at);
    }
    json!({ "apiVersion": api_version, "kind": "ExecCredential", "status": status })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x13_an_assignment_runs_nothing() {
        for (shell, text) in [
            (Shell::Sh, r"export AUTHCTL_ACCESS_TOKEN='a'\''$(id)`id`\'"),
            (
                Shell::Fish,
                r"set -gx AUTHCTL_ACCESS_TOKEN 'a\'$(id)`id`\\'",
            ),
            (
                Shell::Powershell,
                r"$env:AUTHCTL_ACCESS_TOKEN = 'a''$(id)`id`\'",
            ),
        ] {
            assert_eq!(assignment(shell, r"a'$(id)`id`\"), text);
        }
    }
}
