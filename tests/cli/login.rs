//! `authctl login`.

use serde_json::Value;

use crate::fake::{Fake, json, metadata};
use crate::harness::{Call, Home};
use crate::observed::{kept, observed, observed_with};

fn login(home: &Home, issuer: &str) -> Call {
    home.authctl(["login", "--issuer", issuer, "--client-id", "authctl"])
        .env("AUTHCTL_PASSWORD", "wonderland")
}

#[test]
fn login_says_who_where_until_when_and_in_which_store() {
    let server = observed();
    let home = Home::new();
    let (stdout, _) = login(&home, server.issuer())
        .args(["--username", "alice"])
        .run()
        .succeeds_saying();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(
        lines[0],
        format!("Signed in as alice at {}", server.issuer())
    );
    assert!(lines[1].starts_with("  profile default, token until 2"));
    assert!(lines[1].ends_with("then renewed by itself"), "{}", lines[1]);
    assert_eq!(lines[2], "  kept in: file");
    assert_eq!(lines.len(), 3);
}

#[test]
fn login_json_is_one_object_without_a_token() {
    let server = observed();
    let home = Home::new();
    let stdout = login(&home, server.issuer())
        .args(["--username", "alice", "--json", "-q"])
        .run()
        .succeeds();
    let answer: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(answer["profile"], "default");
    assert_eq!(answer["issuer"], server.issuer());
    assert_eq!(answer["client_id"], "authctl");
    assert_eq!(answer["sub"], "alice");
    assert_eq!(answer["store"], "file");
    assert_eq!(answer["refreshable"], true);
    let record = kept(&home, "default").expect("a session");
    assert!(!stdout.contains(record.tokens[0].access_token.expose()));
}

#[test]
fn login_remembers_the_connection_so_that_token_needs_no_flag() {
    let server = observed();
    let home = Home::new();
    login(&home, server.issuer())
        .args(["-q", "--username", "alice"])
        .args(["--scope", "openid,email", "--scope", "offline_access"])
        .run()
        .code_is(0);
    let token = home.authctl(["token"]).run().succeeds();
    assert_eq!(token.split('.').count(), 3);
    let config = std::fs::read_to_string(home.config()).expect("a configuration");
    for line in [
        "[profiles.default]".to_owned(),
        format!("issuer = \"{}\"", server.issuer()),
        "client_id = \"authctl\"".to_owned(),
        "username = \"alice\"".to_owned(),
        r#"scope = ["openid", "email", "offline_access"]"#.to_owned(),
    ] {
        assert!(config.contains(&line), "{line} in {config}");
    }
    assert!(!config.contains("wonderland"), "{config}");
}

#[test]
fn the_flow_is_said_with_its_reason() {
    let server = observed();
    let home = Home::new();
    let (_, stderr) = login(&home, server.issuer())
        .args(["--username", "alice"])
        .run()
        .succeeds_saying();
    let first = stderr.lines().next().expect("a line");
    assert_eq!(
        first,
        "note: signing in by the password grant, because a username is given"
    );
    let (_, stderr) = login(&home, server.issuer())
        .args(["--flow", "password"])
        .run()
        .succeeds_saying();
    assert!(!stderr.contains("because"), "{stderr}");
}

/// C20: the warning comes once for each profile.
#[test]
fn c20_the_password_grant_is_warned_of_once_a_profile() {
    let server = observed();
    let home = Home::new();
    let warned = |profile: &str| {
        let (_, stderr) = login(&home, server.issuer())
            .args(["-p", profile, "--username", "alice"])
            .run()
            .succeeds_saying();
        stderr.contains("RFC 9700 section 2.4")
    };
    assert!(warned("one"));
    assert!(!warned("one"));
    assert!(warned("two"));
}

#[test]
fn a_wrong_password_is_refused_and_nothing_is_kept() {
    let server = observed();
    let home = Home::new();
    let error = login(&home, server.issuer())
        .args(["-q", "--json", "--username", "alice"])
        .env("AUTHCTL_PASSWORD", "looking-glass")
        .run()
        .fails_json(5);
    assert_eq!(error["error"], "refused");
    assert_eq!(error["server"]["error"], "invalid_grant");
    assert_eq!(error["hint"], "check the username and the password");
    assert!(kept(&home, "default").is_none());
    assert!(!home.config().exists());
}

#[test]
fn a_failed_login_leaves_the_session_and_the_profile_as_they_were() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    let before = std::fs::read(home.config()).expect("a configuration");
    let token = home.authctl(["token"]).run().succeeds();
    login(&home, server.issuer())
        .args(["-q", "--username", "bob"])
        .run()
        .fails(5);
    assert_eq!(home.authctl(["token"]).run().succeeds(), token);
    assert_eq!(
        std::fs::read(home.config()).expect("a configuration"),
        before
    );
}

#[test]
fn a_second_login_takes_the_place_of_the_first() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    login(&home, server.issuer())
        .args(["-q", "--username", "bob"])
        .env("AUTHCTL_PASSWORD", "builder")
        .run()
        .succeeds();
    let record = kept(&home, "default").expect("a session");
    assert_eq!(record.subject.as_deref(), Some("bob"));
}

#[test]
fn profiles_keep_sessions_of_their_own() {
    let server = observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    login(&home, server.issuer())
        .args(["-q", "-p", "work", "--username", "bob"])
        .env("AUTHCTL_PASSWORD", "builder")
        .run()
        .succeeds();
    let whoami = |profile: &str| {
        let answer = home
            .authctl(["whoami", "--json", "-p", profile])
            .run()
            .succeeds();
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["sub"].as_str().expect("a subject").to_owned()
    };
    assert_eq!(whoami("default"), "alice");
    assert_eq!(whoami("work"), "bob");
}

#[test]
fn the_password_comes_from_each_kind_of_reference() {
    let server = observed();
    let home = Home::new();
    let file = home.write("password", "wonderland\r\n");
    let references = [
        "env:SECRET".to_owned(),
        format!("file:{}", file.display()),
        "file:password".to_owned(),
        "cmd:printf 'wonderland\\nsecond line'".to_owned(),
        "-".to_owned(),
    ];
    for reference in references {
        home.authctl(["login", "-q", "--issuer", server.issuer()])
            .args(["--client-id", "authctl", "--username", "alice"])
            .args(["--password", &reference])
            .env("SECRET", "wonderland")
            .env("PATH", "/usr/bin:/bin")
            .stdin("wonderland\n")
            .run()
            .code_is(0);
    }
}

#[test]
fn a_reference_that_leads_nowhere_is_a_wrong_input() {
    let server = observed();
    let home = Home::new();
    home.write("empty", "\n");
    for (reference, why) in [
        ("env:ABSENT", "the variable is not set"),
        ("file:absent", "cannot read `absent`"),
        ("file:empty", "it is empty"),
        ("cmd:exit 3", "the command failed"),
        ("cmd:true", "it is empty"),
    ] {
        let error = home
            .authctl(["login", "-q", "--json", "--issuer", server.issuer()])
            .args(["--client-id", "authctl", "--username", "alice"])
            .args(["--password", reference])
            .env("PATH", "/usr/bin:/bin")
            .run()
            .fails_json(8);
        assert_eq!(error["error"], "input", "{reference}: {error}");
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains(why), "{reference}: {message}");
    }
    assert_eq!(server.count("POST /token 200"), 0);
}

#[test]
fn login_without_a_server_names_what_is_missing() {
    let error = Home::new().authctl(["login", "--json"]).run().fails_json(2);
    assert_eq!(error["error"], "missing_setting");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("authorization server"), "{message}");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("--issuer"), "{hint}");
}

#[test]
fn login_without_a_client_names_what_is_missing_before_it_asks() {
    let server = observed();
    let error = Home::new()
        .authctl(["login", "--json", "-q", "--issuer", server.issuer()])
        .run()
        .fails_json(2);
    assert_eq!(error["error"], "missing_setting");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("--client-id"), "{hint}");
}

#[test]
fn a_server_without_the_password_grant_is_not_asked() {
    let server = Fake::new(|request| metadata(&request.host));
    let error = Home::new()
        .authctl(["login", "--json", "--issuer", &server.issuer()])
        .args(["--client-id", "c"])
        .run()
        .fails_json(2);
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("--flow password"), "{hint}");
    assert_eq!(server.count("POST /token"), 0);
}

#[test]
fn flows_that_are_not_built_are_not_offered() {
    let home = Home::new();
    let help = home.authctl(["login", "--help"]).run().succeeds();
    assert!(help.contains("- password:"), "{help}");
    for flow in ["browser", "device"] {
        assert!(!help.contains(&format!("- {flow}")), "{help}");
        home.authctl(["login", "--flow", flow]).run().fails(2);
    }
}

#[test]
fn a_server_without_metadata_is_spoken_to_by_its_endpoints() {
    let server = observed();
    let home = Home::new();
    let issuer = server.issuer();
    home.authctl(["login", "-q", "--client-id", "authctl"])
        .args(["--token-endpoint", &format!("{issuer}/token")])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    home.authctl(["token"]).run().succeeds();
    assert_eq!(server.requests(), 1, "the token endpoint alone");
}

/// RFC 6749 section 2.3.1: id and secret are form-urlencoded before Basic.
#[test]
fn a_confidential_client_authenticates_as_the_metadata_says() {
    let ok = || json(200, r#"{"access_token":"at","token_type":"Bearer"}"#);
    let server = Fake::tokens([ok()]);
    let home = Home::new();
    let login = |method: Option<&str>| {
        let call = home
            .authctl(["login", "-q", "--issuer", &server.issuer()])
            .args(["--client-id", "my client", "--username", "u"])
            .env("AUTHCTL_PASSWORD", "p")
            .env("AUTHCTL_CLIENT_SECRET", "s:e+c ret");
        let call = match method {
            Some(method) => call.args(["--auth-method", method]),
            None => call,
        };
        call.run().succeeds();
        server.seen().last().expect("a request").clone()
    };
    // Neither is named in the metadata, so it is client_secret_basic
    // (RFC 8414 section 2): base64("my+client:s%3Ae%2Bc+ret").
    let request = login(None);
    assert!(
        request
            .head
            .contains("Basic bXkrY2xpZW50OnMlM0FlJTJCYytyZXQ="),
        "{}",
        request.head
    );
    assert!(!request.body.contains("client_secret"), "{}", request.body);

    let request = login(Some("client_secret_post"));
    assert!(!request.head.contains("Basic"), "{}", request.head);
    assert!(
        request
            .body
            .contains("client_id=my+client&client_secret=s%3Ae%2Bc+ret"),
        "{}",
        request.body
    );

    let request = login(Some("none"));
    assert!(!request.head.contains("Basic"), "{}", request.head);
    assert!(request.body.contains("client_id=my+client"));
    assert!(!request.body.contains("client_secret"));
}

#[test]
fn an_unknown_auth_method_is_a_wrong_command_line() {
    let server = observed();
    let error = login(&Home::new(), server.issuer())
        .args(["-q", "--json", "--username", "alice"])
        .args(["--auth-method", "private_key_jwt"])
        .run()
        .fails_json(2);
    assert_eq!(error["error"], "usage");
    let hint = error["hint"].as_str().expect("a hint");
    assert!(hint.contains("client_secret_basic"), "{hint}");
}

/// J45: an ID Token that is not good ends the sign-in, and nothing is stored.
#[test]
fn j45_an_id_token_that_is_not_good_is_refused_and_nothing_is_kept() {
    let real = observed();
    let home = Home::new();
    home.sign_in(real.issuer());
    let good = kept(&home, "default").expect("a session");
    let good = good.id_token.expect("an ID Token").expose().to_owned();
    let (head, rest) = good.split_once('.').expect("a JWT");
    let (payload, signature) = rest.split_once('.').expect("a JWT");
    // {"alg":"none"}; one octet of the payload changed; of another issuer.
    let tokens = [
        format!("eyJhbGciOiJub25lIn0.{payload}."),
        format!("{head}.{payload}."),
        format!("{head}.{}A.{signature}", &payload[..payload.len() - 1]),
        good.clone(),
        "not-a-jwt".to_owned(),
    ];
    let jwks = format!("{}/jwks", real.issuer());
    for token in tokens {
        let jwks = jwks.clone();
        let server = Fake::new(move |request| match request.what.as_str() {
            "POST /token" => json(
                200,
                &format!(r#"{{"access_token":"at","token_type":"Bearer","id_token":"{token}"}}"#),
            ),
            _ => json(
                200,
                &format!(
                    r#"{{"issuer":"http://{0}","token_endpoint":"http://{0}/token","jwks_uri":"{jwks}"}}"#,
                    request.host
                ),
            ),
        });
        let home = Home::new();
        let error = home
            .authctl(["login", "-q", "--json", "--issuer", &server.issuer()])
            .args(["--client-id", "authctl", "--username", "alice"])
            .env("AUTHCTL_PASSWORD", "wonderland")
            .run()
            .fails_json(5);
        assert_eq!(error["error"], "id_token", "{error}");
        assert!(kept(&home, "default").is_none());
        assert!(!home.config().exists());
    }
}

#[test]
fn a_sign_in_that_cannot_be_renewed_says_so() {
    let body = r#"{"access_token":"at","token_type":"Bearer","expires_in":60}"#;
    let server = Fake::tokens([json(200, body)]);
    let (stdout, _) = login(&Home::new(), &server.issuer())
        .args(["--username", "alice"])
        .run()
        .succeeds_saying();
    assert!(stdout.contains(", not renewable\n"), "{stdout}");
}

#[test]
fn a_private_certification_authority_is_given_by_cacert() {
    let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
    params.subject_alt_names.push(rcgen::SanType::IpAddress(
        std::net::Ipv4Addr::LOCALHOST.into(),
    ));
    let key = rcgen::KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    let pem = certificate.pem();
    let server = observed_with(|options| {
        options.tls = Some(authctl::server::Tls {
            certificate: pem.clone().into_bytes(),
            key: authctl::core::secret::SecretBytes::new(key.serialize_pem().into_bytes()),
        });
    });
    assert!(server.issuer().starts_with("https://"));
    let home = Home::new();
    home.write("ca.pem", &pem);
    // C11: unknown to the system, it is refused with the cause.
    let error = login(&home, server.issuer())
        .args(["-q", "--json", "--username", "alice"])
        .run()
        .fails_json(6);
    assert_eq!(error["error"], "unreachable");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("certificate"), "{message}");
    // C11: and there is no way around it.
    login(&home, server.issuer())
        .args(["--insecure"])
        .run()
        .fails(2);
    login(&home, server.issuer())
        .args(["-q", "--username", "alice", "--cacert", "ca.pem"])
        .run()
        .succeeds();
    // The path is remembered whole, so that it works from anywhere.
    home.authctl(["refresh", "-q"])
        .in_folder("/")
        .run()
        .succeeds();
}

/// And so is the path of a reference.
#[test]
fn a_file_with_a_secret_is_remembered_whole() {
    let server = crate::observed::observed();
    let home = Home::new();
    home.write("secret", "service-secret\n");
    home.authctl(["login", "-q", "--issuer", server.issuer()])
        .args(["--client-id", "service", "--client-secret", "file:secret"])
        .args(["--username", "alice"])
        .env("AUTHCTL_PASSWORD", "wonderland")
        .run()
        .succeeds();
    home.authctl(["refresh", "-q"])
        .in_folder("/")
        .run()
        .succeeds();
}

/// A secret in the environment, of another client, is not sent for a client
/// that signed in without one.
#[test]
fn a_public_clients_session_stays_public() {
    let server = crate::observed::observed();
    let home = Home::new();
    home.sign_in(server.issuer());
    home.authctl(["refresh"])
        .env("AUTHCTL_CLIENT_SECRET", "service-secret")
        .run()
        .succeeds();
    assert_eq!(server.count("POST /token 401"), 0);
}
