//! Scaling of features: (x − shift) / unit, column by column.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::choice::Choice;
use crate::config::Scale;
use crate::floats;

/// The scaling that the training part gave; saved with the weights, so that data seen later is
/// scaled the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `shift` and `unit`")]
pub struct Scaler {
    /// Subtracted from each column, in the units of the data.
    #[serde(with = "floats::many")]
    pub shift: Vec<f32>,
    /// Each column is divided by it, in the units of the data.
    #[serde(with = "floats::many")]
    pub unit: Vec<f32>,
}

impl Scaler {
    /// Fits a scaling to features (rows × columns). A column that is constant, or as good as, is
    /// only shifted.
    pub fn fit(choice: &Choice<Scale>, features: ArrayView2<'_, f32>) -> Scaler {
        let columns = features.ncols();
        match **choice {
            Scale::Not => Scaler { shift: vec![0.0; columns], unit: vec![1.0; columns] },
            Scale::Divide => {
                Scaler { shift: vec![0.0; columns], unit: vec![choice.params()[0] as f32; columns] }
            }
            Scale::Standard => {
                let (shift, unit) = features
                    .columns()
                    .into_iter()
                    .map(|column| {
                        let column = column.mapv(f64::from);
                        let spread = column.std(0.0) as f32;
                        let unit = if spread > 0.0 { spread } else { 1.0 };
                        (column.mean().unwrap_or(0.0) as f32, unit)
                    })
                    .unzip();
                Scaler { shift, unit }
            }
        }
    }

    /// The number of columns this scaling is for.
    pub fn columns(&self) -> usize {
        self.shift.len()
    }

    /// Scales features (rows × columns) in place. The columns must be [`Scaler::columns`] many.
    pub fn apply(&self, features: &mut Array2<f32>) {
        for mut row in features.rows_mut() {
            for ((x, shift), unit) in row.iter_mut().zip(&self.shift).zip(&self.unit) {
                *x = (*x - shift) / unit;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn standard_scaling_has_mean_0_and_deviation_1_and_leaves_constants_finite() {
        let mut features = array![[1.0_f32, 5.0], [3.0, 5.0]];
        let scaler = Scaler::fit(&"standard".parse().unwrap(), features.view());
        assert_eq!(scaler, Scaler { shift: vec![2.0, 5.0], unit: vec![1.0, 1.0] });
        scaler.apply(&mut features);
        assert_eq!(features, array![[-1.0, 0.0], [1.0, 0.0]]);
    }

    #[test]
    fn a_spread_that_vanishes_in_f32_does_not_divide_by_0() {
        let mut features = Array2::<f32>::zeros((100, 1));
        features[[0, 0]] = f32::from_bits(1);
        assert_eq!(Scaler::fit(&"standard".parse().unwrap(), features.view()).unit, [1.0]);
    }

    #[test]
    fn divide_uses_its_parameter() {
        let choice: Choice<Scale> = serde_json::from_str(r#"{"divide": 16}"#).unwrap();
        let mut features = array![[8.0_f32]];
        Scaler::fit(&choice, features.view()).apply(&mut features);
        assert_eq!(features, array![[0.5]]);
    }
}
