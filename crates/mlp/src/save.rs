//! Writing files so that an existing one is never lost: the new content goes to a temporary file
//! in the same folder, is forced to disk, and takes the place of the old file in one step.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file or folder could not be written. What stood there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be written (what stood there before is untouched)", path.display())]
pub struct SaveError {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason of the operating system.
    pub source: io::Error,
}

/// Writes `content` to `file`; on failure the file keeps what it had.
///
/// # Errors
/// When the folder does not exist, cannot be written to, or the disk is full.
pub fn save(file: &Path, content: &[u8]) -> Result<(), SaveError> {
    replace(file, content).map_err(|source| SaveError { path: file.to_owned(), source })
}

/// Creates `folder` with its parents.
///
/// # Errors
/// When it cannot be created, or a file of this name is in the way.
pub fn create_folder(folder: &Path) -> Result<(), SaveError> {
    fs::create_dir_all(folder).map_err(|source| SaveError { path: folder.to_owned(), source })
}

fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(file.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    ordinary_permissions(&mut builder);
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Temporary files are private by default; ours becomes an ordinary file (the umask applies).
#[cfg(unix)]
fn ordinary_permissions(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn ordinary_permissions(_: &mut tempfile::Builder<'_, '_>) {}

/// The new name is on disk only when the folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_replaced_and_nothing_else_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        save(&file, b"old").unwrap();
        save(&file, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = folder.path().join("a.json");
        fs::create_dir(&occupied).unwrap();
        fs::write(occupied.join("kept"), "kept").unwrap();
        let error = save(&occupied, b"new").unwrap_err().to_string();
        assert!(error.contains("a.json") && error.contains("untouched"), "{error}");
        assert_eq!(fs::read(occupied.join("kept")).unwrap(), b"kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nowhere/a.json");
        assert!(save(&file, b"x").unwrap_err().to_string().contains("nowhere"));
    }
}
