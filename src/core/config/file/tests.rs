use super::*;

fn parse(text: &str) -> Result<ConfigFile, Error> {
    ConfigFile::parse(Path::new("c.toml"), text)
}

const TEXT: &str = "\
# mine
default_profile = \"dev\"

[profiles.dev]
issuer = \"http://127.0.0.1:9400\" # local
scope = [\"openid\", \"profile\"]
timeout = 5
param = { prompt = \"none\" }
";

#[test]
fn profiles_are_read() {
    let file = parse(TEXT).unwrap();
    assert_eq!(file.default_profile(), "dev");
    let dev = file.profile("dev").unwrap();
    assert_eq!(
        dev[&Setting::Issuer],
        Value::Text("http://127.0.0.1:9400".into())
    );
    assert_eq!(
        dev[&Setting::Scope],
        Value::List(vec!["openid".into(), "profile".into()])
    );
    assert_eq!(dev[&Setting::Timeout], Value::Text("5".into()));
    assert_eq!(
        dev[&Setting::Param],
        Value::List(vec!["prompt=none".into()])
    );
}

#[test]
fn an_empty_file_has_the_default_profile() {
    let file = parse("").unwrap();
    assert_eq!(file.default_profile(), "default");
    assert_eq!(file.profile_names().count(), 0);
}

#[test]
fn edits_keep_comments_and_order() {
    let mut file = parse(TEXT).unwrap();
    file.set(
        "dev",
        Setting::Issuer,
        Value::Text("https://as.example".into()),
    )
    .unwrap();
    file.set("ci", Setting::ClientSecret, Value::Text("env:S".into()))
        .unwrap();
    file.use_profile("ci");
    assert_eq!(
        file.document.to_string(),
        "# mine\ndefault_profile = \"ci\"\n\n[profiles.dev]\nissuer = \"https://as.example\" # local\n\
         scope = [\"openid\", \"profile\"]\ntimeout = 5\nparam = { prompt = \"none\" }\n\n\
         [profiles.ci]\nclient_secret = \"env:S\"\n"
    );
    assert!(file.unset("dev", Setting::Timeout));
    assert!(!file.unset("dev", Setting::Timeout));
    assert!(file.remove_profile("ci"));
    assert!(!file.remove_profile("ci"));
    assert_eq!(file.default_profile(), "default");
    parse(&file.document.to_string()).unwrap();
}

#[test]
fn inline_tables_can_be_edited() {
    let mut file = parse("profiles = { a = { issuer = \"https://a\" } }").unwrap();
    file.set("b", Setting::ClientId, Value::Text("x".into()))
        .unwrap();
    file.set("a", Setting::ClientId, Value::Text("y".into()))
        .unwrap();
    let again = parse(&file.document.to_string()).unwrap();
    assert_eq!(again.profile_names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(again.profiles, file.profiles);
}

#[test]
fn odd_profile_names_survive() {
    for name in ["a.b", "../x", "A", "a b", "\u{0}", "ü", &"n".repeat(300)] {
        let mut file = parse("").unwrap();
        file.set(name, Setting::ClientId, Value::Text("x".into()))
            .unwrap();
        let again = parse(&file.document.to_string()).unwrap();
        assert!(again.profile(name).is_some(), "{name:?}");
    }
}

#[test]
fn faults_are_named_with_their_line() {
    let unknown = |key: &str, line, nearest| Error::UnknownKey {
        path: "c.toml".into(),
        key: key.into(),
        line: Some(line),
        nearest,
    };
    for (text, error) in [
        (
            "[profiles.dev]\nisuer = \"x\"",
            unknown("profiles.dev.isuer", 2, Some("issuer")),
        ),
        ("\n\nprofile = 1", unknown("profile", 3, Some("profiles"))),
        (
            "[profiles.dev]\nscope = 5",
            Error::WrongType {
                path: "c.toml".into(),
                key: "profiles.dev.scope".into(),
                line: Some(2),
                expected: "a list of texts",
            },
        ),
        (
            "[profiles.dev]\n\nclient_secret = \"hunter2\"",
            Error::LiteralSecret {
                path: "c.toml".into(),
                key: "profiles.dev.client_secret".into(),
                line: Some(3),
            },
        ),
    ] {
        assert_eq!(parse(text).unwrap_err(), error);
    }
    assert!(matches!(parse("a = "), Err(Error::Syntax { .. })));
}

#[test]
fn a_secret_is_never_written() {
    let mut file = parse("").unwrap();
    let error = file
        .set("a", Setting::Password, Value::Text("hunter2".into()))
        .unwrap_err();
    assert!(matches!(error, Error::LiteralSecret { .. }));
    assert!(!error.to_string().contains("hunter2"));
    assert!(!file.document.to_string().contains("hunter2"));
}
