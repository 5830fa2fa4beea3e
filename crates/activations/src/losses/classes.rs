//! Cross-entropy with everything: smoothing, weights, rows to ignore.

use chainrule_autograd::{Dtype, Var};

use super::Reduction;

/// Cross-entropy from logits with label smoothing, class weights, an index to ignore, and a
/// reduction, as PyTorch's `cross_entropy` computes it.
///
/// ```
/// use chainrule_activations::losses::CrossEntropy;
/// use chainrule_autograd::Tape;
///
/// let tape = Tape::<f64>::new();
/// let z = tape.input("z", [[0.0, 0.0], [3.0, -1.0], [0.5, 0.25]]);
/// let class = tape.input("class", [0.0, -100.0, 1.0]);
/// let rule = CrossEntropy { ignore_index: Some(-100.0), ..CrossEntropy::default() };
/// let loss = rule.each(z, class).to_vec();
/// assert_eq!(loss[..2], [2f64.ln(), 0.0]);
/// assert_eq!(rule.of(z, class).item(), (loss[0] + loss[2]) / 2.0); // the mean of two rows
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropy<'t, T: Dtype = f64> {
    /// ε: the target is (1 − ε)·onehot + ε/C.
    pub label_smoothing: f64,
    /// How much each class counts, of shape `[C]`. The mean is then the weighted mean.
    pub weights: Option<Var<'t, T>>,
    /// Rows of this class (any number, −100 in PyTorch) contribute nothing and do not count.
    pub ignore_index: Option<f64>,
    /// What becomes of the losses of the rows.
    pub reduction: Reduction,
}

impl<T: Dtype> Default for CrossEntropy<'_, T> {
    fn default() -> Self {
        let reduction = Reduction::Mean;
        CrossEntropy { label_smoothing: 0.0, weights: None, ignore_index: None, reduction }
    }
}

impl<'t, T: Dtype> CrossEntropy<'t, T> {
    /// The loss from logits z of shape […, C] and class indices of shape […], reduced.
    ///
    /// # Panics
    /// As [`each::cross_entropy`](super::each::cross_entropy), and if the smoothing is not in 0 to 1
    /// or the weights have not the shape `[C]`.
    #[track_caller]
    pub fn of(&self, z: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
        let each = self.each(z, class);
        match (self.reduction, self.counts(z, class)) {
            (Reduction::Mean, Some(counts)) => each.sum() / counts.sum(),
            (reduction, _) => reduction.of(each),
        }
    }

    /// The losses of the rows; 0 for those ignored.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[track_caller]
    pub fn each(&self, z: Var<'t, T>, class: Var<'t, T>) -> Var<'t, T> {
        let (costs, smoothing) = (self.costs(z), self.label_smoothing);
        let known = self.known(class);
        let mut loss = costs.gather(-1, known.insert_axis(-1)).sum_over(&[-1]);
        if smoothing > 0.0 {
            let classes = z.shape().last().copied().unwrap_or(0) as f64;
            let even = costs.sum_over(&[-1]).scale(smoothing / classes);
            // All of it: what the class itself costs has no part, be it ∞.
            loss = if smoothing < 1.0 { loss.scale(1.0 - smoothing) + even } else { even };
        }
        self.keep(class).map_or(loss, |keep| keep.select(loss, 0.0))
    }

    /// The loss from logits z and probabilities p of one shape […, C], which are smoothed and weighed
    /// alike, reduced; the mean is that of the rows. There is no class to ignore.
    ///
    /// # Panics
    /// As [`each::cross_entropy_probabilities`](super::each::cross_entropy_probabilities), and if the
    /// smoothing is not in 0 to 1 or the weights have not the shape `[C]`.
    #[track_caller]
    pub fn of_probabilities(&self, z: Var<'t, T>, p: Var<'t, T>) -> Var<'t, T> {
        let (costs, smoothing) = (self.costs(z), self.label_smoothing);
        let classes = z.shape().last().copied().unwrap_or(0) as f64;
        let smooth = |p: Var<'t, T>| p.scale(1.0 - smoothing).shift(smoothing / classes);
        let p = if smoothing > 0.0 { smooth(p) } else { p };
        self.reduction.of(p.amul(costs).sum_over(&[-1]))
    }

    /// −ln softmax(z), each class times its weight.
    #[track_caller]
    fn costs(&self, z: Var<'t, T>) -> Var<'t, T> {
        let smoothing = self.label_smoothing;
        let fits = (0.0..=1.0).contains(&smoothing);
        assert!(fits, "cross_entropy: label_smoothing is between 0 and 1, not {smoothing}");
        let classes = z.shape().last().copied().unwrap_or(0);
        let costs = -z.log_softmax(-1);
        let Some(weights) = self.weights else { return costs };
        let shape = weights.shape();
        assert!(shape == [classes], "cross_entropy: {classes} classes, weights {shape:?}");
        weights.amul(costs)
    }

    /// How much each row counts in the mean, if not all the same.
    fn counts(&self, z: Var<'t, T>, class: Var<'t, T>) -> Option<Var<'t, T>> {
        let keep = self.keep(class);
        let Some(weights) = self.weights else { return keep };
        let weights = weights.expand(&z.shape());
        let weights = weights.gather(-1, self.known(class).insert_axis(-1)).sum_over(&[-1]);
        Some(keep.map_or(weights, |keep| keep.select(weights, 0.0)))
    }

    /// 1 for rows that count, else 0.
    fn keep(&self, class: Var<'t, T>) -> Option<Var<'t, T>> {
        self.ignore_index.map(|ignored| class.not_equal(ignored))
    }

    /// The classes, with 0 for those ignored.
    fn known(&self, class: Var<'t, T>) -> Var<'t, T> {
        self.keep(class).map_or(class, |keep| keep.select(class, 0.0))
    }
}
