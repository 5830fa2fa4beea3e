//! Random tapes of 5 to 40 steps over all ops, with broadcasting and views: the gradient against
//! finite differences, the Hessian's symmetry, linearity, and determinism to the bit.

mod recipe;

use chainrule_autograd::check::{Estimate, Method, difference};
use chainrule_autograd::shape::count;
use chainrule_autograd::{Tape, Var};
use ndarray::ArrayD;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use recipe::{Recipe, inputs, recipes};

/// A recipe played on a tape of its own: inputs and two 0-d results.
struct Played<'t> {
    xs: Vec<Var<'t>>,
    ys: [Var<'t>; 2],
}

fn played<'t>(tape: &'t Tape<f64>, recipe: &Recipe) -> Played<'t> {
    let xs: Vec<Var<'t>> = inputs().iter().map(|(name, x)| tape.input(name, x)).collect();
    let nodes = recipe.record(&xs);
    let last = nodes[nodes.len() - 1];
    let middle = nodes[nodes.len() / 2];
    // Every value counts a little.
    let rest: Var<'t> = nodes.iter().map(|v| v.mean()).sum();
    Played { xs, ys: [(last * last).mean() + rest * 0.125, middle.mean()] }
}

fn flat(values: &[Var<'_>]) -> Vec<f64> {
    values.iter().flat_map(|v| v.to_vec()).collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

/// Finite differences of y along element `at` of input `x`, with their error.
fn slope(y: Var<'_>, x: Var<'_>, value: &ArrayD<f64>, at: usize) -> Estimate {
    let mut moved = value.clone();
    let element = value.iter().nth(at).copied().expect("an element");
    let estimate = difference(Method::Central, f64::EPSILON, element, |to| {
        *moved.iter_mut().nth(at).expect("an element") = to;
        x.set(&moved).expect("the same shape");
        y.item()
    });
    x.set(value).expect("the same shape");
    estimate
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20), // any other number of cases and seed may be tried by hand
        ..ProptestConfig::default()
    })]

    #[test]
    fn gradients_agree_with_differences(recipe in recipes()) {
        let tape = Tape::<f64>::new();
        let Played { xs, ys: [y, _] } = played(&tape, &recipe);
        let d = y.gradient(&xs);
        let scale = flat(&d).iter().fold(1e-3, |m: f64, d| m.max(d.abs()));
        for ((x, (_, value)), d) in xs.iter().zip(inputs()).zip(&d) {
            for (at, d) in d.to_vec().into_iter().enumerate() {
                let estimate = slope(y, *x, &value, at);
                let tolerance = 1e-6 * scale + 4.0 * estimate.error;
                prop_assert!(estimate.error < 1e-2 * scale, "{estimate:?}\n{tape}");
                let off = (estimate.slope - d).abs();
                prop_assert!(off <= tolerance, "{x:?}[{at}]: {d} for {estimate:?}\n{tape}");
            }
        }
    }

    #[test]
    fn hessians_are_symmetric(recipe in recipes()) {
        let tape = Tape::<f64>::new();
        let Played { xs, ys: [y, _] } = played(&tape, &recipe);
        let weights = |seed: usize| {
            let weight = |i: usize| ((i * 7 + seed * 13) % 11) as f64 / 4.0 - 1.0;
            xs.iter().map(|x| {
                let n = count(&x.shape());
                let w: Vec<f64> = (seed..seed + n).map(weight).collect();
                tape.constant(ArrayD::from_shape_vec(x.shape(), w).expect("as many"))
            }).collect::<Vec<_>>()
        };
        let (u, v) = (weights(1), weights(5));
        let d = y.gradient(&xs);
        let hu = dot(&d, &u).gradient(&xs);
        let hv = dot(&d, &v).gradient(&xs);
        let (vhu, uhv) = (dot(&hu, &v).item(), dot(&hv, &u).item());
        let terms = flat(&hu).iter().chain(&flat(&hv)).fold(1e-3, |m: f64, h| m.max(h.abs()));
        prop_assert!((vhu - uhv).abs() <= 1e-9 * terms, "{vhu} and {uhv} of {terms}\n{tape}");
    }

    #[test]
    fn the_gradient_of_a_sum_is_the_sum_of_gradients(recipe in recipes()) {
        let tape = Tape::<f64>::new();
        let Played { xs, ys: [y, z] } = played(&tape, &recipe);
        let (dy, dz, both) = (y.gradient(&xs), z.gradient(&xs), (y + z * 3.0).gradient(&xs));
        let (dy, dz, both) = (flat(&dy), flat(&dz), flat(&both));
        let scale = dy.iter().chain(&dz).fold(1e-3, |m: f64, d| m.max(d.abs()));
        for ((a, b), sum) in dy.iter().zip(&dz).zip(&both) {
            prop_assert!((a + 3.0 * b - sum).abs() <= 1e-11 * scale, "{a} + 3·{b}: {sum}\n{tape}");
        }
    }

    #[test]
    fn plays_are_equal_to_the_bit(recipe in recipes()) {
        let (one, two) = (Tape::<f64>::new(), Tape::<f64>::new());
        let (a, b) = (played(&one, &recipe), played(&two, &recipe));
        let da = a.ys[0].gradient(&a.xs);
        let first = bits(&flat(&da));
        prop_assert_eq!(&first, &bits(&flat(&b.ys[0].gradient(&b.xs))));
        for (x, (_, value)) in a.xs.iter().zip(inputs()) {
            x.set(&value * 0.5).expect("the same shape");
        }
        let elsewhere = bits(&flat(&da));
        for (x, (_, value)) in a.xs.iter().zip(inputs()) {
            x.set(&value).expect("the same shape");
        }
        prop_assert_eq!(&first, &bits(&flat(&da)));
        prop_assert_eq!(elsewhere.len(), first.len());
    }
}

/// Σ over inputs of Σ d·u.
fn dot<'t>(d: &[Var<'t>], u: &[Var<'t>]) -> Var<'t> {
    d.iter().zip(u).map(|(d, u)| (*d * *u).sum()).sum()
}

/// The recipes are as varied as they are meant to be.
#[test]
fn recipes_reach_every_op() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut names, mut steps) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..300 {
        let recipe = recipes().new_tree(&mut runner).expect("a recipe").current();
        let tape = Tape::<f64>::new();
        let xs: Vec<Var<'_>> = inputs().iter().map(|(name, x)| tape.input(name, x)).collect();
        steps += recipe.record(&xs).len() - xs.len();
        let printed = tape.to_string();
        let ops = printed
            .lines()
            .filter_map(|line| line.split("= ").nth(1)?.split([' ', '[', '(']).next());
        names.extend(ops.map(str::to_owned));
    }
    for op in [
        "+",
        "−",
        "×",
        "×₀",
        "÷",
        "÷₀",
        "pow",
        "maximum",
        "minimum",
        "atan2",
        "hypot",
        "<",
        "select",
        "sum",
        "max",
        "min",
        "norm",
        "logsumexp",
        "softmax",
        "log_softmax",
        "expand",
        "reshape",
        "permute",
        "slice",
        "pad",
        "concat",
        "accumulate",
        "matmul",
        "gather",
        "scatter_add",
    ] {
        assert!(names.contains(op), "no recipe reaches {op}: {names:?}");
    }
    for row in chainrule_autograd::table::rows() {
        assert!(names.contains(row.info().name), "no recipe reaches {}", row.info().name);
    }
    assert!(steps > 300 * 10, "{steps} steps in 300 recipes");
}
