//! The shape of an answer, where it is for a person or for a program.

use super::context::Context;

/// `-o human|json`.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct OutputArg {
    /// Shape of the answer
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For a person
    Human,
    /// For a program
    Json,
}

/// Returns the shape that was typed, else `json` under `--json`, else `usual`.
pub fn chosen<F>(cx: &Context, typed: Option<F>, json: F, usual: F) -> F {
    typed.unwrap_or(if cx.json { json } else { usual })
}

impl OutputArg {
    /// Says whether the answer is to be JSON; what is asked for here wins over
    /// a `--json`.
    pub fn is_json(self, cx: &Context) -> bool {
        self.output.map_or(cx.json, |format| format == Format::Json)
    }
}
