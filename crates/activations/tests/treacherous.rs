//! Inputs at which textbook formulas overflow, cancel or saturate.

mod common;

use common::{Float, at, row, text, ulps};

/// Inputs at which textbook formulas fail, with references of 60 digits.
#[test]
fn treacherous_inputs() {
    let table = serde_json::json!([
        ["f32", "sigmoid", 1, "17", "4.1399373760035016e-8"],
        ["f32", "sigmoid", 1, "20", "2.0611536139418493e-9"],
        ["f64", "sigmoid", 1, "40", "4.248354255291589e-18"],
        ["f32", "sigmoid", 0, "-89", "2.2273635617957437e-39"],
        ["f64", "sigmoid", 0, "-20", "2.0611536181902036e-9"],
        ["f64", "sigmoid", 0, "20", "0.99999999793884638"],
        ["f64", "sigmoid", 0, "-745", "4.9e-324"],
        ["f64", "sigmoid", 0, "-746", "0"],
        ["f32", "tanh", 0, "1e-8", "1e-8"],
        ["f32", "tanh", 0, "1e-6", "1e-6"],
        ["f32", "tanh", 1, "4", "1.3409506830258969e-3"],
        ["f32", "tanh", 1, "6", "2.4576547405332701e-5"],
        ["f32", "tanh", 1, "9", "6.0919917123232292e-8"],
        ["f32", "tanh", 1, "10", "8.2446144557673974e-9"],
        ["f64", "tanh", 1, "14", "2.7657600427722565e-12"],
        ["f64", "tanh", 1, "19", "1.2556531168192118e-16"],
        ["f64", "tanh", 1, "20", "1.6993417021166356e-17"],
        ["f32", "softplus", 0, "89", "89"],
        ["f32", "softplus", 1, "89", "1"],
        ["f64", "softplus", 0, "710", "710"],
        ["f64", "softplus", 1, "710", "1"],
        ["f64", "softplus", 0, "1000", "1000"],
        ["f64", "softplus", 0, "-1000", "0"],
        ["f32", "softplus", 0, "-17", "4.1399376330897474e-8"],
        ["f64", "softplus", 0, "-20", "2.0611536203143807e-9"],
        ["f64", "softplus", 0, "20", "20.000000002061154"],
        ["f64", "softplus", 0, "-40", "4.248354255291589e-18"],
        ["f32", "elu", 0, "-1e-8", "-1e-8"],
        ["f64", "elu", 0, "-1e-8", "-9.9999999500000004e-9"],
        ["f32", "elu", 0, "-1e-4", "-9.99950001666625e-5"],
        ["f64", "elu", 1, "100", "1"],
        ["f64", "gelu", 0, "-5", "-1.4332578593959696e-6"],
        ["f64", "gelu", 0, "-8", "-4.9767684594174273e-15"],
        ["f64", "gelu", 0, "-10", "-7.6198530241605261e-23"],
        ["f32", "gelu", 0, "-10", "-7.6198530241605261e-23"],
        ["f64", "gelu", 0, "-14", "-1.091095154686992e-43"],
        ["f32", "gelu", 0, "-14", "-1.091095154686992e-43"],
        ["f64", "gelu", 1, "-4", "-0.00050364966122642149"],
        ["f64", "gelu", 0, "-0.75179152469356446", "-0.16997120747990366"],
        ["f64", "gelu", 1, "-1.4142135623730951", "-0.12890414518515479"],
        ["f64", "gelu", 1, "1.4142135623730951", "1.1289041451851548"],
        ["f64", "silu", 0, "-20", "-4.1223072363804072e-8"],
        ["f64", "silu", 1, "-20", "-3.9161918660646783e-8"],
        ["f32", "silu", 0, "-104", "-7.0860990944071105e-44"],
        ["f64", "silu", 0, "-1.2784645427610738", "-0.2784645427610738"],
        ["f64", "silu", 1, "2.3993572805154677", "1.0998393201288669"],
    ]);
    fn check<T: Float>(name: &str, order: u32, x: &str, want: &str) {
        let row = row(name);
        let (got, want) = (at(row, order, &row.info().defaults(), T::parse(x)), T::parse(want));
        let name = format!("{name} {} order {order} at {x}", T::NAME);
        assert!(
            ulps(got, want) <= 4.0,
            "{name}: {got:e}, want {want:e}",
            got = got.wide(),
            want = want.wide()
        );
    }
    for line in table.as_array().expect("a list") {
        let [name, x, want] = [1, 3, 4].map(|i| text(&line[i]));
        let order = line[2].as_u64().expect("an order") as u32;
        match text(&line[0]) {
            "f64" => check::<f64>(name, order, x, want),
            _ => check::<f32>(name, order, x, want),
        }
    }
    assert_eq!(at(row("softplus"), 0, &[1e30], 0.5), 0.5);
    assert_eq!(at(row("leaky_relu"), 0, &[0.0], f64::NEG_INFINITY), 0.0);
    assert_eq!(at(row("relu"), 1, &[], 5e-324), 1.0);
    assert_eq!(at(row("relu"), 0, &[], f32::from_bits(1)), f32::from_bits(1));
}
