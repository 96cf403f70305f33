//! The folder on Unix: `openat` and its kin, relative to one descriptor.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use rustix::process::{Resource, geteuid, getrlimit};

use super::super::{Damage, Error, Unsafe};
use super::{Notes, PROBE, Step, TEMPORARY_PREFIX, at, is_temporary_of, temporary_name};

/// A folder that only its owner can enter.
#[derive(Debug)]
pub(in super::super) struct Folder<'a> {
    fd: OwnedFd,
    path: PathBuf,
    notes: &'a Notes,
}

impl<'a> Folder<'a> {
    /// Opens the folder, `None` if there is none. One that others can change
    /// is refused, as ssh does: they may have put something there. One that
    /// they can only look into is tightened, and noted.
    pub(in super::super) fn open(path: &Path, notes: &'a Notes) -> Result<Option<Self>, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            // Linux says ENOTDIR of a symbolic link too, others ELOOP.
            Err(errno @ (Errno::NOTDIR | Errno::LOOP | Errno::MLINK)) => {
                let found = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW);
                let is =
                    |kind| found.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == kind);
                let why = if is(FileType::Symlink) {
                    Unsafe::SymbolicLink
                } else if is(FileType::Directory) || found.is_err() {
                    // Not this one but one above it is no folder.
                    return Err(Error::io("open", path, errno.into()));
                } else {
                    Unsafe::NotAFolder
                };
                return Err(not_safe(path, why));
            }
            Err(errno) => return Err(Error::io("open", path, errno.into())),
        };
        let stat =
            rustix::fs::fstat(&fd).map_err(|errno| Error::io("examine", path, errno.into()))?;
        check_owner(path, &stat)?;
        check_mode(path, &stat, 0o022, 0o700)?;
        if loose(&stat) {
            rustix::fs::fchmod(&fd, Mode::RWXU)
                .map_err(|errno| Error::io("tighten the mode of", path, errno.into()))?;
            notes.add(tightened("look into", path, &stat, 0o700));
        }
        Ok(Some(Self {
            fd,
            path: path.to_owned(),
            notes,
        }))
    }

    /// Opens the folder, and makes it, with those above it, where it is not.
    pub(in super::super) fn create(path: &Path, notes: &'a Notes) -> Result<Self, Error> {
        if let Some(folder) = Self::open(path, notes)? {
            return Ok(folder);
        }
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        match made {
            Ok(()) => {}
            // Another process was quicker; or there is something else, which
            // the second look will tell.
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return Err(Error::io("make", path, source)),
        }
        // Without this a power cut could lose the folder with all in it.
        if let Some(parent) = path.parent().and_then(|parent| File::open(parent).ok()) {
            let _ = parent.sync_all();
        }
        Self::open(path, notes)?
            .ok_or_else(|| Error::io("make", path, io::ErrorKind::NotFound.into()))
    }

    /// Returns the path of the folder.
    pub(in super::super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a file whole, `None` if there is none.
    pub(in super::super) fn read(
        &self,
        name: &str,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(self.not_opened(name, errno)),
        };
        let stat = self.checked(name, &fd)?;
        // What was readable has been read, for all that is known.
        check_mode(&self.at(name), &stat, 0o077, 0o600)?;
        let length = usize::try_from(stat.st_size).unwrap_or(usize::MAX);
        if length > limit {
            return Err(Error::Damaged {
                place: self.at(name).display().to_string(),
                why: Damage::TooLarge,
            });
        }
        // Files are replaced and never changed, so their length stands, and
        // one read does.
        let mut octets = vec![0; length];
        File::from(fd)
            .read_exact(&mut octets)
            .map_err(|source| Error::io("read", self.at(name), source))?;
        Ok(Some(octets))
    }

    /// Puts a file of these octets in the place of the one there is, durably:
    /// after a crash at any instant it is the old one or the new one.
    pub(in super::super) fn replace(&self, name: &str, octets: &[u8]) -> Result<(), Error> {
        // What is not a plain file of ours is not replaced either: someone
        // put it there on purpose.
        self.examine(name)?;
        let (temporary, file) = self.write_temporary(name, octets)?;
        let renamed = at(Step::Rename)
            .and_then(|()| Ok(rustix::fs::renameat(&self.fd, &temporary, &self.fd, name)?));
        // Held until here, so that no sweep takes it for a dead process's.
        drop(file);
        if let Err(source) = renamed {
            self.drop_temporary(&temporary);
            return Err(Error::io("replace", self.at(name), source));
        }
        self.sync()
    }

    /// Tries whether a file of `length` octets could be written.
    pub(in super::super) fn try_room(&self, length: usize) -> Result<(), Error> {
        let (temporary, _) = self.write_temporary(PROBE, &vec![0; length])?;
        self.drop_temporary(&temporary);
        Ok(())
    }

    /// Removes a file durably; says whether there was one.
    pub(in super::super) fn remove(&self, name: &str) -> Result<bool, Error> {
        if !self.examine(name)? {
            return Ok(false);
        }
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) => self.sync().map(|()| true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(Error::io("remove", self.at(name), errno.into())),
        }
    }

    /// Opens a lock file, made empty where it is not.
    pub(in super::super) fn open_lock(&self, name: &str) -> Result<File, Error> {
        let flags = OFlags::RDWR
            | OFlags::CREATE
            | OFlags::NOFOLLOW
            | OFlags::NONBLOCK
            | OFlags::NOCTTY
            | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| self.not_opened(name, errno))?;
        let stat = self.checked(name, &fd)?;
        // Made under a umask that spares not even the owner; or open to
        // others, who find nothing in it but could hold the lock.
        if stat.st_mode & 0o777 != 0o600 {
            rustix::fs::fchmod(&fd, Mode::RUSR | Mode::WUSR)
                .map_err(|errno| Error::io("set the mode of", self.at(name), errno.into()))?;
        }
        if loose(&stat) {
            let path = self.at(name);
            self.notes.add(tightened("hold", &path, &stat, 0o600));
        }
        Ok(File::from(fd))
    }

    /// Says whether the open file is still the one of that name.
    pub(in super::super) fn is_current(&self, file: &File, name: &str) -> bool {
        let here = rustix::fs::fstat(file);
        let there = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW);
        matches!((here, there), (Ok(here), Ok(there))
            if here.st_ino == there.st_ino && here.st_dev == there.st_dev)
    }

    /// Returns the names of the files, temporary ones left out.
    pub(in super::super) fn names(&self) -> Result<Vec<String>, Error> {
        let mut names = self.all_names()?;
        names.retain(|name| !name.starts_with(TEMPORARY_PREFIX));
        Ok(names)
    }

    /// Removes the temporary files that processes left which died while
    /// saving `name`. The caller is the only one who may save it now; those
    /// of others, who may be at it, are not looked at.
    pub(in super::super) fn sweep(&self, name: &str) {
        let names = self.all_names().unwrap_or_default();
        for name in names.iter().filter(|found| is_temporary_of(found, name)) {
            // The writer holds a lock on its file, which ends with it.
            let dead = self
                .open_lock(name)
                .is_ok_and(|file| file.try_lock().is_ok());
            if dead {
                self.drop_temporary(name);
            }
        }
    }

    fn all_names(&self) -> Result<Vec<String>, Error> {
        let listed = || -> Result<Vec<String>, Errno> {
            let mut names = Vec::new();
            for entry in Dir::read_from(&self.fd)? {
                // A name that is no UTF-8 is not one of ours.
                match entry?.file_name().to_str() {
                    Ok("." | "..") | Err(_) => {}
                    Ok(name) => names.push(name.to_owned()),
                }
            }
            Ok(names)
        };
        listed().map_err(|errno| Error::io("list", &self.path, errno.into()))
    }

    /// Writes a temporary file through to the disk; it is gone on an error.
    fn write_temporary(&self, name: &str, octets: &[u8]) -> Result<(String, File), Error> {
        let failed = |doing, source| Error::io(doing, &self.path, source);
        // Beyond the limit the kernel would not only refuse but kill.
        if getrlimit(Resource::Fsize)
            .current
            .is_some_and(|limit| limit < octets.len() as u64)
        {
            return Err(failed("write to", io::ErrorKind::FileTooLarge.into()));
        }
        let (temporary, fd) = self
            .create_temporary(name)
            .map_err(|source| failed("write to", source))?;
        let mut file = File::from(fd);
        let written = file
            .try_lock()
            .map_err(io::Error::from)
            // The mode of `open` is cut by the umask, this one is not.
            .and_then(|()| Ok(rustix::fs::fchmod(&file, Mode::RUSR | Mode::WUSR)?))
            .and_then(|()| at(Step::Write))
            .and_then(|()| file.write_all(octets))
            .and_then(|()| at(Step::SyncFile))
            .and_then(|()| file.sync_all());
        match written {
            Ok(()) => Ok((temporary, file)),
            Err(source) => {
                self.drop_temporary(&temporary);
                Err(failed("write to", source))
            }
        }
    }

    fn create_temporary(&self, name: &str) -> io::Result<(String, OwnedFd)> {
        at(Step::Create)?;
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let temporary = temporary_name(name);
            match rustix::fs::openat(&self.fd, &temporary, flags, Mode::RUSR | Mode::WUSR) {
                Ok(fd) => return Ok((temporary, fd)),
                // Left by a dead process whose number has come round again.
                Err(Errno::EXIST) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    fn drop_temporary(&self, temporary: &str) {
        let _ = rustix::fs::unlinkat(&self.fd, temporary, AtFlags::empty());
    }

    fn sync(&self) -> Result<(), Error> {
        at(Step::SyncFolder)
            .and_then(|()| Ok(rustix::fs::fsync(&self.fd)?))
            .map_err(|source| Error::io("flush", &self.path, source))
    }

    /// Looks at a name without opening it: whether it is there and a plain
    /// file of ours.
    fn examine(&self, name: &str) -> Result<bool, Error> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => check_file(&self.at(name), &stat).map(|()| true),
            Err(Errno::NOENT) => Ok(false),
            Err(errno) => Err(Error::io("examine", self.at(name), errno.into())),
        }
    }

    /// Looks at an open file.
    fn checked(&self, name: &str, fd: &OwnedFd) -> Result<Stat, Error> {
        let stat = rustix::fs::fstat(fd)
            .map_err(|errno| Error::io("examine", self.at(name), errno.into()))?;
        check_file(&self.at(name), &stat)?;
        Ok(stat)
    }

    /// Says why a file did not open: some kinds are refused by `open` itself.
    fn not_opened(&self, name: &str, errno: Errno) -> Error {
        match self.examine(name) {
            Err(error @ Error::Unsafe { .. }) => error,
            _ => Error::io("open", self.at(name), errno.into()),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn check_file(path: &Path, stat: &Stat) -> Result<(), Error> {
    let why = match FileType::from_raw_mode(stat.st_mode) {
        FileType::Symlink => Unsafe::SymbolicLink,
        // No link at all: it was removed since it was opened.
        FileType::RegularFile if stat.st_nlink > 1 => Unsafe::HardLink,
        FileType::RegularFile => return check_owner(path, stat),
        _ => Unsafe::NotAFile,
    };
    Err(not_safe(path, why))
}

fn check_owner(path: &Path, stat: &Stat) -> Result<(), Error> {
    if stat.st_uid == geteuid().as_raw() {
        return Ok(());
    }
    Err(not_safe(path, Unsafe::Owner { uid: stat.st_uid }))
}

fn not_safe(path: &Path, why: Unsafe) -> Error {
    Error::Unsafe {
        path: path.to_owned(),
        why,
    }
}

fn loose(stat: &Stat) -> bool {
    stat.st_mode & 0o077 != 0
}

fn tightened(could: &str, path: &Path, stat: &Stat, now: u32) -> String {
    format!(
        "others could {could} {}: its mode was {:04o} and is now {now:04o}",
        path.display(),
        stat.st_mode & 0o7777
    )
}

fn check_mode(path: &Path, stat: &Stat, refused: u32, at_most: u32) -> Result<(), Error> {
    #[allow(clippy::unnecessary_cast, reason = "it has 16 bits on some platforms")]
    let mode = stat.st_mode as u32 & 0o7777;
    if mode & refused != 0 {
        return Err(not_safe(path, Unsafe::Open { mode, at_most }));
    }
    Ok(())
}
