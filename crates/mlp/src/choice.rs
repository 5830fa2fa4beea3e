//! A choice from a table of names with numeric parameters.
//!
//! Activations, losses, initialisations, optimisers, schedules and scalings are all written the
//! same way in a configuration, and all are one table each:
//!
//! ```json
//! "relu"                              the name, with the defaults of its parameters
//! {"leaky_relu": {"slope": 0.2}}      the name with parameters
//! {"leaky_relu": 0.2}                 the same, where there is only one parameter
//! ```
//!
//! To add a name, add one [`Entry`] to the table of its [`Menu`]; reading, writing, checking and
//! the suggestions in error messages follow from the entry.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::number::{Allowed, NumberVisitor, Shown, narrowed};
use crate::suggest::{did_you_mean, listed};

/// One numeric parameter of an [`Entry`].
#[derive(Debug)]
pub struct Param {
    /// The name in the configuration.
    pub name: &'static str,
    /// The value when the configuration does not give one; `None` if it must.
    pub default: Option<f64>,
    /// The values it may take.
    pub allowed: Allowed,
}

/// One line of a table: a name, its parameters, and what it does.
pub struct Entry<M: 'static> {
    /// The name in the configuration.
    pub name: &'static str,
    /// What it is, in one line, with its formula.
    pub doc: &'static str,
    /// Its parameters, in the order in which [`Choice::params`] gives them.
    pub params: &'static [Param],
    /// What it does.
    pub item: M,
}

/// A table of names to choose from.
pub trait Menu: Sized + 'static {
    /// What is chosen, with its article: "an activation".
    const KIND: &'static str;

    /// The table.
    fn entries() -> &'static [Entry<Self>];

    /// Says what is wrong with parameters that are allowed one by one, if anything is.
    ///
    /// # Errors
    /// What would be right.
    fn check(&self, params: &[f64]) -> Result<(), &'static str> {
        let _ = params;
        Ok(())
    }
}

/// An entry of the table `M` with values for its parameters.
pub struct Choice<M: Menu> {
    entry: &'static Entry<M>,
    params: Vec<f64>,
}

impl<M: Menu> Choice<M> {
    /// The choice of a name that stands in the table, with the defaults of its parameters.
    pub(crate) fn known(name: &str) -> Self {
        name.parse().unwrap_or_else(|error| panic!("a default of this crate: {error}"))
    }

    /// The chosen name.
    pub fn name(&self) -> &'static str {
        self.entry.name
    }

    /// The values of the parameters, in the order of [`Entry::params`].
    pub fn params(&self) -> &[f64] {
        &self.params
    }

    /// This choice with another value for the parameter called `name`.
    ///
    /// # Errors
    /// When there is no such parameter, or it does not allow this value.
    pub fn with(mut self, name: &str, value: f64) -> Result<Self, String> {
        let at = position(self.entry, name)?;
        let allowed = self.entry.params[at].allowed;
        if !allowed.contains(value) {
            let (entry, value) = (self.name(), Shown(value));
            return Err(format!("`{entry}.{name}` is {value}, allowed is {allowed}"));
        }
        self.params[at] = value;
        self.checked()
    }

    fn checked(self) -> Result<Self, String> {
        match together(self.entry, &self.params) {
            Ok(()) => Ok(self),
            Err(wrong) => Err(format!("`{self}` is not possible: {wrong}")),
        }
    }

    fn defaults(entry: &'static Entry<M>) -> Result<Self, String> {
        let missing = entry.params.iter().find(|param| param.default.is_none());
        match missing {
            Some(param) => Err(format!(
                "`{0}` needs its `{1}`: write {{\"{0}\": {{\"{1}\": …}}}} with {2}",
                entry.name, param.name, param.allowed
            )),
            None => Ok(Choice {
                entry,
                params: entry.params.iter().filter_map(|param| param.default).collect(),
            }),
        }
    }
}

/// Whether parameters that are allowed one by one are possible together, as f32 knows them.
fn together<M: Menu>(entry: &Entry<M>, params: &[f64]) -> Result<(), &'static str> {
    let params: Vec<f64> = params.iter().copied().map(narrowed).collect();
    entry.item.check(&params)
}

fn find<M: Menu>(name: &str) -> Result<&'static Entry<M>, String> {
    let names = || M::entries().iter().map(|entry| entry.name);
    M::entries().iter().find(|entry| entry.name == name).ok_or_else(|| {
        format!(
            "`{name}` is not the name of {}{} (known: {})",
            M::KIND,
            did_you_mean(name, names()),
            listed(names())
        )
    })
}

fn position<M: Menu>(entry: &'static Entry<M>, name: &str) -> Result<usize, String> {
    let names = || entry.params.iter().map(|param| param.name);
    names().position(|known| known == name).ok_or_else(|| match entry.params {
        [] => format!("`{}` has no parameters, found `{name}`", entry.name),
        _ => format!(
            "`{}` has no parameter `{name}`{} (known: {})",
            entry.name,
            did_you_mean(name, names()),
            listed(names())
        ),
    })
}

impl<M: Menu> FromStr for Choice<M> {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        find(name).and_then(Choice::defaults)
    }
}

impl<M: Menu> Deref for Choice<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.entry.item
    }
}

impl<M: Menu> Clone for Choice<M> {
    fn clone(&self) -> Self {
        Choice { entry: self.entry, params: self.params.clone() }
    }
}

impl<M: Menu> PartialEq for Choice<M> {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.params == other.params
    }
}

impl<M: Menu> fmt::Debug for Choice<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M: Menu> fmt::Display for Choice<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        for (at, (param, value)) in self.entry.params.iter().zip(&self.params).enumerate() {
            write!(f, "{}{}=", if at == 0 { "(" } else { ", " }, param.name)?;
            write!(f, "{}", Shown(*value))?;
        }
        if self.params.is_empty() { Ok(()) } else { write!(f, ")") }
    }
}

impl<M: Menu> Serialize for Choice<M> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        if self.params.is_empty() {
            return output.serialize_str(self.name());
        }
        let params: serde_json::Map<String, serde_json::Value> = self
            .entry
            .params
            .iter()
            .zip(&self.params)
            .filter(|(_, value)| value.is_finite()) // an infinite one is a default
            .map(|(param, value)| (param.name.to_owned(), (*value).into()))
            .collect();
        let mut map = output.serialize_map(Some(1))?;
        map.serialize_entry(self.name(), &params)?;
        map.end()
    }
}

impl<'de, M: Menu> Deserialize<'de> for Choice<M> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(ChoiceVisitor(std::marker::PhantomData))
    }
}

struct ChoiceVisitor<M>(std::marker::PhantomData<M>);

impl<'de, M: Menu> Visitor<'de> for ChoiceVisitor<M> {
    type Value = Choice<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the name of {} ({}), or {{\"name\": {{parameters}}}}",
            M::KIND,
            listed(M::entries().iter().map(|entry| entry.name))
        )
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Choice<M>, E> {
        name.parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Choice<M>, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(de::Error::invalid_length(0, &self));
        };
        let entry = find::<M>(&name).map_err(de::Error::custom)?;
        let params = map.next_value_seed(Params(entry))?;
        match map.next_key::<String>()? {
            None => Ok(Choice { entry, params }),
            Some(second) => Err(de::Error::custom(format!(
                "choose one: both `{name}` and `{second}` are given"
            ))),
        }
    }
}

/// Reads the parameters of one entry: an object, or a bare number where there is only one. What
/// is not possible is refused here, so that the error carries the path to the parameter.
struct Params<M: 'static>(&'static Entry<M>);

impl<'de, M: Menu> DeserializeSeed<'de> for Params<M> {
    type Value = Vec<f64>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Vec<f64>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<M: Menu> Params<M> {
    fn bare<E: de::Error>(
        self,
        read: impl FnOnce(NumberVisitor<'_>) -> Result<f64, E>,
    ) -> Result<Vec<f64>, E> {
        match self.0.params {
            [only] => {
                let check = |value| self.0.item.check(&[value]);
                read(NumberVisitor::checked(only.allowed, &check)).map(|value| vec![value])
            }
            _ => Err(E::custom(format!("expected {}", expected(self.0)))),
        }
    }
}

fn expected<M>(entry: &Entry<M>) -> String {
    match entry.params {
        [] => format!("{{}}: `{}` has no parameters", entry.name),
        [only] => format!("{}, or {{\"{}\": {0}}}", only.allowed, only.name),
        many => {
            format!("an object with {}", listed(many.iter().map(|param| param.name)))
        }
    }
}

impl<'de, M: Menu> Visitor<'de> for Params<M> {
    type Value = Vec<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", expected(self.0))
    }

    fn visit_f64<E: de::Error>(self, x: f64) -> Result<Vec<f64>, E> {
        self.bare(|number| number.visit_f64(x))
    }

    fn visit_u64<E: de::Error>(self, x: u64) -> Result<Vec<f64>, E> {
        self.bare(|number| number.visit_u64(x))
    }

    fn visit_i64<E: de::Error>(self, x: i64) -> Result<Vec<f64>, E> {
        self.bare(|number| number.visit_i64(x))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<f64>, A::Error> {
        let entry = self.0;
        let mut values: Vec<Option<f64>> = vec![None; entry.params.len()];
        while let Some(name) = map.next_key::<String>()? {
            let at = position(entry, &name).map_err(de::Error::custom)?;
            if values[at].is_some() {
                return Err(de::Error::custom(format!("`{name}` is given twice")));
            }
            values[at] = Some(map.next_value_seed(Number { entry, at })?);
        }
        let with_default = values.into_iter().zip(entry.params).map(|(value, param)| {
            value.or(param.default).ok_or_else(|| {
                de::Error::custom(format!("`{}` is missing: {}", param.name, param.allowed))
            })
        });
        let values = with_default.collect::<Result<Vec<f64>, A::Error>>()?;
        together(entry, &values).map_err(de::Error::custom)?;
        Ok(values)
    }
}

/// Reads the parameter at position `at`.
struct Number<M: 'static> {
    entry: &'static Entry<M>,
    at: usize,
}

impl<'de, M: Menu> DeserializeSeed<'de> for Number<M> {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<f64, D::Error> {
        let Number { entry, at } = self;
        // Of several parameters only all together tell whether they are possible.
        let check = |value| match entry.params {
            [_] => entry.item.check(&[value]),
            _ => Ok(()),
        };
        input.deserialize_f64(NumberVisitor::checked(entry.params[at].allowed, &check))
    }
}
