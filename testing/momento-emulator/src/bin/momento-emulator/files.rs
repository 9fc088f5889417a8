//! The files through which the program talks to scripts: the API key, and the address.
//!
//! A file is complete when it appears. One with a secret is never readable by others, not even for a moment.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use secrecy::SecretString;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {deed} {path}: {source}; fix that, or name another file")]
pub(crate) struct FileError {
    deed: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// Who may read a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Readers {
    Owner,
    Everyone,
}

impl Readers {
    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everyone => 0o644,
        }
    }
}

/// What a file holds; `None` when there is no such file, or it is empty.
pub(crate) fn read_secret(path: &Path) -> Result<Option<SecretString>, FileError> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text.into())),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FileError { deed: "read", path: path.to_owned(), source }),
    }
}

/// What a file holds that must be there.
pub(crate) fn read_given(path: &Path) -> Result<SecretString, FileError> {
    let text = fs::read_to_string(path).map_err(|source| FileError { deed: "read", path: path.to_owned(), source })?;
    Ok(text.into())
}

/// Puts a file with one line in place.
pub(crate) fn write(path: &Path, line: &str, readers: Readers) -> Result<(), FileError> {
    let mut beside = OsString::from(path);
    beside.push(".partial");
    let put = || {
        // Left behind by a program that was killed: its mode may be another.
        let _ = fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(readers.mode()).open(&beside)?;
        writeln!(file, "{line}")?;
        fs::rename(&beside, path)
    };
    put().map_err(|source| FileError { deed: "write", path: path.to_owned(), source })
}

/// Removes a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(FileError { deed: "remove", path: path.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
