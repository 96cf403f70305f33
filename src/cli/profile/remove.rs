//! `authctl profile remove`.

use authctl::core::error::Error;

use super::super::context::Context;
use super::must_be_in;

/// Remove a profile's settings
///
/// Its session stays in the token store; `authctl logout` ends that.
#[derive(clap::Args, Debug)]
pub struct RemoveArgs {
    /// Profile
    #[arg(value_name = "NAME")]
    name: String,
}

/// Removes them.
pub fn run(cx: &Context, args: &RemoveArgs) -> Result<(), Error> {
    let name = &args.name;
    must_be_in(cx.config()?, name)?;
    cx.edit_config(|config| {
        must_be_in(config, name)?;
        config.remove_profile(name);
        Ok(())
    })?;
    cx.render.note(&format!(
        "removed profile `{name}`; a session of it stays until `authctl logout`"
    ));
    Ok(())
}
