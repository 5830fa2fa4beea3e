//! Errors of what is fed to a tape.

use std::fmt;

/// Why values cannot be fed to an input.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FeedError {
    /// The value is not an input.
    NotAnInput {
        /// What it is.
        name: String,
    },
    /// The shape is not the one the input was recorded with.
    Shape {
        /// The input.
        name: String,
        /// The shape it was recorded with.
        want: Vec<usize>,
        /// The shape that was given.
        given: Vec<usize>,
    },
    /// The input is read as indices, and a value is not a whole number in range.
    Index {
        /// The input.
        name: String,
        /// The position of the value, in row-major order.
        at: usize,
        /// The value.
        value: f64,
        /// Indices are 0 up to, not including, this.
        limit: usize,
    },
    /// The function has no input of that name.
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FeedError::NotAnInput { name } => {
                write!(f, "{name} is not an input; only values recorded by `input` can be set")
            }
            FeedError::Shape { name, want, given } => write!(
                f,
                "input `{name}` was recorded with shape {want:?} and was given {given:?}; \
                 record another tape for another shape"
            ),
            FeedError::Index { name, at, value, limit } => write!(
                f,
                "input `{name}` is read as indices: element {at} is {value}, \
                 allowed are the whole numbers 0 to {}",
                limit.saturating_sub(1)
            ),
            FeedError::Unknown { name, known } => {
                write!(f, "there is no input `{name}`; there are: {}", known.join(", "))
            }
        }
    }
}

impl std::error::Error for FeedError {}
