//! [`Activation`] as a value: on numbers, arrays and tapes alike, in files, at kinks.

use chainrule_activations::{Activation, ActivationError};
use chainrule_autograd::Tape;
use ndarray::{Array2, array};

#[test]
fn numbers_arrays_and_tapes_agree_to_the_bit() {
    let x = array![[-2.5, -0.75, -0.0], [0.25, 1.0, 6.5]];
    for a in Activation::all() {
        for order in 0..=3 {
            let on_array = a.derivative(order, &x);
            let tape = Tape::<f64>::new();
            let on_tape = a.derivative(order, tape.input("x", &x)).value();
            let narrow = a.derivative(order, &x.mapv(|x| x as f32));
            for ((at, &x), y) in x.indexed_iter().zip(&on_array) {
                // A derivative −0 becomes 0 in the products of the chain rule.
                let bits = |y: f64| if order == 0 { y.to_bits() } else { (y + 0.0).to_bits() };
                let one = a.derivative(order, x);
                let same = bits(one) == bits(*y) || one.is_nan() && y.is_nan();
                assert!(same, "{a} order {order} at {x}: {one}, in an array {y}");
                assert!(on_tape[[at.0, at.1]].to_bits() == y.to_bits() || y.is_nan(), "{a}");
                let single = a.derivative(order, x as f32);
                let same = single == narrow[at] || single.is_nan() && narrow[at].is_nan();
                assert!(same, "{a} order {order} at {x} in f32");
            }
        }
        assert_eq!(a.apply(0.25), a.derivative(0, 0.25));
    }
}

#[test]
fn jacobians_are_diagonal() {
    let silu = Activation::named("silu").expect("known");
    let x = array![-1.0, 0.0, 2.0];
    let j = silu.jacobian(&x);
    assert_eq!(j, Array2::from_diag(&silu.derivative(1, &x)).into_dyn());
    let x = array![[-1.0f32, 0.5], [0.0, 2.0], [3.0, 4.0]];
    let j = silu.jacobian(&x);
    assert_eq!(j.shape(), [3, 2, 3, 2]);
    assert_eq!(j[[1, 1, 1, 1]], silu.derivative(1, 2.0f32));
    assert_eq!(j[[1, 1, 2, 1]], 0.0);
    assert_eq!(silu.jacobian(&ndarray::arr0(0.0)), ndarray::arr0(0.5).into_dyn());
}

#[test]
fn kinks_have_two_sides_and_smooth_points_one() {
    for a in Activation::all() {
        for kink in a.kinks() {
            let sides = (a.left(1, kink.at), a.derivative(1, kink.at), a.right(1, kink.at));
            assert_eq!(sides, (kink.left, kink.taken, kink.right), "{a} at {}", kink.at);
            // The number of least absolute value between the two; 0 at a jump.
            let (low, high) = (kink.left.min(kink.right), kink.left.max(kink.right));
            let jumps = low.is_infinite() || high.is_infinite();
            let least = if jumps { 0.0 } else { 0f64.clamp(low, high) };
            assert_eq!(kink.taken, least, "{a} at {}", kink.at);
            let tape = Tape::<f64>::new();
            let on_tape = a.derivative(1, tape.input("x", kink.at)).item();
            assert_eq!(on_tape, kink.taken, "{a} at {} on a tape", kink.at);
        }
        for x in [-2.25, 0.625, 1.75] {
            for order in 0..=4 {
                let y = a.derivative(order, x);
                let sides = (a.left(order, x), a.right(order, x));
                assert!(sides == (y, y) || y.is_nan(), "{a} at {x}");
            }
        }
    }
    let jump = Activation::named("threshold").expect("known");
    assert_eq!((jump.left(0, 0.0), jump.apply(0.0)), (0.5, 0.5));
    assert!(jump.right(0, 0.0) < 1e-300);
    let squared = Activation::named("relu_squared").expect("known");
    assert_eq!(
        (squared.left(2, 0.0), squared.derivative(2, 0.0), squared.right(2, 0.0)),
        (0.0, 0.0, 2.0)
    );
}

#[test]
fn every_activation_is_written_and_read() {
    for a in Activation::all() {
        let text = serde_json::to_string(&a).expect("it can be written");
        assert_eq!(serde_json::from_str::<Activation>(&text).expect(&text), a, "{text}");
        assert_eq!(a.name().parse(), Ok(a));
        assert_eq!(text.starts_with('"'), a.params().is_empty(), "{text}");
    }
    let read = |text: &str| serde_json::from_str::<Activation>(text).map_err(|e| e.to_string());
    let slope = |m| Activation::named("leaky_relu").and_then(|a| a.with("slope", m));
    assert_eq!(read(r#"{"leaky_relu": {"slope": 0.2}}"#), Ok(slope(0.2).expect("possible")));
    assert_eq!(read(r#"{"leaky_relu": 2}"#), Ok(slope(2.0).expect("possible")));
    assert_eq!(read(r#"{"hardtanh": {"min": 2, "max": 3}}"#).expect("both").params(), [2.0, 3.0]);
    assert_eq!(read(r#""hard_silu""#).expect("an alias").name(), "hardswish");
    assert_eq!(read(r#"{"clip": {}}"#).expect("an alias").params(), [0.0, 1.0]);
    for (text, words) in [
        (r#""rleu""#, "there is no activation `rleu`"),
        (r#"{"leaky_relu": {"slop": 1}}"#, "no parameter `slop`"),
        (r#"{"leaky_relu": {"slope": 1, "slope": 2}}"#, "given twice"),
        (r#"{"softplus": {"beta": -1}}"#, "beta is positive"),
        (r#"{"hardtanh": {"min": 2}}"#, "min is below max"),
        (r#"{"hardtanh": 2}"#, "not exactly one parameter"),
        (r#"{"relu": {}, "gelu": {}}"#, "both `relu` and `gelu`"),
        (r#"{"gelu": "x"}"#, "the parameters of gelu by name"),
        (r#"{}"#, "the name of an activation"),
        ("3", "the name of an activation"),
    ] {
        let error = read(text).expect_err(text);
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn values_are_small_and_compare() {
    fn is_plain<T: Copy + Send + Sync + 'static>() {}
    is_plain::<Activation>();
    assert!(size_of::<Activation>() <= 48);
    let swish = Activation::named("swish").expect("known");
    let wide = swish.with("beta", 2.0).expect("possible");
    assert!(swish != wide && wide == wide.with("beta", 2.0).expect("possible"));
    assert_eq!(wide.to_string(), "swish(beta=2)");
    assert_eq!(swish.with("alpha", 1.0).unwrap_err().to_string(), "swish has no parameter `alpha`");
    assert!(matches!(swish.with("beta", f64::NAN), Err(ActivationError::Refused { .. })));
    let names: std::collections::BTreeSet<_> = Activation::all().map(|a| a.name()).collect();
    assert_eq!(names.len(), Activation::all().count(), "names are unique");
}
