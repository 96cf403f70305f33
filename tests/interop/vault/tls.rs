//! A Vault with an authority of its own.

use super::server::Bao;
use super::{Issuer, runner, sign_in};

#[test]
fn an_authority_of_ones_own_is_trusted_when_it_is_given() {
    let (bao, folder, issuer) = (Bao::start_with_tls(), Bao::folder(), Issuer::start());
    let authority = bao.authority_file().expect("a certificate");
    let authority = authority.to_str().expect("text");
    let url = bao.url();
    assert!(url.starts_with("https://"));
    let mut near = runner(&url, &folder, &issuer.url);

    // Nobody knows it, or another is known: no password and no token is spent.
    near.write("other.pem", other_authority());
    for other in ["", "other.pem"] {
        near.set("VAULT_CACERT", other);
        let arguments = ["login", "--json", "--username", "alice", "--password", "-"];
        let login = near.authctl_with_input(arguments, "wonderland");
        let error = login.fails(7).error();
        assert_eq!(error["error"], "vault_unreachable", "{error}");
        let hint = error["hint"].as_str().expect("a hint");
        assert!(hint.contains("vault_cacert"), "{hint}");
    }
    near.set("VAULT_CACERT", "absent.pem");
    let error = near.authctl(["token", "--json"]).fails(8).error();
    assert_eq!(error["error"], "input", "{error}");
    assert_eq!(issuer.answered(), 0);

    // What is said to authctl itself goes first, then Vault's own variable, then
    // OpenBao's, then what is trusted for the authorization server.
    for (variable, less) in [
        ("AUTHCTL_CACERT", None),
        ("BAO_CACERT", Some("AUTHCTL_CACERT")),
        ("VAULT_CACERT", Some("BAO_CACERT")),
        ("AUTHCTL_VAULT_CACERT", Some("VAULT_CACERT")),
    ] {
        if let Some(less) = less {
            near.set(less, "other.pem");
        } else {
            near.set("VAULT_CACERT", "");
        }
        near.set(variable, authority);
        let error = near.authctl(["token", "--json"]).fails(4).error();
        assert_eq!(error["error"], "no_session", "{variable}: {error}");
    }
    for variable in ["AUTHCTL_CACERT", "BAO_CACERT", "AUTHCTL_VAULT_CACERT"] {
        near.set(variable, "");
    }

    // A session must be found again where the variables are not set.
    near.set("VAULT_CACERT", authority);
    sign_in(&near);
    near.set("VAULT_CACERT", "").set("VAULT_ADDR", "");
    near.authctl(["token", "-q"]).succeeds_quietly();
    near.authctl(["refresh", "-q"]).succeeds_quietly();
    assert!(bao.kept(&folder).is_some());
}

/// A certificate of an authority that has nothing to do with it.
fn other_authority() -> String {
    let made = rcgen::generate_simple_self_signed(["vault.example".to_owned()]);
    made.expect("a certificate").cert.pem()
}
