//! What is to be predicted: one of several classes, or a real value.

use std::collections::BTreeSet;

use super::table::{DataError, Table};
use crate::suggest::{did_you_mean, listed};

/// What a target column holds.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// One of these classes. Names that are all numbers stand in numeric order, others in
    /// alphabetical order.
    Classes(Vec<String>),
    /// A real value.
    Values,
}

/// The targets of some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// For each row the index of its class.
    Classes(Vec<usize>),
    /// For each row its value.
    Values(Vec<f32>),
}

impl TargetKind {
    /// The classes that occur in a column.
    ///
    /// # Errors
    /// When the column does not exist or a field in it is empty.
    pub fn classes_of(table: &Table, column: &str) -> Result<TargetKind, DataError> {
        let distinct: BTreeSet<&str> =
            table.texts(column)?.into_iter().map(|(_, text)| text).collect();
        let mut names: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
        let number = |name: &String| name.parse::<f64>();
        if names.iter().all(|name| number(name).is_ok()) {
            // A total order, since "nan" is a number to the parser.
            let key = |name: &String| number(name).unwrap_or(f64::NAN);
            names.sort_by(|a, b| key(a).total_cmp(&key(b)));
        }
        Ok(TargetKind::Classes(names))
    }

    /// Reads a column of targets of this kind.
    ///
    /// # Errors
    /// When the column does not exist, or a field is not a known class or not a finite number:
    /// the error names line, column and text.
    pub fn read(&self, table: &Table, column: &str) -> Result<Target, DataError> {
        match self {
            TargetKind::Classes(names) => {
                let at = table.position(column)?;
                let index = |(row, (_, text)): (usize, (u64, &str))| {
                    let known = names.iter().position(|name| name == text);
                    known.ok_or_else(|| table.refuse(row, at, &one_of(names, text)))
                };
                let indices = table.texts(column)?.into_iter().enumerate().map(index);
                Ok(Target::Classes(indices.collect::<Result<_, _>>()?))
            }
            TargetKind::Values => {
                let numbers = table.numbers(&[column.to_owned()])?;
                Ok(Target::Values(numbers.into_iter().collect()))
            }
        }
    }

    /// The names of the classes; none for real values.
    pub fn class_names(&self) -> &[String] {
        match self {
            TargetKind::Classes(names) => names,
            TargetKind::Values => &[],
        }
    }
}

fn one_of(names: &[String], found: &str) -> String {
    let names = || names.iter().map(String::as_str);
    format!(
        "a class the network was trained on: {}{}",
        listed(names()),
        did_you_mean(found, names())
    )
}

impl Target {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Target::Classes(indices) => indices.len(),
            Target::Values(values) => values.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The targets of the given rows, in their order.
    pub fn select(&self, rows: &[usize]) -> Target {
        match self {
            Target::Classes(indices) => {
                Target::Classes(rows.iter().map(|&row| indices[row]).collect())
            }
            Target::Values(values) => Target::Values(rows.iter().map(|&row| values[row]).collect()),
        }
    }
}
