//! The command as a user meets it: outputs, exit codes, messages, and files that stay whole.

use std::path::Path;
use std::process::{Command, Output};

const CHAINRULE: &str = env!("CARGO_BIN_EXE_chainrule");

fn chainrule(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(CHAINRULE).args(arguments).current_dir(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder with a small data set and a configuration for it.
fn folder(loss: &str, units: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let row = |k: usize| {
        let (a, b) = (k * 7 % 30, k * 11 % 30);
        format!("{a},{b},{}\n", usize::from(a + b > 29))
    };
    let rows: String = (0..60).map(row).collect();
    std::fs::write(folder.path().join("d.csv"), format!("a,b,\"y, or n\"\n{rows}")).unwrap();
    let config = format!(
        r#"{{"data": {{"file": "d.csv", "target": "y, or n"}},
            "network": {{"layers": [{{"units": 8, "activation": "tanh"}}, {{"units": {units}}}]}},
            "loss": "{loss}", "learning_rate": 0.05, "batch_size": 8, "epochs": 30,
            "out": "out"}}"#
    );
    std::fs::write(folder.path().join("c.json"), config).unwrap();
    folder
}

#[test]
fn train_evaluate_and_predict_agree() {
    let folder = folder("cross_entropy", 2);
    let at = folder.path();
    let train = chainrule(at, &["train", "c.json"]);
    assert_eq!(train.status.code(), Some(0), "{}", stderr(&train));
    assert!(stderr(&train).contains("epoch 30/30  train loss "), "{}", stderr(&train));
    assert!(stdout(&train).starts_with("network 2-8-2 with 42 parameters; 42 rows for training"));
    let last = stdout(&train).lines().last().unwrap().to_owned();
    assert!(last.starts_with("test accuracy "), "{last}");
    let accuracy: f64 = last.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(accuracy > 0.7, "{last}");

    let evaluate = chainrule(at, &["evaluate", "out"]);
    assert_eq!(stdout(&evaluate).lines().last(), Some(last.as_str()), "{}", stderr(&evaluate));
    let all = chainrule(at, &["evaluate", "out/weights.json", "--data", "d.csv"]);
    assert!(stdout(&all).contains("rows 60\n"), "{}", stderr(&all));

    let predict = chainrule(at, &["predict", "out", "--data", "d.csv"]);
    let text = stdout(&predict);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("\"y, or n\",probability"));
    let truth = std::fs::read_to_string(at.join("d.csv")).unwrap();
    let hits = lines
        .zip(truth.lines().skip(1))
        .filter(|(found, row)| found.split(',').next() == row.rsplit(',').next());
    let share = format!("accuracy {:.4}", hits.count() as f64 / 60.0);
    assert_eq!(stdout(&all).lines().last(), Some(share.as_str()));
    chainrule(at, &["predict", "out", "--data", "d.csv", "--out", "p.csv"]);
    assert_eq!(std::fs::read_to_string(at.join("p.csv")).unwrap(), text);
}

#[test]
fn seeds_are_trained_one_by_one_and_averaged() {
    let folder = folder("bce", 1);
    let output = chainrule(folder.path(), &["train", "c.json", "--seeds", "0..3", "-q"]);
    assert_eq!(stderr(&output), "");
    let text = stdout(&output);
    let figures: Vec<f64> = text
        .lines()
        .map(|line| {
            line.split(' ').nth(4 - usize::from(line.starts_with("mean"))).unwrap().parse().unwrap()
        })
        .collect();
    assert!(text.lines().nth(2).unwrap().starts_with("seed 2: test accuracy "), "{text}");
    let mean = (figures[0] + figures[1] + figures[2]) / 3.0;
    assert!((mean - figures[3]).abs() < 2e-4, "{text}");
    assert!(text.ends_with(" over 3 seeds\n"));
    let again = chainrule(folder.path(), &["train", "c.json", "--seed", "2", "-q"]);
    let last = stdout(&again).lines().last().unwrap().to_owned();
    assert!(text.contains(&format!("seed 2: {last}\n")), "{text}{last}");
    let weights = |run: &str| {
        let text = std::fs::read_to_string(folder.path().join(run).join("weights.json")).unwrap();
        text[text.find("\"parameters\"").unwrap()..].to_owned()
    };
    assert_eq!(weights("out"), weights("out/seed-2"));
    assert_ne!(weights("out"), weights("out/seed-1"));
}

#[test]
fn a_regression_ends_with_its_loss() {
    let folder = folder("huber", 1);
    let output = chainrule(folder.path(), &["train", "c.json", "-q"]);
    assert!(stdout(&output).lines().last().unwrap().starts_with("test loss 0."), "{output:?}");
    let predict = chainrule(folder.path(), &["predict", "out", "--data", "d.csv"]);
    assert_eq!(stdout(&predict).lines().count(), 61);
    let value = stdout(&predict).lines().nth(1).unwrap().to_owned();
    assert!(value.parse::<f32>().is_ok(), "{value}");
}

#[test]
fn errors_are_told_on_stderr_with_exit_code_1_and_wrong_usage_with_2() {
    let folder = folder("cross_entropy", 3);
    let at = folder.path();
    std::fs::write(at.join("bad.json"), "{\n  \"dat\": 1}").unwrap();
    std::fs::write(at.join("bad.csv"), "a,b\n1,two\n").unwrap();
    let table: &[(&[&str], i32, &[&str])] = &[
        (&["train", "none.json"], 1, &["error: none.json", "caused by: No such file"]),
        (&["train", "bad.json"], 1, &["error: bad.json:2:7", "did you mean `data`?"]),
        (&["train", "c.json"], 1, &["error: in `network.layers[1].units`: is 3", "2 classes"]),
        (&["evaluate", "none"], 1, &["error: none"]),
        (&["evaluate", "c.json"], 1, &["error: c.json:1:", "format"]),
        (&["predict", "bad.csv", "--data", "bad.csv"], 1, &["error: bad.csv:1:1"]),
        (&["train"], 2, &["CONFIG"]),
        (&["train", "c.json", "--seeds", "3..3"], 2, &["names no seed"]),
        (&["train", "c.json", "--epochs", "0"], 2, &["--epochs"]),
        (&["learn"], 2, &["learn"]),
    ];
    for (arguments, code, words) in table {
        let output = chainrule(at, arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{text}");
        for word in *words {
            assert!(text.contains(word), "{arguments:?}: \"{text}\" lacks \"{word}\"");
        }
    }
}

#[test]
fn a_loss_that_is_not_finite_is_an_error_and_the_weights_are_kept_for_inspection() {
    let folder = folder("mse", 1);
    let config = std::fs::read_to_string(folder.path().join("c.json")).unwrap();
    let wild = config.replace("0.05", "1e30").replace("\"tanh\"", "\"relu\"");
    let wild = wild.replace("\"loss\"", "\"optimizer\": \"sgd\", \"loss\"");
    std::fs::write(folder.path().join("c.json"), wild).unwrap();
    let output = chainrule(folder.path(), &["train", "c.json", "-q"]);
    assert_eq!(output.status.code(), Some(1));
    for word in ["smaller `learning_rate` than 1e30", "`data.scale`"] {
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    let evaluate = chainrule(folder.path(), &["evaluate", "out"]);
    assert!(stdout(&evaluate).contains("loss NaN"), "{evaluate:?}");
}

#[cfg(unix)]
#[test]
fn results_of_the_last_run_survive_a_full_disk() {
    let folder = folder("cross_entropy", 2);
    let at = folder.path();
    chainrule(at, &["train", "c.json", "-q"]);
    let before = std::fs::read(at.join("out/weights.json")).unwrap();
    // Files may not grow beyond one block; the signal is ignored, so that writing fails instead.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" train c.json --seed 9 -q";
    let output =
        Command::new("sh").args(["-c", script, CHAINRULE]).current_dir(at).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(stderr(&output).contains("weights.json: cannot be written"), "{}", stderr(&output));
    assert_eq!(std::fs::read(at.join("out/weights.json")).unwrap(), before);
    assert_eq!(std::fs::read_dir(at.join("out")).unwrap().count(), 3, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = folder("cross_entropy", 2);
    chainrule(folder.path(), &["train", "c.json", "-q"]);
    let script = "\"$0\" predict out --data d.csv | true; \"$0\" evaluate out | true";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, CHAINRULE]).current_dir(folder.path());
    let output = shell.output().unwrap();
    assert_eq!(stderr(&output), "");
}

#[test]
fn a_function_is_analyzed_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let arguments = ["analyze", "max(x, x^2)", "--on", "-1..2", "--svg", "f.svg"];
    let output =
        chainrule(at, &[&arguments[..], &["--tangent", "1/2", "--taylor", "1.5:2"]].concat());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for words in [
        "f(x) = max(x, x^2) on -1 to 2",
        "slopes 0, 1",
        "slopes 1, 2",
        "proved: there are no other stationary points",
        "wrote f.svg",
    ] {
        assert!(text.contains(words), "{text}");
    }
    let svg = std::fs::read_to_string(at.join("f.svg")).unwrap();
    for words in ["f(x) = max(x, x^2)", "tangent at 0.5", "order 2 at 1.5", "convex", "rises"] {
        assert!(svg.contains(words), "{words}");
    }
    let output = chainrule(at, &["analyze", "-x^3 + x", "--on", "-pi/2..pi/2", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["stationary"].as_array().unwrap().len(), 2);
    assert_eq!(json["stationary"][0]["evidence"], "proved");
    assert_eq!(json["complete"], true);
    assert_eq!(json["roots"].as_array().unwrap().len(), 3);
    let kink = chainrule(at, &["analyze", "x^(1/3)", "--on", "-1..1", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&kink)).unwrap();
    assert_eq!(json["breaks"][0]["left_slope"], "infinity");
    assert!(!at.join("runs").exists());

    let wrong: &[(&[&str], &str)] = &[
        (&["analyze", "sin(x", "--on", "0..1"], "^---"),
        (&["analyze", "sn(x)", "--on", "0..1"], "did you mean"),
        (&["analyze", "x", "--on", "1..1"], "the interval is empty"),
        (&["analyze", "x", "--on", "1-2"], "A..B"),
        (&["analyze", "x", "--on", "0..x"], "is not a number"),
        (&["analyze", "x", "--on", "0..1", "--taylor", "0:99"], "go up to 20"),
        (&["analyze", "x", "--on", "0..1", "--svg", "f.svg/g.svg"], "f.svg"),
    ];
    for (arguments, words) in wrong {
        let output = chainrule(at, arguments);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
        assert!(text.contains(words) && !text.contains("panicked"), "{arguments:?}: {text}");
    }
}

/// Whatever is asked to be analyzed: an answer or an error with a word that helps, and soon.
#[test]
fn hostile_functions_and_intervals_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let deep = |n: usize, open: &str, close: &str| open.repeat(n) + "x" + &close.repeat(n);
    let read = [
        "1/0",
        "0/0",
        "inf",
        "-inf",
        "sqrt(-1)",
        "x*0/0",
        "1e308*x*1e308",
        "x/1e-320",
        "1e-400*x",
        "x^999999999",
        "((x^1000000)^1000000)",
        "powi(x, 1e9)",
        "root(x, 100000)",
        "x^(1/1000001)",
        "x^(1/11) + x^(1/12) + x^(1/7) + x^(1/5) + x^(1/9) + x^(1/8)",
        "exp(exp(exp(exp(x))))",
        "floor(1e300*x)",
        "tan(1e10*x)",
        "x^x^x^x^x",
        "||x||",
        "π*x",
        "sin(1e300*x)",
        "atan(1/x)",
        "where(x < 0, 1/0, 0/0)",
        "max(x, 0/0)",
        "exp(-1/x^2)",
        "1/(x - 0.1)",
    ];
    let refused = [
        ("", "expected"),
        (" ", "expected"),
        ("x^", "^---"),
        ("sin(", "^---"),
        ("x²", "operator"),
        ("x 😀", "operator"),
        ("é+x", "expected"),
        ("nan", "nothing is called `nan`"),
        ("1e999999999", "too large"),
        ("x^1e400", "too large"),
        ("max()", "expected"),
        ("where(x < 1, 2)", "where(a < b"),
        ("log(x, 1)", "base"),
        ("|x", "expected"),
        ("x..2", "operator"),
    ];
    let analyze = |function: &str, on: &str| {
        chainrule(folder.path(), &["analyze", function, "--on", on, "--svg", "f.svg"])
    };
    let deep_sine = deep(30, "sin(", ")");
    let many_signs = deep(1, &"-".repeat(900), "");
    let power_tower = "x".to_owned() + &"^x".repeat(60);
    for function in read.iter().copied().chain([&deep_sine[..], &many_signs, &power_tower]) {
        let output = analyze(function, "-2..2");
        assert_eq!(output.status.code(), Some(0), "{function}: {}", stderr(&output));
        assert!(stdout(&output).starts_with("f(x) = "), "{function}");
    }
    let (parens, bars) = (deep(60_000, "(", ")"), deep(300, "|", "|"));
    let long = [(&parens[..], "longer"), (&bars[..], "nested")];
    for (function, word) in refused.into_iter().chain(long) {
        let output = analyze(function, "-2..2");
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{function}: {text}");
        assert!(text.starts_with("error: ") && text.contains(word), "{function}: {text}");
        assert!(!text.contains("panicked"), "{function}: {text}");
    }
    let good = [
        "0..1e-320",
        "0..5e-324",
        "-1e-300..1e-300",
        "1..1.0000000000000002",
        "−2..2",
        "-1e100..1e100",
        "0..2*pi",
        "1e15..2e15",
    ];
    for on in good {
        let output = analyze("x^3 - x", on);
        assert_eq!(output.status.code(), Some(0), "{on}: {}", stderr(&output));
    }
    let bad = [
        ("", "A..B"),
        ("..", "expected"),
        ("1..1", "empty"),
        ("2..1", "empty"),
        ("nan..1", "nothing is called"),
        ("-inf..inf", "not a number"),
        ("0..inf", "not a number"),
        ("0..1..2", "operator"),
        ("-1e308..1e308", "1e100"),
        ("0..(1", "expected"),
        ("-1..x", "not a number"),
    ];
    for (on, word) in bad {
        let output = analyze("x", on);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{on}: {text}");
        assert!(text.starts_with("error: ") && text.contains(word), "{on}: {text}");
    }
}
