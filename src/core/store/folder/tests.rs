//! What a folder must do on every platform; the one for platforms without
//! Unix modes is run here too.

use std::fs;
use std::path::Path;

#[cfg(unix)]
use super::super::Unsafe;
use super::super::{Damage, Error};
use super::Notes;

macro_rules! tests_of {
    ($module:ident, $folder:path) => {
        mod $module {
            use super::*;
            use $folder as Folder;

            #[test]
            fn files_are_replaced_read_listed_and_removed() {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("a/b");
                let notes = Notes::default();
                assert!(Folder::open(&path, &notes).unwrap().is_none());
                let folder = Folder::create(&path, &notes).unwrap();
                assert_eq!(folder.path(), path);
                assert_eq!(folder.read("x", 10).unwrap(), None);
                for content in ["0123456789", "", "abc"] {
                    folder.replace("x", content.as_bytes()).unwrap();
                    assert_eq!(folder.read("x", 10).unwrap().unwrap(), content.as_bytes());
                }
                assert!(matches!(
                    folder.read("x", 2),
                    Err(Error::Damaged {
                        why: Damage::TooLarge,
                        ..
                    })
                ));
                folder.try_room(1_000).unwrap();
                fs::write(path.join(".tmp-y"), "").unwrap();
                assert_eq!(folder.names().unwrap(), ["x"]);
                assert!(
                    Folder::open(&path, &notes)
                        .unwrap()
                        .unwrap()
                        .remove("x")
                        .unwrap()
                );
                assert!(!folder.remove("x").unwrap());
                assert_eq!(folder.names().unwrap(), Vec::<String>::new());
            }

            #[test]
            fn a_lock_file_is_made_once() {
                let dir = tempfile::tempdir().unwrap();
                let notes = Notes::default();
                let folder = Folder::open(dir.path(), &notes).unwrap().unwrap();
                let first = folder.open_lock("l").unwrap();
                let second = folder.open_lock("l").unwrap();
                assert!(folder.is_current(&first, "l") && folder.is_current(&second, "l"));
                first.try_lock().unwrap();
                assert!(second.try_lock().is_err());
            }

            #[test]
            fn what_the_dead_left_is_swept() {
                let dir = tempfile::tempdir().unwrap();
                let notes = Notes::default();
                let folder = Folder::open(dir.path(), &notes).unwrap().unwrap();
                for name in [".tmp-x.1.1", ".tmp-probe.1.2", ".tmp-y.1.3"] {
                    fs::write(dir.path().join(name), "").unwrap();
                }
                let living = folder.open_lock(".tmp-x.2.1").unwrap();
                living.try_lock().unwrap();
                folder.sweep("x");
                assert_eq!(left(dir.path()), [".tmp-x.2.1", ".tmp-y.1.3"]);
            }

            #[cfg(unix)]
            #[test]
            fn links_and_folders_are_refused() {
                let dir = tempfile::tempdir().unwrap();
                let notes = Notes::default();
                let folder = Folder::open(dir.path(), &notes).unwrap().unwrap();
                fs::create_dir(dir.path().join("folder")).unwrap();
                std::os::unix::fs::symlink("/dev/zero", dir.path().join("link")).unwrap();
                for (name, why) in [("folder", Unsafe::NotAFile), ("link", Unsafe::SymbolicLink)] {
                    refused(folder.read(name, 10), why);
                    refused(folder.replace(name, b"x"), why);
                    refused(folder.remove(name), why);
                    refused(folder.open_lock(name), why);
                }
                let link = dir.path().join("link");
                refused(Folder::open(&link, &notes), Unsafe::SymbolicLink);
                fs::write(dir.path().join("file"), "").unwrap();
                let file = dir.path().join("file");
                refused(Folder::create(&file, &notes), Unsafe::NotAFolder);
            }
        }
    };
}

#[cfg(unix)]
tests_of!(unix, super::super::unix::Folder);
tests_of!(other, super::super::other::Folder);

fn left(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[cfg(unix)]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, expected: Unsafe) {
    match result {
        Err(Error::Unsafe { why, .. }) => assert_eq!(why, expected),
        other => panic!("{other:?}"),
    }
}

/// Notes are said once each.
#[test]
fn notes_are_taken_once() {
    let notes = Notes::default();
    notes.add("one".to_owned());
    notes.add("one".to_owned());
    assert_eq!(notes.take(), ["one"]);
    assert_eq!(notes.take(), Vec::<String>::new());
}
