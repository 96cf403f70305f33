//! The key of the file store: where it is read from, and which key files are
//! too open to be trusted.

use std::fs::File;
use std::path::Path;

use authctl::core::config::{Found, SecretRef, Setting, Settings, Source};
use authctl::core::error::Error;
use authctl::core::secret::SecretBytes;
#[cfg(unix)]
use authctl::core::store;
use authctl::core::store::FileKey;

use super::context::Context;
use super::secrets::{MAX_SECRET, read_judged, text_of};

/// Where the key is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// 32 octets.
    Key(SecretRef),
    /// A passphrase.
    Passphrase(SecretRef),
}

/// Says what to do to have this key not given, as a clause.
pub fn instead_of(found: &Found<KeySource>) -> String {
    let setting = match found.value {
        KeySource::Key(_) => Setting::StoreKey,
        KeySource::Passphrase(_) => Setting::StorePassphrase,
    };
    match &found.source {
        Source::Environment(variable) => format!("unset {variable}"),
        Source::Profile(profile) => format!("unset `{}` of profile `{profile}`", setting.key()),
        Source::Flag | Source::Metadata | Source::Default => {
            format!("leave out `{}`", setting.flag())
        }
    }
}

impl Context {
    /// Returns where the key of the file store is to be read from: what a flag
    /// says wins over the environment, and that over the profile; within one
    /// of them a key wins over a passphrase.
    ///
    /// # Errors
    ///
    /// A profile that holds something else than a reference.
    pub fn key_source(&self, settings: &Settings) -> Result<Option<Found<KeySource>>, Error> {
        let of = |setting, into: fn(SecretRef) -> KeySource| -> Result<_, Error> {
            let found = settings.reference(setting)?;
            Ok(found.map(|found| Found {
                value: into(found.value),
                source: found.source,
            }))
        };
        let in_file = self.env.raw(KEY_FILE).map(|path| Found {
            value: KeySource::Key(SecretRef::File(path.into())),
            source: Source::Environment(KEY_FILE),
        });
        let all = [
            of(Setting::StoreKey, KeySource::Key)?,
            in_file,
            of(Setting::StorePassphrase, KeySource::Passphrase)?,
        ];
        // The first of those whose source is equally near.
        Ok(all
            .into_iter()
            .flatten()
            .min_by_key(|found| match found.source {
                Source::Flag => 0,
                Source::Environment(_) => 1,
                Source::Profile(_) | Source::Metadata | Source::Default => 2,
            }))
    }

    /// Returns the key of the file store, `None` where nothing refers to one.
    ///
    /// # Errors
    ///
    /// Those of [`Context::key_source`] and [`Context::read_key`].
    pub fn file_key(&self, settings: &Settings) -> Result<Option<FileKey>, Error> {
        match self.key_source(settings)? {
            Some(found) => self.read_key(&found.value).map(Some),
            None => Ok(None),
        }
    }

    /// Reads the key of the file store.
    ///
    /// # Errors
    ///
    /// Those of [`Context::secret`]; [`store::Error::FileKeyMalformed`] for
    /// what is no key; [`store::Error::KeyFileExposed`].
    pub fn read_key(&self, source: &KeySource) -> Result<FileKey, Error> {
        match source {
            KeySource::Key(reference) => {
                let octets = match reference {
                    SecretRef::File(path) => self.read_key_file(path)?,
                    other => self.secret_bytes(other, "Key of the token store", INSTEAD)?,
                };
                let key = FileKey::parse(octets.expose());
                Ok(match (key, reference) {
                    // The first line of its output, as `cmd:` promises; a key
                    // of 32 octets may hold a line feed.
                    (Err(_), SecretRef::Command(_)) => {
                        let mut lines = octets.expose().split(|octet| *octet == b'\n');
                        FileKey::parse(lines.next().unwrap_or_default())
                    }
                    (key, _) => key,
                }?)
            }
            KeySource::Passphrase(reference) => match reference {
                SecretRef::File(path) => text_of(reference, &self.read_key_file(path)?),
                other => self.secret(other, "Passphrase of the token store", INSTEAD),
            }
            .map(FileKey::Passphrase),
        }
    }

    /// Reads a file with a key in it, unless it is open to others.
    fn read_key_file(&self, path: &Path) -> Result<SecretBytes, Error> {
        read_judged(path, MAX_SECRET, |file| self.refuse_exposed(path, file))
    }

    #[cfg(unix)]
    fn refuse_exposed(&self, path: &Path, file: &File) -> Result<(), Error> {
        use std::os::unix::fs::MetadataExt as _;

        // What cannot be examined cannot be read either.
        let Ok(found) = file.metadata() else {
            return Ok(());
        };
        let mode = found.mode() & 0o7777;
        let is_ours = found.uid() == rustix::process::geteuid().as_raw();
        let is_read_only = rustix::fs::fstatvfs(file)
            .is_ok_and(|of| of.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY));
        match exposure(found.is_file(), is_ours, mode, is_read_only) {
            Exposure::None => Ok(()),
            Exposure::Mounted => {
                self.render.note(&format!(
                    "others can read the key file `{}` (mode {mode:04o}); \
                     its mount is read-only, so it is used all the same",
                    path.display()
                ));
                Ok(())
            }
            Exposure::Refused => Err(store::Error::KeyFileExposed {
                path: path.to_owned(),
                mode,
            }
            .into()),
        }
    }

    #[cfg(not(unix))]
    fn refuse_exposed(&self, _: &Path, _: &File) -> Result<(), Error> {
        Ok(())
    }
}

/// How a key file is open to others.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    None,
    /// By the mode that a mounted secret has, which is not the user's to
    /// choose.
    Mounted,
    Refused,
}

/// The rule of ssh for private keys: one that is ours must be ours alone, for
/// a mode is then ours to mend. Files of others, such as secrets that are
/// mounted for a group, are as their owner made them; only what everybody can
/// change is no key.
#[cfg(unix)]
fn exposure(is_file: bool, is_ours: bool, mode: u32, is_read_only: bool) -> Exposure {
    // A pipe, as of `<(pass show key)`, has no mode that matters.
    if !is_file {
        return Exposure::None;
    }
    match (is_ours, is_read_only) {
        (true, true) if mode & 0o077 != 0 => Exposure::Mounted,
        (true, false) if mode & 0o077 != 0 => Exposure::Refused,
        (false, false) if mode & 0o002 != 0 => Exposure::Refused,
        _ => Exposure::None,
    }
}

/// The variable that names the file with the key; it goes without a setting.
pub const KEY_FILE: &str = "AUTHCTL_STORE_KEY_FILE";
const INSTEAD: &str = "set AUTHCTL_STORE_PASSPHRASE, or refer to one with \
     `--store-passphrase env:NAME` or `file:PATH`";

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// S11: as ssh has it, and for secrets that are mounted.
    #[test]
    fn s11_a_key_file_of_ours_must_be_ours_alone() {
        for (mode, expected) in [
            (0o600, Exposure::None),
            (0o400, Exposure::None),
            (0o640, Exposure::Refused),
            (0o604, Exposure::Refused),
            (0o620, Exposure::Refused),
            (0o777, Exposure::Refused),
        ] {
            assert_eq!(exposure(true, true, mode, false), expected, "{mode:o}");
        }
        // Mounted by an orchestrator, for root or for a group.
        assert_eq!(exposure(true, true, 0o444, true), Exposure::Mounted);
        assert_eq!(exposure(true, false, 0o444, true), Exposure::None);
        assert_eq!(exposure(true, false, 0o640, false), Exposure::None);
        assert_eq!(exposure(true, false, 0o644, false), Exposure::None);
        assert_eq!(exposure(true, false, 0o666, false), Exposure::Refused);
        // A pipe.
        assert_eq!(exposure(false, true, 0o644, false), Exposure::None);
    }
}
