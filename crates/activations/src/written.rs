//! Activations in files: a name, or a name with parameters.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::Activation;

/// A string, or a map of one entry where there are parameters. One that is infinite is left out:
/// only defaults are, and most formats cannot write it.
impl Serialize for Activation {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        if self.params().is_empty() {
            return output.serialize_str(self.name());
        }
        let mut map = output.serialize_map(Some(1))?;
        map.serialize_entry(self.name(), &Params(*self))?;
        map.end()
    }
}

struct Params(Activation);

impl Serialize for Params {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let named = self.0.info().params.iter().zip(self.0.params());
        let mut map = output.serialize_map(None)?;
        for (p, value) in named.filter(|(_, value)| value.is_finite()) {
            map.serialize_entry(p.name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Activation {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Whole)
    }
}

struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Activation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of an activation, or {{\"name\": {{parameters}}}}")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Activation, E> {
        Activation::named(name).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Activation, A::Error> {
        let name = map.next_key::<String>()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let defaults = Activation::named(&name).map_err(de::Error::custom)?;
        let activation = map.next_value_seed(ParamsOf(defaults))?;
        match map.next_key::<String>()? {
            None => Ok(activation),
            Some(more) => Err(de::Error::custom(format!("both `{name}` and `{more}` are given"))),
        }
    }
}

/// Reads the parameters of an activation: a map, or a number where there is only one.
struct ParamsOf(Activation);

impl ParamsOf {
    fn only<E: de::Error>(self, value: f64) -> Result<Activation, E> {
        match self.0.info().params {
            [only] => self.0.with(only.name, value).map_err(E::custom),
            _ => Err(E::custom(format!("{} has not exactly one parameter", self.0.name()))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for ParamsOf {
    type Value = Activation;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Activation, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ParamsOf {
    type Value = Activation;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the parameters of {} by name", self.0.name())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Activation, E> {
        self.only(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Activation, E> {
        self.only(value as f64)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Activation, E> {
        self.only(value as f64)
    }

    /// All together are checked at the end: two that belong together may be far from the defaults.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Activation, A::Error> {
        let (row, info) = (self.0.row(), self.0.info());
        let mut params = self.0.params().to_vec();
        let mut seen = vec![false; params.len()];
        while let Some(name) = map.next_key::<String>()? {
            let at = info.params.iter().position(|p| p.name == name).ok_or_else(|| {
                de::Error::custom(format!("{} has no parameter `{name}`", info.name))
            })?;
            if std::mem::replace(&mut seen[at], true) {
                return Err(de::Error::custom(format!("`{name}` is given twice")));
            }
            params[at] = map.next_value()?;
        }
        Activation::of_row(row, &params).map_err(de::Error::custom)
    }
}
