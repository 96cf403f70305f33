//! How the released program is linked, where that can be better than the default.
//!
//! Half of what a short command costs is spent before `main`. Each option here
//! saves some of it, or room; none is needed, and not every linker and C
//! library knows it. So each is tried on a program of a few lines, linked as the
//! real one will be and run: what does not pass is left out, and the program is
//! linked as rustc does by itself.
//!
//! Only a release for the machine that builds is treated so: a program for
//! another machine cannot be tried here, and elsewhere nothing is gained.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What is tried, in this order.
const OPTIONS: [&str; 5] = [RELOCATIONS, UNWINDER, SECTIONS, FOLDING, STRINGS];

/// Relative relocations as a bitmap (DT_RELR), 280 kB less. The loader of glibc
/// knows it since 2.36, and what is built with a glibc asks for no older one in
/// other ways too: who builds for older systems builds on the oldest.
const RELOCATIONS: &str = "-Wl,-z,pack-relative-relocs";

/// What unwinds a panic, from the archive of the compiler (which may be part of
/// any program, by the GCC Runtime Library Exception) and not from
/// libgcc_s.so.1, which every start would look for, map and bind.
const UNWINDER: &str = "-Wl,--whole-archive,-l:libgcc_eh.a,--no-whole-archive";

/// What hardly ever runs apart from the rest, so that fewer pages are touched.
const SECTIONS: &str = "-Wl,-z,keep-text-section-prefix";

/// Functions whose code is the same are one, 70 kB less. Nothing here tells two
/// functions apart by their addresses, which Rust does not promise to differ.
const FOLDING: &str = "-Wl,--icf=all";

/// Strings that end alike are one, 4 kB less.
const STRINGS: &str = "-Wl,-O2";

/// Succeeds where it is relocated and unwinds; with an argument, where it does
/// so without libgcc_s.
const PROGRAM: &str = r#"
use std::hint::black_box;
use std::panic::{catch_unwind, resume_unwind};

static TEXTS: [&str; 3] = ["a", "b", "c"];

fn main() {
    let caught = catch_unwind(|| resume_unwind(Box::new(black_box(TEXTS)[1])));
    let unwinds = caught.unwrap_err().downcast_ref() == Some(&"b");
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let alone = std::env::args().len() == 1 || !maps.contains("libgcc_s");
    std::process::exit(i32::from(!unwinds || !alone));
}
"#;

fn main() {
    println!("cargo::rerun-if-changed=.cargo/build.rs");
    if !is_wanted() {
        return;
    }
    let mut taken: Vec<&str> = Vec::new();
    for option in OPTIONS {
        taken.push(option);
        if works(&taken).is_none() {
            taken.pop();
        }
    }
    for option in taken {
        println!("cargo::rustc-link-arg-bins={option}");
        // The least programs, with which the released one is compared.
        println!("cargo::rustc-link-arg-examples={option}");
    }
}

/// Says whether this is a release for the machine that builds it, with glibc.
fn is_wanted() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var("HOST").ok() == env::var("TARGET").ok()
        && !features.split(',').any(|feature| feature == "crt-static")
}

/// Links a program with these options and runs it; `None` where it fails.
fn works(options: &[&str]) -> Option<()> {
    let folder = PathBuf::from(env::var_os("OUT_DIR")?);
    let (source, program) = (folder.join("probe.rs"), folder.join("probe"));
    fs::write(&source, PROGRAM).ok()?;
    let mut rustc = Command::new(env::var_os("RUSTC")?);
    rustc
        .args(["--edition=2024", "--crate-name=probe"])
        .arg(&source);
    rustc.arg("-o").arg(&program);
    // As cargo calls it: the flags and the linker are those of the whole build.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut option = OsString::from("-Clinker=");
        option.push(linker);
        rustc.arg(option);
    }
    rustc.args(options.iter().map(|option| format!("-Clink-arg={option}")));
    succeeds(&mut rustc)?;
    let alone = options.contains(&UNWINDER).then_some("alone");
    succeeds(Command::new(program).args(alone))
}

fn succeeds(command: &mut Command) -> Option<()> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let status = command.stderr(Stdio::null()).status().ok()?;
    status.success().then_some(())
}
