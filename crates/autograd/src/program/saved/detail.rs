//! [`Detail`]: what an op has to know beside its operands, as data.

use std::collections::BTreeMap;

use super::numbers;
use crate::ops::AxisSlice;

/// What an op has to know, by name.
pub type Details = BTreeMap<String, Detail>;

/// One thing that an op has to know.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum Detail {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A name, or a number of any kind.
    Text(String),
    /// Whole numbers.
    Wholes(Vec<i64>),
    /// Names or numbers.
    Texts(Vec<String>),
    /// For each part: nothing, or start, step and length along each axis.
    Slices(Vec<Option<Vec<[i64; 3]>>>),
}

pub(crate) fn details<const N: usize>(list: [(&str, Detail); N]) -> Details {
    list.into_iter().map(|(name, detail)| (name.to_owned(), detail)).collect()
}

impl From<bool> for Detail {
    fn from(flag: bool) -> Self {
        Detail::Flag(flag)
    }
}

impl From<u16> for Detail {
    fn from(whole: u16) -> Self {
        Detail::Whole(whole.into())
    }
}

impl From<usize> for Detail {
    fn from(whole: usize) -> Self {
        Detail::Whole(whole as i64)
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Detail::Text(text.into())
    }
}

impl From<f64> for Detail {
    fn from(number: f64) -> Self {
        Detail::Text(numbers::text(number))
    }
}

impl From<&[f64]> for Detail {
    fn from(list: &[f64]) -> Self {
        Detail::Texts(list.iter().map(|x| numbers::text(*x)).collect())
    }
}

impl From<Vec<usize>> for Detail {
    fn from(list: Vec<usize>) -> Self {
        Detail::Wholes(list.into_iter().map(|whole| whole as i64).collect())
    }
}

impl From<Vec<Option<Vec<AxisSlice>>>> for Detail {
    fn from(list: Vec<Option<Vec<AxisSlice>>>) -> Self {
        let axis = |s: AxisSlice| [s.start.into(), s.step.into(), s.len.into()];
        let part = |part: Option<Vec<AxisSlice>>| part.map(|p| p.into_iter().map(axis).collect());
        Detail::Slices(list.into_iter().map(part).collect())
    }
}

/// As a slice of one axis, if the numbers can be one.
pub(super) fn axis_slice([start, step, len]: [i64; 3]) -> Option<AxisSlice> {
    let (start, step) = (start.try_into().ok()?, step.try_into().ok()?);
    Some(AxisSlice { start, step, len: len.try_into().ok()? })
}
