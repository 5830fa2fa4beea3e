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
/// When the folder does not exist or cannot be written to, the disk is full, or something that is
/// not an ordinary file (a folder, a device) has this name.
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
    // What a link points to is replaced, not the link.
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let existing = fs::metadata(&target).ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not an ordinary file"));
    }
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(target.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    ordinary_permissions(&mut builder);
    let mut temporary = builder.tempfile_in(folder)?;
    if let Some(existing) = existing {
        temporary.as_file().set_permissions(existing.permissions())?;
    }
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|error| error.error)?;
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

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay_and_devices_are_left_alone() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a.json"), folder.path().join("link.json"));
        save(&file, b"old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.json", &link).unwrap();
        save(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        let device = folder.path().join("device");
        symlink("/dev/null", &device).unwrap();
        assert!(save(&device, b"x").is_err());
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nowhere/a.json");
        assert!(save(&file, b"x").unwrap_err().to_string().contains("nowhere"));
    }
}
