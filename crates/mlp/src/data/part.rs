//! The split of the rows into those for training, for validation and for the test at the end.

use ndarray::{Array2, Axis};
use rand::seq::SliceRandom;

use super::target::Target;
use crate::config::Split;
use crate::rng::{self, Purpose};

/// Some rows: features (rows × columns) and a target for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Rows × columns.
    pub features: Array2<f32>,
    /// One per row.
    pub target: Target,
}

/// The rows of a data set, split.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// What is learnt from; never empty.
    pub train: Part,
    /// What is watched and used to choose settings; may be empty.
    pub validation: Part,
    /// What gives the one figure at the end; may be empty.
    pub test: Part,
}

/// There are too few rows for the split that is asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error(
    "{rows} rows cannot be split with validation {validation} and test {test}: a part that is \
     asked for would be empty"
)]
pub struct SplitError {
    /// The number of rows.
    pub rows: usize,
    /// The fraction for validation.
    pub validation: f64,
    /// The fraction for the test.
    pub test: f64,
}

impl Part {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.features.nrows()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The given rows, in their order.
    pub fn select(&self, rows: &[usize]) -> Part {
        Part { features: self.features.select(Axis(0), rows), target: self.target.select(rows) }
    }

    /// Shuffles the rows by `seed` and splits them: the test part is taken first, so that it does
    /// not depend on the validation fraction. Sizes are rounded to the nearest row.
    ///
    /// # Errors
    /// When a part with a fraction above 0, or the training part, would be empty.
    pub fn split(&self, split: &Split, seed: u64) -> Result<Parts, SplitError> {
        let Split { validation, test } = *split;
        let rows = self.len();
        let size = |fraction: f64| (fraction * rows as f64).round() as usize;
        let (for_test, for_validation) = (size(test), size(validation));
        let empty = |fraction: f64, size: usize| fraction > 0.0 && size == 0;
        if for_test + for_validation >= rows
            || empty(test, for_test)
            || empty(validation, for_validation)
        {
            return Err(SplitError { rows, validation, test });
        }
        let mut order: Vec<usize> = (0..rows).collect();
        order.shuffle(&mut rng::stream(seed, Purpose::Split));
        let (test, rest) = order.split_at(for_test);
        let (validation, train) = rest.split_at(for_validation);
        Ok(Parts {
            train: self.select(train),
            validation: self.select(validation),
            test: self.select(test),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(rows: usize) -> Part {
        let features = Array2::from_shape_fn((rows, 2), |(row, column)| (2 * row + column) as f32);
        Part { features, target: Target::Classes((0..rows).collect()) }
    }

    fn labels(part: &Part) -> Vec<usize> {
        let Target::Classes(labels) = &part.target else { unreachable!() };
        labels.clone()
    }

    #[test]
    fn every_row_is_in_exactly_one_part_with_its_own_target() {
        let parts = numbered(50).split(&Split { validation: 0.1, test: 0.2 }, 3).unwrap();
        let sizes = [&parts.train, &parts.validation, &parts.test].map(Part::len);
        assert_eq!(sizes, [35, 5, 10]);
        let mut all = Vec::new();
        for part in [&parts.train, &parts.validation, &parts.test] {
            for (row, label) in labels(part).into_iter().enumerate() {
                assert_eq!(part.features[[row, 1]], (2 * label + 1) as f32);
                all.push(label);
            }
        }
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn a_seed_repeats_and_another_differs_and_the_test_part_ignores_validation() {
        let split = |validation, seed| {
            labels(&numbered(50).split(&Split { validation, test: 0.2 }, seed).unwrap().test)
        };
        assert_eq!(split(0.1, 3), split(0.3, 3));
        assert_ne!(split(0.1, 3), split(0.1, 4));
    }

    #[test]
    fn an_empty_part_is_refused() {
        assert!(numbered(3).split(&Split { validation: 0.1, test: 0.2 }, 0).is_err());
        assert!(numbered(3).split(&Split { validation: 0.45, test: 0.5 }, 0).is_err());
        assert!(numbered(1).split(&Split { validation: 0.0, test: 0.0 }, 0).is_ok());
    }
}
