//! Files that belong together, written all or none.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use authctl::core::error::Error;
use authctl::core::replace::folder_of;
use authctl::core::secret::SecretBytes;
use tempfile::{Builder, NamedTempFile};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone, whatever the umask.
    Owner,
    /// Whoever the umask lets.
    All,
}

/// A file to be.
pub struct File {
    /// Where.
    pub path: PathBuf,
    /// What is in it.
    pub content: SecretBytes,
    /// Who may read it.
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "the folder's access list decides")
    )]
    pub readers: Readers,
}

/// Refuses to go on where one of the files is there already.
///
/// # Errors
///
/// Exit 2.
pub fn refuse_existing<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), Error> {
    match paths
        .into_iter()
        // A dangling link is there too.
        .find(|path| path.symlink_metadata().is_ok())
    {
        Some(path) => Err(exists(path)),
        None => Ok(()),
    }
}

/// Writes the files, which are in one folder. Each is written in full beside
/// its place before any takes its place; the last steps only give names. With
/// `replace`, files that are there are replaced, otherwise nothing is written
/// where one of them is.
///
/// # Errors
///
/// Exit 2 for a file that is there, exit 8 when the folder cannot be written
/// to or the disk is full; nothing that was made here is left then.
pub fn write(files: &[File], replace: bool) -> Result<(), Error> {
    write_by(files, replace, ".authctl-")
}

/// As [`write`], by temporary files whose names begin with `prefix`: who holds
/// a lock can have those of its own, to be swept by the next holder.
///
/// # Errors
///
/// As [`write`].
pub fn write_by(files: &[File], replace: bool, prefix: &str) -> Result<(), Error> {
    if !replace {
        refuse_existing(files.iter().map(|file| file.path.as_path()))?;
    }
    let written = files
        .iter()
        .map(|file| beside(file, prefix).map_err(|source| cannot_write(&file.path, source)))
        .collect::<Result<Vec<_>, _>>()?;
    let mut named: Vec<&Path> = Vec::new();
    for (file, temporary) in files.iter().zip(written) {
        let done = match replace {
            true => temporary.persist(&file.path),
            false => temporary.persist_noclobber(&file.path),
        };
        match done {
            Ok(_) => named.push(&file.path),
            Err(error) => {
                // Somebody made the file meanwhile, or it is a folder.
                if !replace {
                    for path in named {
                        let _ = std::fs::remove_file(path);
                    }
                }
                return Err(match error.error.kind() {
                    std::io::ErrorKind::AlreadyExists => exists(&file.path),
                    _ => cannot_write(&file.path, error.error),
                });
            }
        }
    }
    if let Some(file) = files.first() {
        // The names are durable when the folder is; not all systems can do it.
        let _ = std::fs::File::open(folder_of(&file.path)).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Returns the path with more at the end of its name.
pub fn suffixed(prefix: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(prefix);
    path.push(suffix);
    path.into()
}

fn beside(file: &File, prefix: &str) -> std::io::Result<NamedTempFile> {
    // A rename would fail on a folder after others had taken their places.
    if file.path.is_dir() {
        return Err(std::io::ErrorKind::IsADirectory.into());
    }
    // Nor may it take the place of a device, a pipe or a socket, also where a
    // link leads to one: `/dev/stdout` is such a link.
    if file.path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "it is no regular file",
        ));
    }
    let mut builder = Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = match file.readers {
            Readers::Owner => 0o600,
            Readers::All => 0o644,
        };
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let mut temporary = builder.tempfile_in(folder_of(&file.path))?;
    temporary.write_all(file.content.expose())?;
    #[cfg(unix)]
    if file.readers == Readers::Owner {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask may have taken from it, never added.
        let mode = std::fs::Permissions::from_mode(0o600);
        temporary.as_file().set_permissions(mode)?;
    }
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn exists(path: &Path) -> Error {
    if path.is_dir() {
        return Error::usage(
            format!("`{}` is a folder", path.display()),
            "name a file in it, or another one, with `--out`",
        );
    }
    Error::usage(
        format!("`{}` is there already", path.display()),
        "replace it with --force, or choose another name with `--out`",
    )
}

fn cannot_write(path: &Path, source: std::io::Error) -> Error {
    let kind = source.kind();
    let source = match kind {
        std::io::ErrorKind::NotFound => std::io::Error::new(kind, "its folder is not there"),
        // With the name of the temporary file in it, which tells nobody anything.
        _ if source.get_ref().is_some() && kind != std::io::ErrorKind::InvalidInput => kind.into(),
        _ => source,
    };
    Error::Input {
        what: format!("cannot write `{}`", path.display()),
        hint: Some(format!(
            "check that `{}` is a folder that can be written to",
            folder_of(path).display()
        )),
        source: Some(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use authctl::core::error::{Exit, Report as _};

    fn set(folder: &Path) -> [File; 2] {
        ["a", "b"].map(|name| File {
            path: folder.join(name),
            content: SecretBytes::new(name),
            readers: Readers::Owner,
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn j57_all_or_none_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let files = set(folder.path());
        std::fs::write(&files[1].path, "old").unwrap();
        let error = write(&files, false).unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        assert_eq!(names(folder.path()), ["b"]);
        assert_eq!(std::fs::read_to_string(&files[1].path).unwrap(), "old");

        write(&files, true).unwrap();
        assert_eq!(names(folder.path()), ["a", "b"]);
        assert_eq!(std::fs::read_to_string(&files[1].path).unwrap(), "b");
    }

    #[test]
    fn a_folder_in_the_way_leaves_nothing_half_done() {
        let folder = tempfile::tempdir().unwrap();
        let files = set(folder.path());
        std::fs::create_dir(&files[1].path).unwrap();
        let error = write(&files, true).unwrap_err();
        assert_eq!(error.exit(), Exit::Config);
        assert_eq!(names(folder.path()), ["b"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_regular_file_is_never_replaced() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().unwrap();
        let files = set(folder.path());
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        std::os::unix::fs::symlink(&pipe, &files[1].path).unwrap();
        let error = write(&files, true).unwrap_err();
        assert_eq!(error.exit(), Exit::Config);
        assert_eq!(names(folder.path()), ["b", "pipe"]);
        let found = files[1].path.metadata().unwrap().file_type();
        assert!(found.is_fifo());
    }
}
