//! Speaks with the foreign JOSE libraries: a process each, kept for all tests,
//! that answers one JSON object a line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use authctl::core::jose::{Algorithm, KeyType};
use serde_json::{Value, json};

/// A JOSE library that this project did not write.
pub struct Library {
    /// Its name.
    pub name: &'static str,
    version: Version,
    process: Mutex<Process>,
    rsa: OnceLock<Pair>,
}

/// Major and minor version of what runs it.
type Version = (u32, u32);

struct Process {
    // It ends when its standard input closes, so with this process.
    _child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A key pair, or a secret on both sides, as a library takes it.
#[derive(Clone)]
pub struct Pair {
    /// `{"jwk": {…}, "pem": "…"}` with the private members.
    pub private: Value,
    /// The same of the public key; of a secret, the secret.
    pub public: Value,
}

impl Library {
    /// npm `jose`.
    pub fn jose() -> &'static Self {
        static JOSE: OnceLock<Library> = OnceLock::new();
        JOSE.get_or_init(|| {
            let set_up = "npm ci --prefix tests/interop/jose";
            Self::start("jose", "node", "exchange.mjs", "node_modules/jose", set_up)
        })
    }

    /// PyPI `joserfc`.
    pub fn joserfc() -> &'static Self {
        static JOSERFC: OnceLock<Library> = OnceLock::new();
        JOSERFC.get_or_init(|| {
            let set_up = ".ci/joserfc";
            Self::start("joserfc", "venv/bin/python", "exchange.py", "venv", set_up)
        })
    }

    /// Both.
    pub fn all() -> [&'static Self; 2] {
        [Self::jose(), Self::joserfc()]
    }

    fn start(
        name: &'static str,
        program: &str,
        script: &str,
        installed: &str,
        set_up: &str,
    ) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
        let folder = folder.join(name);
        assert!(
            folder.join(installed).is_dir(),
            "{name} is not installed: {set_up}"
        );
        let program = match program.contains('/') {
            true => folder.join(program),
            false => program.into(),
        };
        let mut child = Command::new(&program)
            .arg(script)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let process = Process {
            requests: child.stdin.take().expect("it is piped"),
            answers: BufReader::new(child.stdout.take().expect("it is piped")),
            _child: child,
        };
        let mut library = Self {
            name,
            version: (0, 0),
            process: Mutex::new(process),
            rsa: OnceLock::new(),
        };
        let version = library.does("version", json!({}));
        let mut numbers = version.as_str().expect("a version").split('.');
        let mut number = || numbers.next().and_then(|number| number.parse().ok());
        library.version = number().zip(number()).expect("a version has two numbers");
        library
    }

    /// Asks for an operation; the error is the library's own words.
    pub fn call(&self, operation: &str, mut arguments: Value) -> Result<Value, String> {
        arguments["operation"] = operation.into();
        // A test that fails meanwhile leaves the pipes as they were.
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(process.requests, "{arguments}").expect("the process runs");
        let mut line = String::new();
        process.answers.read_line(&mut line).expect("it answers");
        let answer: Value = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{} answered {line:?}: {error}", self.name));
        match &answer["error"] {
            Value::String(error) => Err(error.clone()),
            _ => Ok(answer["ok"].clone()),
        }
    }

    /// As [`Library::call`], for what must succeed.
    #[track_caller]
    pub fn does(&self, operation: &str, arguments: Value) -> Value {
        self.call(operation, arguments.clone())
            .unwrap_or_else(|error| panic!("{} {operation}: {error}\n{arguments}", self.name))
    }

    /// Says whether the library lacks a signature algorithm, in the version
    /// that is pinned here. A test holds this to what it does.
    pub fn lacks(&self, algorithm: Algorithm) -> bool {
        match (self.name, algorithm.name()) {
            ("jose", "ES256K") => true,
            // From the runtime, which has it from Node.js 24.7 on.
            ("jose", "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87") => self.version < (24, 7),
            ("joserfc", "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87") => true,
            _ => false,
        }
    }

    /// Returns a key for an algorithm that the library has. The algorithms of
    /// RSA share one, which takes a while to make.
    #[track_caller]
    pub fn key(&self, algorithm: Algorithm) -> Pair {
        if algorithm.key_type() == KeyType::Rsa {
            let rsa = self.rsa.get_or_init(|| self.generate(algorithm));
            return rsa.clone();
        }
        self.generate(algorithm)
    }

    #[track_caller]
    fn generate(&self, algorithm: Algorithm) -> Pair {
        let made = self.does("generate", self.kind(algorithm));
        let side = |name| made.get(name).unwrap_or(&made).clone();
        Pair {
            private: side("private"),
            public: side("public"),
        }
    }

    /// Returns the arguments of `generate`.
    pub fn kind(&self, algorithm: Algorithm) -> Value {
        let key_type = algorithm.key_type();
        let crv = match key_type {
            KeyType::Ec(curve) => Some(curve.name()),
            KeyType::Ed25519 => Some("Ed25519"),
            _ => None,
        };
        let bits = match key_type {
            KeyType::Oct => algorithm.hash_len() * 8,
            _ => 2048,
        };
        match self.name {
            "jose" => json!({"alg": algorithm.name(), "bits": bits}),
            _ => json!({"kty": key_type.kty(), "crv": crv, "bits": bits}),
        }
    }

    /// Returns the argument `key` for the PEM of a key.
    pub fn pem(&self, algorithm: Algorithm, pem: &str) -> Value {
        json!({"pem": pem, "kty": algorithm.key_type().kty()})
    }
}
