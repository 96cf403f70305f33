//! Sign in, use the session, get a client's tokens, ask about given ones, sign
//! out.

use super::world::World;
use super::{
    BROKEN_TOKEN, CLIENT_SECRET, GIVEN_TOKEN, PARAMETER, PASSWORD, STORE_PASSPHRASE,
    WRONG_PASSWORD, WRONG_SECRET,
};
use crate::fake::{Fake, json};
use crate::harness::Call;

/// Where nobody answers.
const NOWHERE: &str = "http://127.0.0.1:1/x";

fn login(w: &World) -> Call {
    w.authctl("login --username carol --client-id app")
        .args(["--issuer", &w.server.issuer()])
        .args(["--scope", "openid profile email offline_access"])
}

/// By a command, a variable, a file and standard input; and in vain.
pub fn sign_in(w: &mut World) {
    w.ok(login(w).args(["--password", "cmd:sh in/tell.sh"]));
    w.remember();
    w.ok(login(w)
        .args(["-p", "other"])
        .env("AUTHCTL_PARAM", format!("api_key={PARAMETER}"))
        .env("AUTHCTL_PASSWORD", PASSWORD));
    w.ok(login(w).args(["--password", "file:in/password"]));
    w.ok(login(w).args(["--password", "-"]).stdin(PASSWORD));
    w.remember();
    for output in ["human", "json"] {
        w.ends(
            5,
            login(w)
                .args(["-o", output])
                .env("AUTHCTL_PASSWORD", WRONG_PASSWORD),
        );
    }
    let nowhere = login(w).args(["--store", "none"]);
    w.ends(7, nowhere.env("AUTHCTL_PASSWORD", PASSWORD));
    // What a sign-in was told is remembered, but for what the variable told it.
    w.ok(w.authctl("logout -p other"));
    let config = w.home.read(".config/authctl/config.toml");
    assert!(config.contains("[profiles.other]") && !config.contains("api_key"));
    w.ok(w.authctl("profile remove other"));
}

pub fn use_session(w: &mut World) {
    w.ok(w.authctl("status"));
    w.ok(w.authctl("status --json"));
    w.ends(
        7,
        w.authctl("status").env("AUTHCTL_STORE_KEY", "A".repeat(43)),
    );
    w.ok(w.authctl("whoami"));
    w.ends(8, w.authctl("whoami -p nobody"));
    for output in ["token", "json", "header", "env", "exec-credential"] {
        w.gives(w.authctl("token -o").arg(output));
    }
    w.ends(5, w.authctl("token --scope nope"));
    w.ok(w.authctl("refresh"));
    w.remember();
    w.ok(w.authctl("refresh --all --json"));
    w.remember();
    w.ends(6, w.authctl("refresh --token-endpoint").arg(NOWHERE));
}

/// A client's own token, by each way to say who asks; by a wrong secret; and
/// from a server whose answers make no sense.
pub fn clients(w: &mut World) {
    for method in ["client_secret_basic", "client_secret_post"] {
        let call = |w: &World| {
            w.service("token --client --no-cache")
                .args(["--auth-method", method])
        };
        w.gives(call(w));
        w.ends(5, call(w).env("AUTHCTL_CLIENT_SECRET", WRONG_SECRET));
    }
    for body in [
        format!(r#"{{"access_token":"{BROKEN_TOKEN}","token_type":"Bearer","expires_in":-1}}"#),
        format!(r#"{{"access_token":"{BROKEN_TOKEN}","token_type":"#),
        format!(r#"{{"error":"invalid_grant","error_description":"{BROKEN_TOKEN}"#),
        format!("<html>{BROKEN_TOKEN}</html>"),
    ] {
        let fake = Fake::tokens([json(200, &body)]);
        w.ends(
            6,
            w.authctl("token --client --no-cache --client-id c --token-endpoint")
                .arg(fake.url("/token"))
                .env("AUTHCTL_CLIENT_SECRET", CLIENT_SECRET),
        );
    }
}

pub fn given_tokens(w: &mut World) {
    let token = w.gives(w.service("token --client"));
    let broken = format!("{token}x");
    w.ok(w.service("introspect -").stdin(&token));
    w.ends(3, w.service("introspect -").stdin(GIVEN_TOKEN));
    for output in ["human", "json"] {
        let verify = |w: &World| {
            w.authctl("verify - --issuer")
                .args([w.server.issuer().as_str(), "-o", output])
        };
        w.ok(verify(w).stdin(&token));
        w.ends(3, verify(w).stdin(&broken));
        w.ok(w.authctl("decode - -o").arg(output).stdin(&token));
        w.ends(3, w.authctl("decode - -o").arg(output).stdin(GIVEN_TOKEN));
    }
    w.ok(w.service("revoke -").stdin(GIVEN_TOKEN));
    let wrong = w.service("revoke - --json");
    w.ends(
        5,
        wrong
            .env("AUTHCTL_CLIENT_SECRET", WRONG_SECRET)
            .stdin(GIVEN_TOKEN),
    );
}

fn by_passphrase(w: &World, call: Call) -> Call {
    call.env_remove("AUTHCTL_STORE_KEY")
        .env("AUTHCTL_STORE_PASSPHRASE", STORE_PASSPHRASE)
        .env("XDG_DATA_HOME", w.home.path().join("other-data"))
}

/// A store under a passphrase.
pub fn other_store(w: &mut World) {
    let login = login(w).env("AUTHCTL_PASSWORD", PASSWORD);
    w.ok(by_passphrase(w, login));
    w.ok(by_passphrase(w, w.authctl("status")));
    let nowhere = w.authctl("logout --revocation-endpoint").arg(NOWHERE);
    w.ends(6, by_passphrase(w, nowhere));
}

pub fn sign_out(w: &mut World) {
    w.remember();
    w.ends(8, w.authctl("logout -p nobody"));
    w.ok(w.authctl("logout"));
}
