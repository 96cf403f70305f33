//! Servers, profiles, and what has little to do with secrets.

use super::world::World;
use super::{ARCHIVE_PASSPHRASE, CLIENT_SECRET, NEW_STORE_KEY, WRONG_PASSPHRASE};
use crate::harness::{Call, STORE_KEY};

pub fn servers(w: &mut World) {
    let issuer = w.server.issuer();
    w.ok(w.authctl("discover").arg(&issuer));
    w.ends(6, w.authctl("discover http://127.0.0.1:1"));
    w.ok(w.service("doctor"));
    w.ends(
        6,
        w.service("doctor --json --token-endpoint http://127.0.0.1:1/token"),
    );
    // The command sees our command line, and of our secrets the store's key
    // alone.
    let serve = "serve -vv --listen 127.0.0.1:0 --config in/server.toml --";
    w.ok(w
        .authctl(serve)
        .args([
            "sh",
            "-c",
            "tr '\\0' '\\n' < /proc/$PPID/cmdline; env >> children",
        ])
        .env_remove("AUTHCTL_STORE_KEY")
        .env("AUTHCTL_CLIENT_SECRET", CLIENT_SECRET));
    w.ends(8, w.authctl("serve --config in/password"));
}

pub fn profiles(w: &mut World) {
    w.ok(w.authctl("profile list"));
    w.ends(8, w.authctl("profile list --config none"));
    w.ok(w
        .authctl("profile show")
        .env("AUTHCTL_CLIENT_SECRET", CLIENT_SECRET));
    w.ends(8, w.authctl("profile show -p nobody"));
    w.ok(w.authctl("profile set default client_secret file:in/password"));
    w.ok(w.authctl("profile show"));
    w.ok(w.authctl("profile set default client_secret"));
    w.ends(2, w.authctl("profile set default no_such_setting c"));
    w.ok(w.authctl("profile use default"));
    w.ends(8, w.authctl("profile use nobody"));
    w.ends(8, w.authctl("profile remove nobody"));
    w.ok(w.authctl("profile move-store --to file"));
    w.ok(w.authctl("profile rekey --new-key env:AUTHCTL_STORE_KEY"));
    w.ok(w.authctl("profile export --passphrase file:in/password --out archive"));
    w.ok(w.authctl("profile import archive --passphrase file:in/password"));
    w.ends(4, w.authctl("profile move-store --to file nobody"));
    w.ends(2, w.authctl("profile rekey"));
    w.ends(
        2,
        w.authctl("profile export --passphrase file:in/password --out archive"),
    );
    w.ends(
        8,
        w.authctl("profile import archive --passphrase file:in/none"),
    );
}

/// Sessions that are moved, encrypted anew, taken out and put in again.
pub fn moves(w: &mut World) {
    let with = |call: Call, passphrase: &str| {
        call.args(["--passphrase", "env:ARCHIVE"])
            .env("ARCHIVE", passphrase)
    };
    let export = "profile export --out out/archive default";
    w.ok(with(w.authctl(export), ARCHIVE_PASSPHRASE));
    // It is there already.
    w.ends(2, with(w.authctl(export), ARCHIVE_PASSPHRASE));
    let import = "profile import --force out/archive";
    w.ok(with(w.authctl(import), ARCHIVE_PASSPHRASE));
    w.ends(8, with(w.authctl(import), WRONG_PASSPHRASE));
    // To another key, and back.
    let rekey = |call: Call, key: &str| call.args(["--new-key", "env:NEW"]).env("NEW", key);
    w.ok(rekey(w.authctl("profile rekey"), NEW_STORE_KEY));
    w.ends(4, rekey(w.authctl("profile rekey nobody"), NEW_STORE_KEY));
    let back = w
        .authctl("profile rekey")
        .env("AUTHCTL_STORE_KEY", NEW_STORE_KEY);
    w.ok(rekey(back, STORE_KEY));
    w.ok(w.authctl("profile move-store --to file"));
    w.ends(4, w.authctl("profile move-store --to file nobody"));
}

pub fn the_rest(w: &mut World) {
    // It shows what it does, its tokens among it.
    w.gives(w.authctl("demo"));
    w.ends(2, w.authctl("demo --bogus"));
    w.ok(w.authctl("completions bash"));
    w.ends(2, w.authctl("completions nosh"));
    w.ok(w.authctl("man"));
    w.ends(2, w.authctl("man nothing"));
    w.ok(w.authctl("help token"));
    w.ends(2, w.authctl("help nothing"));
}
