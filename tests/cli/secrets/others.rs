//! Servers, profiles, and what has little to do with secrets.

use super::CLIENT_SECRET;
use super::world::World;

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
