//! The weights file: a [`Model`] as JSON that loads back bit-equal, checked as a whole before it is
//! used, so that a broken file is an error and never a panic.

use std::collections::HashMap;
use std::path::Path;

use ndarray::ArrayD;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::data::{Scaler, TargetKind};
use crate::error::Error;
use crate::fit;
use crate::floats;
use crate::json;
use crate::model::Model;
use crate::network::Parameter;
use crate::number;
use crate::save::{SaveError, save};

/// What the field `format` of a weights file says.
pub const FORMAT: &str = "chainrule-mlp weights 1";

impl Model {
    /// Writes the weights file; it loads back bit-equal.
    ///
    /// # Errors
    /// When it cannot be written; what stood there before is untouched.
    pub fn save(&self, file: impl AsRef<Path>) -> Result<(), SaveError> {
        let file = file.as_ref();
        let text = serde_json::to_string(&Written::from(self))
            .map_err(|error| SaveError { path: file.to_owned(), source: error.into() })?;
        save(file, format!("{text}\n").as_bytes())
    }

    /// Reads a weights file.
    ///
    /// # Errors
    /// When it cannot be read, is not of this format, or its parts do not fit together.
    pub fn load(file: impl AsRef<Path>) -> Result<Model, Error> {
        let file = file.as_ref();
        let written: Written = json::read(file)?;
        written.check().map_err(|message| Error::Model { file: file.to_owned(), message })
    }
}

/// A weights file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `format`, `config`, `parameters`, …")]
struct Written {
    format: String,
    config: Config,
    features: Vec<String>,
    target: TargetKind,
    scaler: Scaler,
    #[serde(deserialize_with = "number::rows")]
    rows: usize,
    parameters: Vec<WrittenParameter>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `name`, `shape` and `values`")]
struct WrittenParameter {
    name: String,
    shape: Vec<usize>,
    #[serde(with = "floats::many")]
    values: Vec<f32>,
}

impl From<&Model> for Written {
    fn from(model: &Model) -> Written {
        let parameter = |p: &Parameter| WrittenParameter {
            name: p.name.clone(),
            shape: p.value.shape().to_vec(),
            values: p.value.iter().copied().collect(),
        };
        Written {
            format: FORMAT.to_owned(),
            config: model.config.clone(),
            features: model.features.clone(),
            target: model.target.clone(),
            scaler: model.scaler.clone(),
            rows: model.rows,
            parameters: model.parameters.iter().map(parameter).collect(),
        }
    }
}

impl Written {
    /// The model, if all parts fit together; else what does not.
    fn check(self) -> Result<Model, String> {
        if self.format != FORMAT {
            return Err(format!("`format` is `{}`, allowed is `{FORMAT}`", self.format));
        }
        let features = self.features.len();
        if features == 0 {
            return Err("`features` is empty".to_owned());
        }
        once("features", "feature", &self.features)?;
        once("target.classes", "class", self.target.class_names())?;
        fit::check(&self.config, features, &self.target, 1)
            .map_err(|error| format!("in `config`: {error}"))?;
        for (name, found) in [("shift", self.scaler.shift.len()), ("unit", self.scaler.unit.len())]
        {
            if found != features {
                return Err(format!(
                    "`scaler.{name}` has {found} numbers, but there are {features} features"
                ));
            }
        }
        each("scaler.shift", &self.scaler.shift, f32::is_finite, "a finite number")?;
        let positive = |x: f32| x.is_finite() && x > 0.0;
        each("scaler.unit", &self.scaler.unit, positive, "a finite number greater than 0")?;
        let shapes = self.config.network.shapes(features);
        if self.parameters.len() != shapes.len() {
            let (found, expected) = (self.parameters.len(), shapes.len());
            return Err(format!("has {found} parameters, but its network has {expected}"));
        }
        let parameters = self.parameters.into_iter().zip(shapes);
        let parameters =
            parameters.map(|(written, shape)| written.check(shape)).collect::<Result<_, _>>()?;
        let Written { config, features, target, scaler, rows, .. } =
            Written { parameters: vec![], ..self };
        Ok(Model { config, features, target, scaler, rows, parameters })
    }
}

/// Refuses a name that stands in `names` twice.
fn once(field: &str, what: &str, names: &[String]) -> Result<(), String> {
    let mut known = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        if let Some(before) = known.insert(name, at) {
            return Err(format!(
                "`{field}[{at}]` is `{name}`, and so is `{field}[{before}]`; allowed is each \
                 {what} once"
            ));
        }
    }
    Ok(())
}

/// Refuses a number that is not `allowed`.
fn each(
    field: &str,
    numbers: &[f32],
    is_allowed: fn(f32) -> bool,
    allowed: &str,
) -> Result<(), String> {
    match numbers.iter().enumerate().find(|(_, x)| !is_allowed(**x)) {
        Some((at, x)) => Err(format!("`{field}[{at}]` is {x:?}, allowed is {allowed}")),
        None => Ok(()),
    }
}

impl WrittenParameter {
    fn check(self, (name, shape): (String, Vec<usize>)) -> Result<Parameter, String> {
        if self.name != name || self.shape != shape {
            return Err(format!(
                "parameter `{}` of shape {:?} stands where `{name}` of shape {shape:?} must stand",
                self.name, self.shape
            ));
        }
        let found = self.values.len();
        let value = ArrayD::from_shape_vec(shape.clone(), self.values)
            .map_err(|_| format!("parameter `{name}` of shape {shape:?} has {found} values"))?;
        Ok(Parameter { name, value })
    }
}
