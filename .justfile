# Short names for what is done often. CI runs .ci/run, which needs no just.

# What CI runs, all of it
ci:
    bash .ci/run

# Format, lint and test
check:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings
    cargo test --locked

# Licences, bans, sources and advisories of the dependencies
deny:
    cargo deny --locked --config .deny.toml check

# Against foreign software: on Node, Python and OpenSSL, and a keychain session of its own
interop *FILTER:
    npm ci --prefix tests/interop/oidc-provider --no-audit --no-fund
    npm ci --prefix tests/interop/jose --no-audit --no-fund
    .ci/joserfc
    CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}" RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" \
        bash tests/interop/keyring-session.sh cargo test --locked --test interop {{FILTER}}

# Each fuzz target for some seconds, or those named; wants cargo-fuzz and a nightly toolchain
fuzz SECONDS="60" *TARGETS:
    .ci/fuzz {{SECONDS}} {{TARGETS}}

# Processor time against least programs and other tools; see tests/bench/README.md
bench *ARGUMENTS:
    cargo build --release --locked
    cargo build --release --locked --features bench --examples
    target/release/examples/bench {{ARGUMENTS}}

# Write the shell completions anew
completions:
    cargo run --quiet --locked -- completions bash > completions/authctl.bash
    cargo run --quiet --locked -- completions zsh > completions/_authctl
    cargo run --quiet --locked -- completions fish > completions/authctl.fish
    cargo run --quiet --locked -- completions powershell > completions/_authctl.ps1
    cargo run --quiet --locked -- completions elvish > completions/authctl.elv
