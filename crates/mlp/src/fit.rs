//! Whether a network suits its data, checked before anything is recorded: after this, no shape can
//! be wrong and no array can be too large for the memory.

use crate::config::Config;
use crate::data::TargetKind;
use crate::error::Error;
use crate::loss::Task;

/// The most parameters that a network may have (2²⁵: 128 MiB of weights).
pub const MOST_PARAMETERS: usize = 1 << 25;
/// The most values that the layers of a network may produce for one batch (2²⁷: 512 MiB).
pub const MOST_VALUES: usize = 1 << 27;

/// Checks the widths of a network against its data, and its size.
///
/// # Errors
/// When the last layer does not have as many units as the loss needs, or the network is larger
/// than [`MOST_PARAMETERS`] or [`MOST_VALUES`].
pub(crate) fn check(
    config: &Config,
    features: usize,
    kind: &TargetKind,
    rows: usize,
) -> Result<(), Error> {
    output(config, kind)?;
    size(config, features, rows)
}

fn output(config: &Config, kind: &TargetKind) -> Result<(), Error> {
    let (classes, target) = (kind.class_names().len(), &config.data.target);
    let refuse = |field: &str, message| Err(Error::Network { field: field.to_owned(), message });
    let task = config.loss.task;
    if (task == Task::Values) != (*kind == TargetKind::Values) {
        let holds = if task == Task::Values { "classes" } else { "real values" };
        let message = format!("`{}` is not for a target of {holds}", config.loss.name());
        return refuse("loss", message);
    }
    if task == Task::Binary && classes != 2 {
        return refuse(
            "loss",
            format!("`bce` is for 2 classes, but column `{target}` has {classes}"),
        );
    }
    if task == Task::Classes && classes < 2 {
        let message = format!("column `{target}` has one class only; at least 2 are needed");
        return refuse("data.target", message);
    }
    let (needed, why) = match task {
        Task::Classes => (classes, format!("column `{target}` has {classes} classes")),
        Task::Binary => (1, "`bce` has one output".to_owned()),
        Task::Values => (1, format!("`{}` predicts one number", config.loss.name())),
    };
    let found = config.network.outputs();
    if found == needed {
        return Ok(());
    }
    let last = config.network.layers.len().saturating_sub(1);
    let message = format!("is {found}, but {why}: the last layer needs {needed} units");
    refuse(&format!("network.layers[{last}].units"), message)
}

fn size(config: &Config, features: usize, rows: usize) -> Result<(), Error> {
    let parameters = config.network.shapes(features).into_iter().try_fold(0, |sum, (_, shape)| {
        let size = shape.into_iter().try_fold(1_usize, usize::checked_mul)?;
        usize::checked_add(sum, size).filter(|sum| *sum <= MOST_PARAMETERS)
    });
    let field = "network.layers".to_owned();
    if parameters.is_none() {
        let message = format!("has more than {MOST_PARAMETERS} parameters; make layers smaller");
        return Err(Error::Network { field, message });
    }
    let batch = config.batch_size.min(rows);
    if batch.saturating_mul(values_per_row(config, features)) > MOST_VALUES {
        let message = format!(
            "a batch of {batch} rows has more than {MOST_VALUES} values; make layers or \
             `batch_size` smaller"
        );
        return Err(Error::Network { field, message });
    }
    Ok(())
}

/// The values that the layers of a network produce for one row.
pub(crate) fn values_per_row(config: &Config, features: usize) -> usize {
    let units = config.network.layers.iter().map(|layer| layer.units);
    units.fold(features, usize::saturating_add)
}

/// How many rows may be played at once when nothing is learnt.
pub(crate) fn rows_at_once(config: &Config, features: usize) -> usize {
    const VALUES: usize = 1 << 20;
    (VALUES / values_per_row(config, features).max(1)).max(1)
}
