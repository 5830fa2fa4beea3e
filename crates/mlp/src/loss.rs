//! The losses that a configuration can name: one table.

use chainrule_activations::losses::{self, CrossEntropy};
use chainrule_autograd::Var;

use crate::choice::{Entry, Menu, Param};
use crate::number::Allowed;

/// What kind of target a loss compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// One of several classes; the network has one output (a logit) for each.
    Classes,
    /// One of two classes; the network has one output, the logit of the second.
    Binary,
    /// A real number; the network has one output.
    Values,
}

/// Records the mean of a loss over the rows of a batch, 0-d, from outputs (rows × units), targets
/// (for classes their indices, one per row; else rows × 1) and the parameters of the table's entry.
pub type Mean = for<'t> fn(Var<'t, f32>, Var<'t, f32>, &[f64]) -> Var<'t, f32>;

/// A loss.
pub struct Loss {
    /// What it compares with.
    pub task: Task,
    /// What it records.
    pub mean: Mean,
}

impl Menu for Loss {
    const KIND: &'static str = "a loss";

    fn entries() -> &'static [Entry<Loss>] {
        static TABLE: &[Entry<Loss>] = &[
            Entry {
                name: "cross_entropy",
                doc: "−ln softmax(logits)[class]",
                params: &[],
                item: Loss { task: Task::Classes, mean: |y, t, _| losses::cross_entropy(y, t) },
            },
            Entry {
                name: "smooth_cross_entropy",
                doc: "cross_entropy with the targets (1 − ε)·onehot + ε/classes, ε = label_smoothing",
                params: &[Param {
                    name: "label_smoothing",
                    default: Some(0.1),
                    allowed: Allowed::Fraction,
                }],
                item: Loss {
                    task: Task::Classes,
                    mean: |y, t, p| {
                        let rule = CrossEntropy { label_smoothing: p[0], ..Default::default() };
                        rule.of(y, t)
                    },
                },
            },
            Entry {
                name: "bce",
                doc: "binary cross-entropy from the logit",
                params: &[],
                item: Loss { task: Task::Binary, mean: |y, t, _| losses::bce_with_logits(y, t) },
            },
            Entry {
                name: "focal",
                doc: "bce in which what is right already counts less, by s(∓z)^gamma",
                params: &[
                    Param { name: "alpha", default: Some(0.25), allowed: Allowed::Fraction },
                    Param { name: "gamma", default: Some(2.0), allowed: Allowed::NonNegative },
                ],
                item: Loss { task: Task::Binary, mean: |y, t, p| losses::focal(y, t, p[0], p[1]) },
            },
            Entry {
                name: "hinge",
                doc: "max(0, 1 − m·z), m = ±1 for the classes",
                params: &[],
                item: Loss { task: Task::Binary, mean: |y, t, _| losses::hinge(y, signs(t)) },
            },
            Entry {
                name: "squared_hinge",
                doc: "max(0, 1 − m·z)², m = ±1 for the classes",
                params: &[],
                item: Loss {
                    task: Task::Binary,
                    mean: |y, t, _| losses::squared_hinge(y, signs(t)),
                },
            },
            Entry {
                name: "mse",
                doc: "(y − t)²",
                params: &[],
                item: Loss { task: Task::Values, mean: |y, t, _| losses::mse(y, t) },
            },
            Entry {
                name: "mae",
                doc: "|y − t|",
                params: &[],
                item: Loss { task: Task::Values, mean: |y, t, _| losses::mae(y, t) },
            },
            Entry {
                name: "huber",
                doc: "(y − t)²/2 within delta of t, beyond it delta · (|y − t| − delta/2)",
                params: &[Param { name: "delta", default: Some(1.0), allowed: Allowed::Positive }],
                item: Loss {
                    task: Task::Values,
                    mean: |y, t, params| losses::huber(y, t, params[0]),
                },
            },
            Entry {
                name: "smooth_l1",
                doc: "huber with delta = beta, divided by it",
                params: &[Param { name: "beta", default: Some(1.0), allowed: Allowed::Positive }],
                item: Loss { task: Task::Values, mean: |y, t, p| losses::smooth_l1(y, t, p[0]) },
            },
            Entry {
                name: "log_cosh",
                doc: "ln cosh(y − t)",
                params: &[],
                item: Loss { task: Task::Values, mean: |y, t, _| losses::log_cosh(y, t) },
            },
        ];
        TABLE
    }
}

/// −1 and 1 for the classes 0 and 1.
fn signs(class: Var<'_, f32>) -> Var<'_, f32> {
    class.scale(2.0).shift(-1.0)
}
