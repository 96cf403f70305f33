//! The rows of processor time.

use std::time::Duration;

use crate::fixture::Fixture;
use crate::keys::claims;
use crate::process::{Program, Time, medians};
use crate::report::{Bound, Bounds, Report};

/// As much as the first random octet may make a process dearer. With aws-lc's
/// jitter entropy it is thirty times, without it two or three.
const JITTER_FACTOR: f64 = 10.0;

const MILLISECOND: Duration = Duration::from_millis(1);

/// Measures every row that is wanted.
pub fn measure(fixture: &Fixture, report: &mut Report, rounds: usize) {
    let mut row = Row {
        fixture,
        report,
        rounds,
    };
    row.start();
    row.verify();
    row.sign();
    row.token();
    row.client();
    row.keygen();
    row.keygen_rsa();
    row.jitter();
}

struct Row<'a> {
    fixture: &'a Fixture,
    report: &'a mut Report,
    rounds: usize,
}

impl Row<'_> {
    fn start(&mut self) {
        let clap_only = Bounds::must(Bound::Times(1.6)).and_aim(Bound::Times(1.15));
        let below = Bounds::must(Bound::Times(1.0));
        if self.report.wants("version") {
            let line = "--version";
            self.compare(
                "version",
                self.fixture.authctl(line),
                &[
                    (self.fixture.clap_only(line), clap_only),
                    (self.fixture.jwt_cli(line), below),
                ],
            );
        }
        if self.report.wants("decode") {
            let token = &self.fixture.tokens().rs256;
            let line = format!("decode {token}");
            self.compare(
                "decode",
                self.fixture.authctl(&line),
                &[
                    (self.fixture.clap_only(&line), clap_only),
                    (self.fixture.jwt_cli(&line), below),
                ],
            );
        }
    }

    fn verify(&mut self) {
        let least = Bounds::aim(Bound::Times(1.2));
        let jwt_cli = Bounds::must(Bound::Times(0.95));
        for (name, alg, source, file) in [
            ("verify-rs256", "RS256", "--key", "rs256.pem"),
            ("verify-es256", "ES256", "--key", "es256.pem"),
            ("verify-jwks", "RS256", "--jwks", "keys.json"),
        ] {
            if !self.report.wants(name) {
                continue;
            }
            let tokens = self.fixture.tokens();
            let token = match alg {
                "ES256" => &tokens.es256,
                _ => &tokens.rs256,
            };
            self.compare(
                name,
                self.fixture
                    .authctl(&format!("verify {source} {file} --alg {alg} {token}")),
                &[
                    (
                        self.fixture
                            .least_work(&format!("verify {alg} {file} {token}")),
                        least,
                    ),
                    (
                        self.fixture
                            .jwt_cli(&format!("decode --alg {alg} --secret @{file} {token}")),
                        jwt_cli,
                    ),
                ],
            );
        }
    }

    fn sign(&mut self) {
        let least = Bounds::aim(Bound::Times(1.15));
        let jwt_cli = Bounds::must(Bound::Times(0.9));
        for (name, alg, jwt_cli_alg, file) in [
            ("sign-es256", "ES256", "ES256", "es256.key.pem"),
            ("sign-eddsa", "EdDSA", "EDDSA", "eddsa.key.pem"),
            ("sign-rs256", "RS256", "RS256", "rs256.key.pem"),
        ] {
            if !self.report.wants(name) {
                continue;
            }
            self.fixture.tokens();
            let claims = claims().to_string();
            self.compare(
                name,
                self.fixture
                    .authctl(&format!("sign --key {file} --alg {alg}"))
                    .arguments([&claims]),
                &[
                    (
                        self.fixture
                            .least_work(&format!("sign {alg} {file}"))
                            .arguments([&claims]),
                        least,
                    ),
                    (
                        self.fixture
                            .jwt_cli(&format!("encode --alg {jwt_cli_alg} --secret @{file}"))
                            .arguments([&claims]),
                        jwt_cli,
                    ),
                ],
            );
        }
    }

    fn token(&mut self) {
        if !self.report.wants("token-cached") {
            return;
        }
        self.fixture.session();
        let line = "token --min-ttl 0s";
        // About what a session holds: three tokens and their circumstances.
        let record = serde_json::json!({
            "access_token": self.fixture.tokens().rs256,
            "id_token": self.fixture.tokens().rs256,
            "refresh_token": "x".repeat(43),
        });
        self.fixture
            .least_work("seal least.session")
            .arguments([record.to_string()])
            .check();
        self.compare(
            "token-cached",
            self.fixture.authctl(line),
            &[
                (
                    self.fixture.clap_only(line),
                    Bounds::must(Bound::Over(MILLISECOND)),
                ),
                (
                    self.fixture.least_work("open least.session"),
                    Bounds::aim(Bound::Times(1.3)),
                ),
            ],
        );
    }

    fn client(&mut self) {
        let curl = Bounds::must(Bound::Times(0.5));
        let least = Bounds::aim(Bound::Times(1.3));
        for name in ["client-http", "client-tls"] {
            if !self.report.wants(name) {
                continue;
            }
            let (base, authority) = if name == "client-http" {
                (self.fixture.server().issuer(), "")
            } else {
                (self.fixture.tls_server().issuer(), "ca.pem")
            };
            let trust = |flag: &str| match authority {
                "" => String::new(),
                file => format!("{flag} {file}"),
            };
            let url = format!("{base}/token");
            let authctl = self
                .fixture
                .authctl(&format!(
                    "token --client --no-cache --token-endpoint {url} --client-id service \
                     --auth-method client_secret_basic {}",
                    trust("--cacert")
                ))
                .variable("AUTHCTL_CLIENT_SECRET", "service-secret");
            let others = [
                (
                    self.fixture.tool(
                        "curl",
                        &format!(
                            "--silent --fail --user service:service-secret \
                             --data grant_type=client_credentials {} {url}",
                            trust("--cacert")
                        ),
                    ),
                    curl,
                ),
                (
                    self.fixture
                        .least_request(&format!("{url} service service-secret {authority}")),
                    least,
                ),
            ];
            self.compare(name, authctl, &others);
        }
    }

    fn keygen(&mut self) {
        let bounds = Bounds::must(Bound::Times(0.5)).and_aim(Bound::AtMost(MILLISECOND));
        for (name, alg, genpkey) in [
            (
                "keygen-es256",
                "ES256",
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
            ),
            ("keygen-eddsa", "EdDSA", "genpkey -algorithm ED25519"),
        ] {
            if self.report.wants(name) {
                self.compare(
                    name,
                    self.fixture.authctl(&format!("keygen --alg {alg} --out -")),
                    &[
                        (self.fixture.tool("openssl", genpkey), bounds),
                        (
                            self.fixture.least_work(&format!("keygen {alg}")),
                            Bounds::default(),
                        ),
                    ],
                );
            }
        }
    }

    /// By the clock on the wall, since two processors search at once, and with
    /// fewer rounds, since they are long.
    fn keygen_rsa(&mut self) {
        let bounds = Bounds::must(Bound::Times(1.5)).and_aim(Bound::Times(1.0));
        for (name, bits, rounds) in [("keygen-rsa2048", 2048, 60), ("keygen-rsa4096", 4096, 30)] {
            if self.report.wants(name) {
                let authctl = self
                    .fixture
                    .authctl(&format!("keygen --alg RS256 --bits {bits} --out -"));
                let openssl = self.fixture.tool(
                    "openssl",
                    &format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits}"),
                );
                let rounds = self.rounds.min(rounds);
                let times = medians(&[&authctl, &openssl], rounds, Time::Wall);
                self.report
                    .compare(name, times[0], "openssl (wall clock)", times[1], bounds);
            }
        }
    }

    /// Catches the return of aws-lc's jitter entropy, by a ratio so wide that no
    /// load of the machine reaches it.
    fn jitter(&mut self) {
        if !self.report.wants("jitter") {
            return;
        }
        let version = self.fixture.authctl("--version");
        let keygen = self.fixture.authctl("keygen --alg ES256 --out -");
        let times = medians(&[&version, &keygen], self.rounds.max(11), Time::Processor);
        let ratio = times[1].as_secs_f64() / times[0].as_secs_f64();
        self.report.guard(
            "jitter",
            ratio < JITTER_FACTOR,
            format_args!(
                "keygen ES256 takes {ratio:.1} times the processor time of --version \
                 (under {JITTER_FACTOR}, or AWS_LC_SYS_NO_JITTER_ENTROPY=1 was not set at build time)"
            ),
        );
    }

    fn compare(&mut self, name: &str, authctl: Program, others: &[(Program, Bounds)]) {
        let programs: Vec<&Program> = std::iter::once(&authctl)
            .chain(others.iter().map(|(program, _)| program))
            .collect();
        let times = medians(&programs, self.rounds, Time::Processor);
        for ((program, bounds), time) in others.iter().zip(&times[1..]) {
            self.report
                .compare(name, times[0], &program.name, *time, *bounds);
        }
    }
}
