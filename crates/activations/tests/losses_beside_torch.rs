//! Every loss that PyTorch has beside PyTorch's (`scripts/loss_references.py`): values and gradients for
//! each reduction, weights, smoothing and ignored rows, logits to ±1e4 and ±∞.
//!
//! Where PyTorch answers NaN there is nothing to compare; where it is known to differ, [`differs`] says
//! why.

mod common;

use chainrule_activations::losses::{CrossEntropy, Reduction, each};
use chainrule_autograd::{Tape, Var};
use common::{Float, data, text, texts};
use ndarray::{ArrayD, IxDyn};
use serde_json::Value;

/// Of the number itself, or of 1 next to 0.
const ALLOWED: f64 = 1e-13;

/// Where PyTorch is right but for rounding, or not right at all.
fn differs(loss: &str, x: f64, want: f64, got: f64) -> bool {
    // At an infinite logit −∞·0 is a target that is absent here, and so is its slope.
    let absent = want.is_nan();
    // 1 − p of a rounded sigmoid is 0 from logits of 37 on; here it is not.
    let saturated = loss == "focal" && want == 0.0 && got.abs() < 1e-16;
    // PyTorch divides by p·(1 − p) or 1e-12, whichever is more.
    let held = loss == "bce" && x == 1e-30 && want != got;
    absent || saturated || held
}

struct Case<'a> {
    loss: &'a str,
    params: &'a Value,
    x: ArrayD<f64>,
    t: ArrayD<f64>,
}

impl<'a> Case<'a> {
    fn of(case: &'a Value) -> Self {
        let numbers = |key: &str| texts(&case[key]).into_iter().map(f64::parse).collect::<Vec<_>>();
        let shape = case["shape"].as_array().expect("a shape").iter();
        let shape: Vec<usize> = shape.map(|n| n.as_u64().expect("a length") as usize).collect();
        let (x, t) = (numbers("x"), numbers("t"));
        let target = if t.len() == x.len() { &shape[..] } else { &shape[..1] };
        Case {
            loss: text(&case["loss"]),
            params: &case["params"],
            t: ArrayD::from_shape_vec(IxDyn(target), t).expect("its shape"),
            x: ArrayD::from_shape_vec(IxDyn(&shape), x).expect("its shape"),
        }
    }

    fn param(&self, key: &str) -> f64 {
        self.params[key].as_f64().expect("a parameter")
    }

    fn play<'t>(&self, tape: &'t Tape, reduction: Reduction) -> [Var<'t, f64>; 2] {
        let (x, t) = (tape.input("x", self.x.clone()), tape.input("t", self.t.clone()));
        let each = match self.loss {
            "mse" => each::mse(x, t),
            "mae" => each::mae(x, t),
            "huber" => each::huber(x, t, self.param("delta")),
            "smooth_l1" => each::smooth_l1(x, t, self.param("beta")),
            "bce_with_logits" => each::bce_with_logits(x, t),
            "bce" => each::bce(x, t),
            "focal" => each::focal(x, t, self.param("alpha"), self.param("gamma")),
            "nll" => each::nll(x, t),
            "kl_divergence" => each::kl_divergence(x, t),
            classes => {
                let weights = self.params["weights"].as_array().map(|weights| {
                    let weights = weights.iter().map(|w| w.as_f64().expect("a number"));
                    tape.constant(weights.collect::<Vec<_>>())
                });
                let label_smoothing = self.param("smoothing");
                let ignore_index = Some(-100.0);
                let rule = CrossEntropy { label_smoothing, weights, ignore_index, reduction };
                let y = match classes {
                    "cross_entropy" => rule.of(x, t),
                    "cross_entropy_probabilities" => rule.of_probabilities(x, t),
                    other => panic!("no loss `{other}`"),
                };
                return [x, y];
            }
        };
        [x, reduction.of(each)]
    }
}

#[test]
fn values_and_gradients() {
    let file = data("losses.json");
    let (mut wrong, mut compared, mut skipped) = (Vec::new(), 0, 0);
    let mut losses = std::collections::BTreeSet::new();
    for json in file["cases"].as_array().expect("a list") {
        let case = Case::of(json);
        losses.insert(case.loss);
        let reductions =
            [("mean", Reduction::Mean), ("sum", Reduction::Sum), ("none", Reduction::None)];
        for (name, reduction) in reductions {
            let tape = Tape::<f64>::new();
            let [x, y] = case.play(&tape, reduction);
            let slope = tape.gradient(y.sum(), &[x])[0];
            for (key, got) in [("value", y.to_vec()), ("gradient", slope.to_vec())] {
                let want: Vec<f64> = texts(&json[name][key]).into_iter().map(f64::parse).collect();
                assert_eq!(got.len(), want.len(), "{} {name} {key}", case.loss);
                for (i, (&got, &want)) in got.iter().zip(&want).enumerate() {
                    let fits = got == want || (got - want).abs() <= ALLOWED * want.abs().max(1.0);
                    let (loss, params) = (case.loss, case.params);
                    let x = case.x.iter().nth(i).copied().unwrap_or(f64::NAN);
                    if !fits && differs(loss, x, want, got) {
                        skipped += 1;
                    } else if !fits {
                        let at = format!("{loss} {params} {name} {key} {i} (x {x:?})");
                        wrong.push(format!("{at}: {got:e}, PyTorch {want:e}"));
                    }
                    compared += 1;
                }
            }
        }
    }
    println!(
        "{compared} numbers of {losses:?}, of which {skipped} are NaN in PyTorch or known to differ"
    );
    assert!(wrong.is_empty(), "{} of {compared} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(losses.len() == 11 && compared > 3000 && skipped * 10 < compared, "{skipped}");
}
