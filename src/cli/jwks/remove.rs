//! `authctl jwks remove`: keys out of a set.

use std::path::PathBuf;

use authctl::core::error::Error;
use authctl::core::jose::key_set::{Phase, Rotation, SetDocument, edit, is_for_signatures};
use authctl::core::time::Timestamp;
use serde_json::json;

use super::set_file::SetFile;
use crate::cli::context::Context;
use crate::cli::output::OutputArg;
use crate::cli::render::{counted, escape};

/// Remove keys from a set
///
/// What they signed stops verifying wherever the set is deployed; `authctl
/// jwks rotate` removes a key when nothing that it signed lives any more.
///
/// Example: `authctl jwks remove jwks.json 2024-key`
#[derive(clap::Args, Debug)]
pub struct RemoveArgs {
    /// File of the set
    #[arg(value_name = "SET")]
    set: PathBuf,

    /// Keys, by kid or thumbprint
    #[arg(value_name = "KID", required = true)]
    kids: Vec<String>,

    /// Remove the key too that signs now
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    output: OutputArg,
}

/// Finds the keys and takes them out.
pub fn run(cx: &Context, args: &RemoveArgs) -> Result<(), Error> {
    let file = SetFile::lock(cx, &args.set)?;
    let mut set = file.read()?.ok_or_else(|| absent(&file))?;
    let rotation = Rotation::of(&set, cx.now());
    let mut gone: Vec<usize> = Vec::new();
    let mut removed = Vec::new();
    let mut warnings = Vec::new();
    for kid in &args.kids {
        let found = edit::find(&set, kid).map_err(|error| {
            Error::from(error).during_with_hint(
                format!("cannot edit `{}`", file.name()),
                "`authctl jwks list` shows the keys",
            )
        })?;
        // Where none does, the next run lets the upcoming one.
        let signing = rotation.signing().or_else(|| rotation.upcoming());
        let signs = signing.is_some_and(|slot| found.contains(&slot.index));
        if signs && !args.force {
            return Err(Error::usage(
                format!("the key `{kid}` is the one that signs now"),
                "let another take its place first with `authctl jwks rotate`, or remove it all the same with --force",
            ));
        }
        // Named twice, perhaps by kid and by thumbprint.
        if found.iter().all(|index| gone.contains(index)) {
            continue;
        }
        let missed = |index: &usize| may_be_missed(&set, &rotation, *index, cx.now());
        if found.iter().any(missed) {
            warnings.push(format!(
                "tokens that `{kid}` signed stop verifying where this set is deployed"
            ));
        }
        gone.extend(found);
        removed.push(kid);
    }
    set.remove(&gone);
    file.write(&set)?;
    for warning in &warnings {
        cx.render.warning(warning);
    }
    let count = set.entries().len();
    if args.output.is_json(cx) {
        return cx.render.json(&json!({
            "set": file.name(),
            "removed": removed,
            "count": count,
            "warnings": warnings,
        }));
    }
    let mut text = String::new();
    for kid in removed {
        text.push_str(&format!("removed   {}\n", escape(kid)));
    }
    text.push_str(&format!(
        "set       {}  {}\n",
        escape(file.name()),
        counted(count, "key", "keys")
    ));
    cx.render.text(&text)
}

/// Says whether tokens by a key may live: not if it is for something else, has
/// never signed, or has retired.
fn may_be_missed(set: &SetDocument, rotation: &Rotation, index: usize, now: Timestamp) -> bool {
    let slot = rotation.slots().iter().find(|slot| slot.index == index);
    match slot.map(|slot| (slot.phase, slot.ends)) {
        Some((Phase::Upcoming, _)) => false,
        Some((Phase::Retiring, ends)) => ends.is_none_or(|ends| ends > now),
        Some((Phase::Signing, _)) => true,
        None => set.entries()[index]
            .members()
            .is_some_and(is_for_signatures),
    }
}

fn absent(file: &SetFile) -> Error {
    Error::input(
        format!("there is no set `{}`", file.name()),
        "check the path",
    )
}
