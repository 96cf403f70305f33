//! `authctl help`: a command's help, or a topic.

use authctl::core::error::{EXIT_CODES, Error};

use super::context::Context;

/// Show the help of a command, or of a topic
///
/// The topic `exit-codes` prints the table of exit codes.
#[derive(clap::Args, Debug)]
pub struct HelpArgs {
    /// Command, with its subcommand, or `exit-codes`
    #[arg(value_name = "COMMAND|TOPIC")]
    topic: Vec<String>,
}

/// Prints what was asked for.
pub fn run(cx: &Context, args: &HelpArgs) -> Result<(), Error> {
    if args.topic == ["exit-codes"] {
        return cx.render.text(&exit_codes());
    }
    let mut tree = super::tree();
    tree.build();
    let mut command = &mut tree;
    for name in &args.topic {
        command = command.find_subcommand_mut(name).ok_or_else(|| {
            Error::usage(
                format!("there is no command or topic `{}`", args.topic.join(" ")),
                "see `authctl --help`; the topic is `exit-codes`",
            )
        })?;
    }
    let help = command.render_long_help().to_string();
    cx.render.text(&help)
}

fn exit_codes() -> String {
    let mut text = String::from("Exit codes of authctl:\n\n");
    for row in &EXIT_CODES {
        text.push_str(&format!("{:>5}  {}\n", row.exit as u8, row.meaning));
        if !row.typical.is_empty() {
            text.push_str(&format!("       e.g. {}\n", row.typical));
        }
    }
    text
}
