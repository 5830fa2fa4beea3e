//! Reading JSON with errors that say where: file, line, column and field.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use crate::suggest::did_you_mean;

/// Why a JSON file was refused.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The file cannot be opened or read, or is not UTF-8.
    #[error("{}: cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// The text is not JSON, or not the JSON that is expected there.
    #[error("{}:{line}:{column}: {}{message}", file.display(), in_field(field))]
    Content {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// The path to the field, such as `network.layers[1].units`; empty at the top level.
        field: String,
        /// What was found and what is allowed.
        message: String,
    },
}

fn in_field(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("in `{field}`: ") }
}

/// For `#[serde(deserialize_with)]`: a path.
pub(crate) fn path<'de, D: Deserializer<'de>>(input: D) -> Result<PathBuf, D::Error> {
    struct Path;
    impl Visitor<'_> for Path {
        type Value = PathBuf;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a path in quotes")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PathBuf, E> {
            Ok(PathBuf::from(text))
        }
    }
    input.deserialize_str(Path)
}

/// Reads a file of JSON into `T`.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Result<T, JsonError> {
    let text = std::fs::read_to_string(file)
        .map_err(|source| JsonError::Read { file: file.to_owned(), source })?;
    parse(&text, file)
}

/// Reads `text` into `T`; `file` is the name that errors give. A byte-order mark, which some editors
/// put first, is skipped.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, file: &Path) -> Result<T, JsonError> {
    let mut input =
        serde_json::Deserializer::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let value = serde_path_to_error::deserialize(&mut input)
        .map_err(|error| content(file, error.path().to_string(), error.inner()))?;
    input.end().map_err(|error| content(file, String::new(), &error))?;
    Ok(value)
}

fn content(file: &Path, path: String, error: &serde_json::Error) -> JsonError {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let message = text.strip_suffix(&place).unwrap_or(&text);
    let field = if path == "." { String::new() } else { path };
    JsonError::Content {
        file: file.to_owned(),
        line: error.line(),
        column: error.column(),
        field: field.trim_end_matches(".?").to_owned(),
        message: with_suggestion(message),
    }
}

/// serde says "unknown field `epoch`, expected one of `epochs`, `seed`": add the nearest.
fn with_suggestion(message: &str) -> String {
    if !message.starts_with("unknown field") {
        return message.to_owned();
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let found = names.next().unwrap_or_default();
    format!("{message}{}", did_you_mean(found, names))
}
