//! A CSV file with a header, held as text until a column is asked for as numbers.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use ndarray::Array2;

use crate::suggest::{did_you_mean, listed};

/// Why a data file was refused.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file cannot be opened or read.
    #[error("{}: cannot be read", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// A line is not UTF-8 text.
    #[error("{}:{line}: is not UTF-8 text; save the file as UTF-8", file.display())]
    Encoding {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// There is no header, or no row below it.
    #[error("{}: has {found}; expected are a header line with the names of the columns and at least one row", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
        /// What there is.
        found: &'static str,
    },
    /// Two columns have the same name, or one has none.
    #[error("{}:1: {message} (is the header line missing?)", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// Which columns.
        message: String,
    },
    /// A row has more or fewer fields than the header.
    #[error("{}:{line}: has {found} fields, but the header has {expected}{hint}", file.display())]
    Ragged {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The fields in this row.
        found: usize,
        /// The fields of the header.
        expected: usize,
        /// What else may be wrong; often empty.
        hint: &'static str,
    },
    /// A column that is asked for does not exist.
    #[error("{}: has no column `{column}`{hint}", file.display())]
    NoColumn {
        /// The file.
        file: PathBuf,
        /// The name that was looked for.
        column: String,
        /// The nearest name and all names.
        hint: String,
    },
    /// A field is not what its column must hold.
    #[error("{}:{line}: column `{column}`: found `{found}`, expected {expected}", file.display())]
    Field {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The name of the column.
        column: String,
        /// The text of the field.
        found: String,
        /// What is allowed.
        expected: String,
    },
}

/// The rows of a CSV file below its header.
#[derive(Debug, Clone)]
pub struct Table {
    file: PathBuf,
    header: Vec<String>,
    rows: Vec<(u64, StringRecord)>,
}

impl Table {
    /// Reads a CSV file: UTF-8, fields separated by commas (quoted where needed), a header first.
    ///
    /// # Errors
    /// When the file cannot be read, has no rows, repeats a column name, or a row has more or
    /// fewer fields than the header.
    pub fn load(file: impl AsRef<Path>) -> Result<Table, DataError> {
        let file = file.as_ref();
        let read = |source| DataError::Read { file: file.to_owned(), source };
        let text = std::fs::read(file).map_err(read)?;
        let mut reader =
            ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(text.as_slice());
        let header = reader.headers().map_err(|error| refused(file, error))?;
        let header: Vec<String> = header.iter().map(str::to_owned).collect();
        check_header(file, &header)?;

        let mut rows = Vec::new();
        for record in reader.into_records() {
            let record = record.map_err(|error| refused(file, error))?;
            let line = record.position().map_or(0, |place| line_of(place, &text));
            let (found, expected) = (record.len(), header.len());
            if found != expected {
                let (file, hint) = (file.to_owned(), separator_hint(&header));
                return Err(DataError::Ragged { file, line, found, expected, hint });
            }
            rows.push((line, record));
        }
        if rows.is_empty() {
            let found = "a header but no rows";
            return Err(DataError::Empty { file: file.to_owned(), found });
        }
        Ok(Table { file: file.to_owned(), header, rows })
    }

    /// The file that was read.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The number of rows below the header.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Never true: a table has at least one row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of all columns but one.
    pub fn columns_without(&self, target: &str) -> Vec<String> {
        self.header.iter().filter(|name| *name != target).cloned().collect()
    }

    /// The position of the column called `name`.
    ///
    /// # Errors
    /// When there is none: the error suggests the nearest name and lists up to twenty.
    pub fn position(&self, name: &str) -> Result<usize, DataError> {
        self.header.iter().position(|known| known == name).ok_or_else(|| {
            let names = || self.header.iter().map(String::as_str);
            DataError::NoColumn {
                file: self.file.clone(),
                column: name.to_owned(),
                hint: format!(
                    "{} (known: {}){}",
                    did_you_mean(name, names()),
                    listed(names()),
                    separator_hint(&self.header)
                ),
            }
        })
    }

    /// The named columns as numbers: rows × columns.
    ///
    /// # Errors
    /// When a column does not exist or a field is not a finite number within the range of `f32`.
    pub fn numbers(&self, columns: &[String]) -> Result<Array2<f32>, DataError> {
        let positions: Vec<usize> =
            columns.iter().map(|name| self.position(name)).collect::<Result<_, _>>()?;
        let mut numbers = Array2::zeros((self.len(), columns.len()));
        for (row, mut out) in numbers.outer_iter_mut().enumerate() {
            for (&column, x) in positions.iter().zip(&mut out) {
                *x = self.number(row, column)?;
            }
        }
        Ok(numbers)
    }

    /// One column as text, with the line on which each field stands.
    ///
    /// # Errors
    /// When the column does not exist or a field in it is empty.
    pub fn texts(&self, column: &str) -> Result<Vec<(u64, &str)>, DataError> {
        let at = self.position(column)?;
        let text = |row| {
            let text = self.text(row, at);
            let line = self.rows[row].0;
            if text.is_empty() { Err(self.refuse(row, at, "a value")) } else { Ok((line, text)) }
        };
        (0..self.len()).map(text).collect()
    }

    fn text(&self, row: usize, column: usize) -> &str {
        self.rows[row].1.get(column).unwrap_or_default()
    }

    fn number(&self, row: usize, column: usize) -> Result<f32, DataError> {
        match self.text(row, column).parse::<f32>() {
            Ok(x) if x.is_finite() => Ok(x),
            _ => Err(self.refuse(row, column, "a finite number within the range of f32")),
        }
    }

    /// The error for a field that holds the wrong thing.
    pub(crate) fn refuse(&self, row: usize, column: usize, expected: &str) -> DataError {
        DataError::Field {
            file: self.file.clone(),
            line: self.rows[row].0,
            column: self.header[column].clone(),
            found: self.text(row, column).to_owned(),
            expected: expected.to_owned(),
        }
    }
}

/// The line of a record. The reader notes where it began to look for one, before empty lines.
fn line_of(place: &csv::Position, text: &[u8]) -> u64 {
    let rest = text.get(place.byte() as usize..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    place.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

/// What to say of a header that is one column only because its fields are not separated by commas.
fn separator_hint(header: &[String]) -> &'static str {
    match header {
        [only] if only.contains([';', '\t', '|']) => "; fields are separated by commas",
        _ => "",
    }
}

fn check_header(file: &Path, header: &[String]) -> Result<(), DataError> {
    let refuse = |message| Err(DataError::Header { file: file.to_owned(), message });
    if header.is_empty() {
        return Err(DataError::Empty { file: file.to_owned(), found: "no text" });
    }
    for (at, name) in header.iter().enumerate() {
        if name.is_empty() {
            return refuse(format!("column {} has no name", at + 1));
        }
        if header[..at].contains(name) {
            return refuse(format!("two columns are named `{name}`"));
        }
    }
    Ok(())
}

fn refused(file: &Path, error: csv::Error) -> DataError {
    let file = file.to_owned();
    let line = error.position().map_or(1, csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Utf8 { .. } => DataError::Encoding { file, line },
        csv::ErrorKind::Io(source) => DataError::Read { file, source },
        other => DataError::Read { file, source: std::io::Error::other(format!("{other:?}")) },
    }
}
