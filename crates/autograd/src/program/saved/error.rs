//! Why a program cannot be saved, or a file is not one.

use std::fmt;

/// Why a program cannot be saved.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SaveError {
    /// An op of the user's own: code, which a file cannot hold.
    Custom {
        /// The op.
        op: String,
        /// The node, with the line that recorded it.
        node: String,
    },
    /// Two rows of a table have one name, by which they would be looked up.
    TwoRows {
        /// The name.
        name: String,
    },
    /// A leaf is read as indices, and a value is not a whole number in range.
    Index {
        /// The leaf, with the line that recorded it.
        leaf: String,
        /// Who reads what.
        wrong: String,
    },
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SaveError::Custom { op, node } => write!(
                f,
                "the custom op {op} is code and cannot be saved: {node}; \
                 write it as an entry of a table, or record it from the ops there are"
            ),
            SaveError::TwoRows { name } => {
                write!(f, "two rows are called {name}, so that a file could not tell them apart")
            }
            SaveError::Index { leaf, wrong } => {
                write!(f, "{leaf}: {wrong}; compile the program with valid indices")
            }
        }
    }
}

impl std::error::Error for SaveError {}

/// Where in a file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// What is said of the program as a whole.
    Program,
    /// The node of this number.
    Node(usize),
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spot::Program => f.write_str("the program"),
            Spot::Node(number) => write!(f, "node {number}"),
        }
    }
}

/// Why a program cannot be loaded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum LoadError {
    /// Another format, or another version of it.
    Format {
        /// What the file says; [`FORMAT`](super::FORMAT) was expected.
        found: String,
    },
    /// Another element type.
    Dtype {
        /// What the file says.
        found: String,
        /// What was asked for.
        want: &'static str,
    },
    /// A kind of op that there is not.
    UnknownOp {
        /// The number of the node.
        node: usize,
        /// What the file says.
        op: String,
    },
    /// A row that is not among those given.
    UnknownRow {
        /// The number of the node.
        node: usize,
        /// The name of the row.
        row: String,
    },
    /// Something else that is not as it must be.
    Field {
        /// Where.
        at: Spot,
        /// Which field.
        field: String,
        /// What the file says, shortened.
        found: String,
        /// What was expected.
        want: String,
    },
    /// More memory than the file accounts for.
    TooLarge {
        /// Where.
        at: Spot,
        /// How many elements it would take (`usize::MAX`: more than can be counted).
        elements: usize,
        /// How many were allowed.
        limit: usize,
    },
}

impl LoadError {
    pub(super) fn field(
        at: Spot,
        field: &str,
        found: impl fmt::Debug,
        want: impl Into<String>,
    ) -> Self {
        let mut shown = Short(String::new());
        let _ = fmt::write(&mut shown, format_args!("{found:?}")); // ends where it is long enough
        LoadError::Field { at, field: short(field), found: shown.0, want: want.into() }
    }
}

/// The most that is shown of what a file says.
const SHOWN: usize = 100;

pub(super) fn short(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// A text that stops growing.
struct Short(String);

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = SHOWN.saturating_sub(self.0.chars().count());
        self.0.extend(text.chars().take(room));
        if text.chars().nth(room).is_some() {
            self.0.push('…');
            return Err(fmt::Error);
        }
        Ok(())
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Format { found } => {
                write!(f, "the format is {found:?}; this version reads {:?}", super::FORMAT)
            }
            LoadError::Dtype { found, want } => {
                write!(f, "the program is of {found:?} and was to be loaded as {want:?}")
            }
            LoadError::UnknownOp { node, op } => {
                write!(f, "node {node}: there is no op {op:?} that a file can hold")
            }
            LoadError::UnknownRow { node, row } => write!(
                f,
                "node {node}: no row {row:?} was given; load with the rows of the crate that has it"
            ),
            LoadError::Field { at, field, found, want } => {
                write!(f, "{at}, `{field}`: found {found}, expected {want}")
            }
            LoadError::TooLarge { at, elements, limit } => write!(
                f,
                "{at} would take {elements} elements, and {limit} are allowed; \
                 `load_within` takes another limit"
            ),
        }
    }
}

impl std::error::Error for LoadError {}
