//! `authctl demo`: a tour of the real commands against the embedded server.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use authctl::core::error::Error;
use authctl::core::jose::SigningKey;
use authctl::core::jose::{Algorithm, base64url};
use authctl::server::{Config, Options, Server};

use super::context::Context;
use super::interrupt::{self, Hold};
use super::render::Paint;

/// Take a tour: every main job against an embedded server
///
/// It needs nothing and leaves nothing: the server listens on a free port of
/// loopback, the home directory is a temporary one, and each step is a real
/// command in a process of its own.
#[derive(clap::Args, Debug)]
pub struct DemoArgs {}

/// A step: what it shows, and the command line.
struct Step {
    title: &'static str,
    /// Variables that stand before the command, as one would type them.
    variables: &'static [(&'static str, &'static str)],
    command: &'static str,
}

/// `{issuer}` stands for the server's issuer. A `|` hands the output of one
/// command to the next.
const STEPS: [Step; 11] = [
    Step {
        title: "What does the server offer?",
        variables: &[],
        command: "authctl discover {issuer}",
    },
    Step {
        title: "Sign in as a person",
        variables: &[("AUTHCTL_PASSWORD", "wonderland")],
        command: "authctl login --issuer {issuer} --client-id authctl --username alice --scope openid,profile,email,offline_access",
    },
    Step {
        title: "Who is signed in, and until when?",
        variables: &[],
        command: "authctl status",
    },
    Step {
        title: "What does the server know of her?",
        variables: &[],
        command: "authctl whoami",
    },
    Step {
        title: "Renew the session: the server rotates the refresh token",
        variables: &[],
        command: "authctl refresh",
    },
    Step {
        title: "Look into the access token",
        variables: &[],
        command: "authctl token | authctl decode -",
    },
    Step {
        title: "Verify it against the server's keys",
        variables: &[],
        command: "authctl token | authctl verify --issuer {issuer} --audience {issuer} --typ at+jwt -",
    },
    Step {
        title: "A token for a service, not a person",
        variables: &[("AUTHCTL_CLIENT_SECRET", "service-secret")],
        command: "authctl token --client --client-id service --scope api:read -o json",
    },
    Step {
        title: "Make a signing key pair",
        variables: &[],
        command: "authctl keygen --alg ES256 --out signing",
    },
    Step {
        title: "Sign a JWT by it, and verify that",
        variables: &[],
        command: "authctl sign --key signing.pem --iss https://me.example --sub alice --aud api --exp 15m | authctl verify --jwks signing.jwks.json --issuer https://me.example --audience api -",
    },
    Step {
        title: "Sign out: the server revokes the tokens, the store forgets them",
        variables: &[],
        command: "authctl logout",
    },
];

/// Runs the tour.
pub fn run(cx: &Context, _args: &DemoArgs) -> Result<(), Error> {
    let home = tempfile::Builder::new()
        .prefix("authctl-demo-")
        .tempdir()
        .map_err(|source| Error::Input {
            what: "cannot make a temporary folder".into(),
            hint: Some("check TMPDIR and the space there".into()),
            source: Some(source),
        })?;
    // An interruption waits for the end of a step, so that nothing is left.
    let hold = Hold::new();
    let mut options = Options::new(Config::built_in());
    options.listen.set_port(0);
    let server = Server::bind(options)?.spawn()?;
    let tour = Tour {
        cx,
        home: home.path(),
        issuer: &server.ready().issuer,
        store_key: store_key()?,
        paint: cx.render.stdout_paint(),
    };
    let done = tour.all();
    server.stop();
    let cleaned = home.close();
    drop(hold);
    done?;
    if let Err(error) = cleaned {
        cx.render.warning(&format!(
            "the temporary folder could not be removed: {error}"
        ));
    }
    cx.render.text(&where_next(cx.render.stdout_paint()))
}

struct Tour<'a> {
    cx: &'a Context,
    home: &'a Path,
    issuer: &'a str,
    store_key: String,
    paint: Paint,
}

impl Tour<'_> {
    fn all(&self) -> Result<(), Error> {
        self.cx.render.text(&format!(
            "{}\nAn authorization server now listens at {}, with the users alice and bob.\n\n",
            self.paint.bold("authctl demo"),
            self.issuer
        ))?;
        for (index, step) in STEPS.iter().enumerate() {
            if interrupt::was_asked() {
                return Err(Error::Interrupted);
            }
            self.show(index + 1, step)?;
        }
        Ok(())
    }

    fn show(&self, number: usize, step: &Step) -> Result<(), Error> {
        let line = step.command.replace("{issuer}", self.issuer);
        let variables: String = step
            .variables
            .iter()
            .map(|(name, value)| format!("{name}={value} "))
            .collect();
        self.cx.render.text(&format!(
            "{}\n{}\n",
            self.paint.bold(&format!("{number}. {}", step.title)),
            self.paint.cyan(&format!("$ {variables}{line}"))
        ))?;
        let mut input = Vec::new();
        for command in line.split(" | ") {
            let output = self.run(command, step.variables, input)?;
            self.cx.render.octets_to_stderr(&output.stderr);
            if !output.status.success() {
                return Err(Error::Internal(format!(
                    "`{command}` failed ({})",
                    output.status
                )));
            }
            input = output.stdout;
        }
        if !input.is_empty() {
            self.cx.render.octets(&input)?;
        }
        self.cx.render.text("")
    }

    /// Runs one command in an environment of its own.
    fn run(&self, line: &str, variables: &[(&str, &str)], input: Vec<u8>) -> Result<Output, Error> {
        let fail = |error: std::io::Error| Error::Internal(format!("cannot run `{line}`: {error}"));
        let program = std::env::current_exe().map_err(fail)?;
        let mut command = Command::new(program);
        command
            .args(line.split(' ').skip(1))
            .current_dir(self.home)
            .env_clear()
            .envs(variables.iter().copied())
            .env("HOME", self.home)
            .env("AUTHCTL_STORE", "file")
            .env("AUTHCTL_STORE_KEY", &self.store_key)
            .env("CLICOLOR_FORCE", if self.paint.is_on() { "1" } else { "0" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Without these a process does not start on Windows, or finds no
        // folder for its files.
        for name in ["SystemRoot", "APPDATA", "LOCALAPPDATA", "USERPROFILE"] {
            if let Some(value) = self.cx.env.raw(name) {
                let value: &OsStr = &value;
                command.env(
                    name,
                    if name == "SystemRoot" {
                        value
                    } else {
                        self.home.as_os_str()
                    },
                );
            }
        }
        let mut child = command.spawn().map_err(fail)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A token is far smaller than a pipe; who does not read it, does
            // not want it.
            let _ = std::io::Write::write_all(&mut stdin, &input);
        }
        child.wait_with_output().map_err(fail)
    }
}

/// A key for the demo's store: fresh, so that even what it leaves behind when
/// the machine dies cannot be read.
fn store_key() -> Result<String, Error> {
    let key = SigningKey::generate(Algorithm::HS256, Some(256))?;
    let jwk: serde_json::Value = serde_json::from_str(key.private_jwk()?.expose())
        .map_err(|error| Error::Internal(format!("a fresh key is no JWK: {error}")))?;
    match jwk["k"].as_str() {
        Some(key) if base64url::decode(key).is_ok_and(|octets| octets.len() == 32) => {
            Ok(key.to_owned())
        }
        _ => Err(Error::Internal("a fresh key has another length".into())),
    }
}

fn where_next(paint: Paint) -> String {
    format!(
        "{}\n  \
         authctl serve                 run that server, and try the commands by hand\n  \
         authctl login --issuer URL    sign in at a server of your own\n  \
         authctl decode TOKEN          look into any JWT\n  \
         authctl --help                everything else\n",
        paint.bold("Where to go next")
    )
}
