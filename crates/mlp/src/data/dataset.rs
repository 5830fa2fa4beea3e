//! A data set: named features, and a target for each row.

use std::path::PathBuf;

use super::part::Part;
use super::table::{DataError, Table};
use super::target::TargetKind;
use crate::loss::Task;

/// Rows of named features with what is to be predicted.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Where it came from; errors name it.
    pub file: PathBuf,
    /// The names of the columns of the features.
    pub features: Vec<String>,
    /// What the target holds, with the names of the classes.
    pub kind: TargetKind,
    /// All rows, unscaled.
    pub rows: Part,
}

impl Dataset {
    /// Takes the column `target` of a table as what `task` predicts, all others as features.
    ///
    /// # Errors
    /// When the column does not exist, there are no others, or a field is not what it must be.
    pub fn of_table(table: &Table, target: &str, task: Task) -> Result<Dataset, DataError> {
        table.position(target)?;
        let features = table.columns_without(target);
        if features.is_empty() {
            let message = format!("there is no column beside the target `{target}`");
            return Err(DataError::Header { file: table.file().to_owned(), message });
        }
        let kind = match task {
            Task::Classes | Task::Binary => TargetKind::classes_of(table, target)?,
            Task::Values => TargetKind::Values,
        };
        let rows = Part { features: table.numbers(&features)?, target: kind.read(table, target)? };
        Ok(Dataset { file: table.file().to_owned(), features, kind, rows })
    }
}
