//! The tables of what is not part of the recorded computation: initialisations, learning-rate
//! schedules and feature scalings.

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// How the weights of a layer start: the spread of a symmetric distribution around 0.
pub struct Init {
    /// Whether the numbers are normally or uniformly distributed.
    pub normal: bool,
    /// The variance for a layer with this many inputs and outputs.
    pub variance: fn(inputs: f64, outputs: f64) -> f64,
}

impl Menu for Init {
    const KIND: &'static str = "an initialisation";

    fn entries() -> &'static [Entry<Init>] {
        const fn line(
            name: &'static str,
            doc: &'static str,
            normal: bool,
            variance: fn(f64, f64) -> f64,
        ) -> Entry<Init> {
            Entry { name, doc, params: &[], item: Init { normal, variance } }
        }
        const fn he(inputs: f64, _: f64) -> f64 {
            2.0 / inputs
        }
        const fn xavier(inputs: f64, outputs: f64) -> f64 {
            2.0 / (inputs + outputs)
        }
        const fn lecun(inputs: f64, _: f64) -> f64 {
            1.0 / inputs
        }
        static TABLE: &[Entry<Init>] = &[
            line("he", "normal, variance 2/inputs (He et al. 2015)", true, he),
            line("he_uniform", "uniform, variance 2/inputs", false, he),
            line("xavier", "normal, variance 2/(inputs + outputs) (Glorot 2010)", true, xavier),
            line("xavier_uniform", "uniform, variance 2/(inputs + outputs)", false, xavier),
            line("lecun", "normal, variance 1/inputs (LeCun et al. 1998)", true, lecun),
            line("lecun_uniform", "uniform, variance 1/inputs", false, lecun),
        ];
        TABLE
    }
}

/// How the learning rate changes over a run.
pub struct Schedule {
    /// The factor on the learning rate when `progress` (0 at the first step, below 1 at the last)
    /// of all steps are done.
    pub factor: fn(progress: f64, params: &[f64]) -> f64,
}

impl Menu for Schedule {
    const KIND: &'static str = "a learning-rate schedule";

    fn entries() -> &'static [Entry<Schedule>] {
        static TABLE: &[Entry<Schedule>] = &[
            Entry {
                name: "constant",
                doc: "the learning rate stays",
                params: &[],
                item: Schedule { factor: |_, _| 1.0 },
            },
            Entry {
                name: "cosine",
                doc: "falls along half a cosine to `floor` times the learning rate",
                params: &[Param {
                    name: "floor",
                    default: Some(0.0),
                    allowed: Allowed::NonNegative,
                }],
                item: Schedule {
                    factor: |progress, params| {
                        let floor = params[0];
                        floor
                            + (1.0 - floor) * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos())
                    },
                },
            },
            Entry {
                name: "linear",
                doc: "falls along a line to `floor` times the learning rate",
                params: &[Param {
                    name: "floor",
                    default: Some(0.0),
                    allowed: Allowed::NonNegative,
                }],
                item: Schedule { factor: |progress, params| 1.0 + (params[0] - 1.0) * progress },
            },
        ];
        TABLE
    }
}

/// How features are scaled before they enter the network: (x − shift) / unit.
pub enum Scale {
    /// x
    Not,
    /// (x − mean) / standard deviation, of each column over the training rows.
    Standard,
    /// x / by
    Divide,
}

impl Menu for Scale {
    const KIND: &'static str = "a scaling";

    fn entries() -> &'static [Entry<Scale>] {
        static TABLE: &[Entry<Scale>] = &[
            Entry { name: "none", doc: "features as they are", params: &[], item: Scale::Not },
            Entry {
                name: "standard",
                doc: "(x − mean) / standard deviation of each column over the training rows",
                params: &[],
                item: Scale::Standard,
            },
            Entry {
                name: "divide",
                doc: "x / by, the same for all columns",
                params: &[Param { name: "by", default: None, allowed: Allowed::Positive }],
                item: Scale::Divide,
            },
        ];
        TABLE
    }
}
