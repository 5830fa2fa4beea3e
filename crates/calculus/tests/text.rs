//! Functions from text: what is understood, and what is said of the rest.

use chainrule_calculus::Curve;

fn read(text: &str) -> Result<Curve, String> {
    Curve::parse(text, chainrule_activations::rows()).map_err(|e| e.to_string())
}

#[test]
fn texts_mean_what_they_say() {
    let table: [(&str, f64, f64); 24] = [
        ("x", 3.0, 3.0),
        ("-x^2", 3.0, -9.0),
        ("2^3^2", 0.0, 512.0),
        ("2**3", 0.0, 8.0),
        ("x - 1 - 1", 3.0, 1.0),
        ("8/2/2", 0.0, 2.0),
        ("x^-1", 4.0, 0.25),
        ("-x^-2", 2.0, -0.25),
        ("--x", 3.0, 3.0),
        ("|x - 5|", 3.0, 2.0),
        ("2*|x|*|x - 1|", -2.0, 12.0),
        ("1e3 + .5 + 2.", 0.0, 1002.5),
        ("x^0.5", 9.0, 3.0),
        ("x^(2/3)", -8.0, 4.0),
        ("x^-0.5", 4.0, 0.5),
        ("(x^2)^(1/2)", -3.0, 3.0),
        ("x^pi", 1.0, 1.0),
        ("max(x, 2, 7)", 3.0, 7.0),
        ("min(x, 2, 7)", 3.0, 2.0),
        ("where(x > 2, 1, 0)", 3.0, 1.0),
        ("where(x >= 3, x, -x)", 3.0, 3.0),
        ("hypot(x, 4)", 3.0, 5.0),
        ("leaky_relu(x, 1/4)", -8.0, -2.0),
        ("2·x × 3 ÷ 4 − 1", 2.0, 2.0),
    ];
    for (text, x, want) in table {
        let got = read(text).unwrap_or_else(|e| panic!("{text}\n{e}")).value(x);
        assert!((got - want).abs() <= 1e-14 * want.abs(), "{text}: {got}, want {want}");
    }
}

#[test]
fn every_function_of_the_table_can_be_named() {
    for row in chainrule_activations::rows() {
        let info = row.info();
        let params: String = info.params.iter().map(|p| format!(", {}", p.default)).collect();
        let curve = read(&format!("{}(x{params})", info.name)).unwrap_or_else(|e| panic!("{e}"));
        let x = 0.5 * (info.test.0 + info.test.1) + 0.125;
        let mut want = [0.0];
        row.play_f64(0, &info.defaults(), &[x], None, &mut want);
        assert_eq!(curve.value(x), want[0], "{}", info.name);
    }
}

#[test]
fn errors_point_at_the_place() {
    let table = [
        ("", "expected", 1),
        ("2x", "an operator", 2),
        ("sin(", "expected", 5),
        ("sin x", "expected", 5),
        ("(x + 1", "expected", 7),
        ("x + * 2", "expected", 5),
        ("x + y", "nothing is called `y`", 5),
        ("sgmoid(x)", "did you mean `sigmoid`?", 1),
        ("1 + cosn(x)", "did you mean `cos`?", 5),
        ("log(x)", "write `log(x, a)`", 1),
        ("sin(x, 2)", "write `sin(x)`", 1),
        ("leaky_relu(x, x)", "are constants", 1),
        ("max(x)", "takes 2 arguments", 1),
        ("sin(x < 1)", "where(a < b", 5),
        ("where(x, 1, 2)", "write `where(a < b, then, else)`", 1),
        ("1e999", "too large", 1),
        ("root(x, 2.5)", "whole number", 1),
        ("x $ 2", "expected", 3),
    ];
    for (text, said, column) in table {
        let error = read(text).expect_err(text);
        assert!(error.contains(said), "{text}: {error}");
        assert!(error.contains(&format!("1:{column}\n")), "{text}: {error}");
        let caret = error.lines().find(|line| line.contains('^')).expect("a caret");
        assert_eq!(
            caret.find('^').map(|at| at - caret.find('|').unwrap_or(0) - 1),
            Some(column),
            "{error}"
        );
    }
}

#[test]
fn no_text_is_too_wild() {
    let deep = format!("{}x{}", "(".repeat(400), ")".repeat(400));
    assert!(read(&deep).is_err_and(|e| e.contains("nested")));
    let long = "x+".repeat(2000) + "x";
    assert!(read(&long).is_err_and(|e| e.contains("longer")));
    let signs = "-".repeat(900) + "x";
    assert_eq!(read(&signs).expect("an even number of signs").value(2.0), 2.0);
    let tower = format!("x{}", "^x".repeat(400));
    assert!(read(&tower).is_ok());
    let bars = "|".repeat(200) + "x";
    assert!(read(&bars).is_err());
}
