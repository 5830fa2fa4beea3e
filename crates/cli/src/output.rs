//! Writing to stdout and stderr without a panic when the reader goes away.

use std::io::{self, Write};

use anyhow::Error;

/// Writes text and a line end to stdout.
pub fn line(text: impl AsRef<str>) -> io::Result<()> {
    writeln!(io::stdout(), "{}", text.as_ref())
}

/// Whether an error is only that nobody reads stdout any more (`chainrule … | head`).
pub fn reader_is_gone(error: &Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Tells an error and what caused it on stderr.
pub fn tell_error(error: &Error) {
    let mut text = format!("error: {error}\n");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text += &format!("  caused by: {cause}\n");
        }
    }
    // Nothing is left to tell an error to when stderr is closed.
    let _ = io::stderr().write_all(text.as_bytes());
}
