//! `authctl profile use`.

use authctl::core::error::Error;

use super::super::context::Context;
use super::must_be_in;

/// Use a profile when none is named
#[derive(clap::Args, Debug)]
pub struct UseArgs {
    /// Profile
    #[arg(value_name = "NAME")]
    name: String,
}

/// Makes it the default.
pub fn run(cx: &Context, args: &UseArgs) -> Result<(), Error> {
    let name = &args.name;
    must_be_in(cx.config()?, name)?;
    cx.edit_config(|config| {
        must_be_in(config, name)?;
        config.use_profile(name);
        Ok(())
    })?;
    cx.render
        .note(&format!("profile `{name}` is now used when none is named"));
    Ok(())
}
