//! Weights files: bit-equal when loaded back, and refused with helpful words when broken.

use std::path::{Path, PathBuf};

use chainrule_mlp::data::{Dataset, Table};
use chainrule_mlp::history::History;
use chainrule_mlp::loss::Task;
use chainrule_mlp::model::Prediction;
use chainrule_mlp::{Config, Model, Run, Trainer};
use serde_json::{Value, json};

const CONFIG: &str = r#"{
    "data": {"file": "d.csv", "target": "y", "split": {"validation": 0.2, "test": 0.2}},
    "network": {"layers": [{"units": 3, "activation": {"leaky_relu": 0.2}}, {"units": 2}]},
    "loss": "cross_entropy", "learning_rate": 0.01, "batch_size": 4, "epochs": 2, "out": "-"
}"#;

fn table(folder: &Path) -> Table {
    let rows: String = (0..20).map(|k| format!("{},{},c{}\n", k % 7, k % 5, k % 2)).collect();
    let file = folder.join("d.csv");
    std::fs::write(&file, format!("a,b,y\n{rows}")).unwrap();
    Table::load(file).unwrap()
}

fn run(folder: &Path) -> Run {
    let data = Dataset::of_table(&table(folder), "y", Task::Classes).unwrap();
    let config = Config::from_json(CONFIG).unwrap();
    Trainer::new(config, &data).unwrap().train(|_| {}).unwrap()
}

fn bits(model: &Model) -> Vec<u32> {
    model.parameters.iter().flat_map(|p| p.value.iter().map(|x| x.to_bits())).collect()
}

#[test]
fn a_run_loads_back_equal() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/er");
    let run = run(folder.path());
    run.save(&out).unwrap();
    assert_eq!(Model::load(out.join("weights.json")).unwrap(), run.model);
    assert_eq!(History::load(out.join("history.json")).unwrap(), run.history);
    assert!(std::fs::read_to_string(out.join("loss.svg")).unwrap().contains("<svg"));
}

#[test]
fn values_that_json_does_not_know_load_back_bit_equal() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = run(folder.path());
    let odd = [0x7fc0_0000, 0x7fc0_0001, 0xffc1_2345, 0x7f80_0000, 0xff80_0000, 0x8000_0000];
    for (place, odd) in run.model.parameters[0].value.iter_mut().zip(odd) {
        *place = f32::from_bits(odd);
    }
    run.model.scaler.shift[0] = -0.0;
    run.history.epochs[0].train.loss = f64::NAN;
    run.history.epochs[1].train.loss = f64::NEG_INFINITY;
    run.save(folder.path()).unwrap();
    let model = Model::load(folder.path().join("weights.json")).unwrap();
    assert_eq!(bits(&model), bits(&run.model));
    assert_eq!(model.scaler, run.model.scaler);
    let history = History::load(folder.path().join("history.json")).unwrap();
    let losses = |history: &History| {
        history.epochs.iter().map(|epoch| epoch.train.loss.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(losses(&history), losses(&run.history));
}

#[test]
fn a_network_with_nan_predicts_no_class() {
    let folder = tempfile::tempdir().unwrap();
    let table = table(folder.path());
    let mut model = run(folder.path()).model;
    let inputs = model.inputs(&table).unwrap();
    let Prediction::Classes(classes, probabilities) = model.predict(inputs.clone()) else {
        panic!("classes are predicted");
    };
    assert!(classes.iter().all(Option::is_some));
    assert!(probabilities.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    model.parameters[3].value.fill(f32::NAN);
    let Prediction::Classes(classes, _) = model.predict(inputs) else {
        panic!("classes are predicted");
    };
    assert!(classes.iter().all(Option::is_none));
    let measure = model.measure(&model.part(&table).unwrap()).unwrap();
    assert!(measure.loss.is_nan() && measure.accuracy == Some(0.0), "{measure:?}");
}

#[test]
fn columns_are_found_by_name_and_others_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let model = run(folder.path()).model;
    let original = model.inputs(&table(folder.path())).unwrap();
    let file = folder.path().join("other.csv");
    std::fs::write(&file, "b,id,a\n2,x,3\n").unwrap();
    let inputs = model.inputs(&Table::load(&file).unwrap()).unwrap();
    // Row 17 of the training file has a = 17 mod 7 = 3 and b = 17 mod 5 = 2.
    assert_eq!(inputs.row(0), original.row(17));
    std::fs::write(&file, "b,c\n2,3\n").unwrap();
    let error = model.inputs(&Table::load(&file).unwrap()).unwrap_err().to_string();
    assert!(error.contains("no column `a`"), "{error}");
}

#[test]
fn a_scaling_that_overflows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let table = table(folder.path());
    let mut model = run(folder.path()).model;
    model.scaler.unit[1] = 1e-40;
    let error = model.inputs(&table).unwrap_err().to_string();
    for word in ["d.csv:2", "`b`", "stays finite when it is scaled"] {
        assert!(error.contains(word), "{error}");
    }
    let data = Dataset::of_table(&table, "y", Task::Classes).unwrap();
    let mut config = Config::from_json(CONFIG).unwrap();
    config.data.scale = serde_json::from_str(r#"{"divide": 1e-40}"#).unwrap();
    let error = Trainer::new(config, &data).unwrap_err().to_string();
    for word in ["`data.scale`", "`divide(by=1e-40)`", "column `a`", "inf"] {
        assert!(error.contains(word), "{error}");
    }
}

struct Broken {
    folder: tempfile::TempDir,
    good: Value,
}

impl Broken {
    fn load(&self, text: &str) -> Result<Model, String> {
        let file: PathBuf = self.folder.path().join("weights.json");
        std::fs::write(&file, text).unwrap();
        Model::load(&file).map_err(|error| error.to_string())
    }

    fn with(&self, pointer: &str, value: Value) -> String {
        let mut weights = self.good.clone();
        *weights.pointer_mut(pointer).unwrap() = value;
        weights.to_string()
    }
}

#[test]
fn broken_weights_are_refused_with_words_that_help() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path()).save(folder.path()).unwrap();
    let good = std::fs::read_to_string(folder.path().join("weights.json")).unwrap();
    let broken = Broken { good: serde_json::from_str(&good).unwrap(), folder };
    assert!(broken.load(&broken.good.to_string()).is_ok());
    let unit = "/config/network/layers/1/units";
    const POSITIVE: &str = "allowed is a finite number greater than 0";
    let table: Vec<(String, &[&str])> = vec![
        (String::new(), &["weights.json:1:", "EOF"]),
        (good[..good.len() / 2].into(), &["weights.json:1:", "EOF"]),
        ("{}".into(), &["missing field `format`"]),
        (broken.with("/format", json!("v9")), &["`format` is `v9`", "chainrule-mlp weights 1"]),
        (broken.with("/features", json!([])), &["`features` is empty"]),
        (broken.with("/features", json!(["a"])), &["`scaler.shift` has 2", "1 features"]),
        (broken.with("/scaler/unit", json!([1])), &["`scaler.unit` has 1", "2 features"]),
        (broken.with("/scaler/unit/0", json!(null)), &["`scaler.unit[0]`", "null"]),
        (
            broken.with("/scaler/unit/1", json!(0)),
            &["weights.json: `scaler.unit[1]` is 0", POSITIVE],
        ),
        (broken.with("/scaler/unit/1", json!(1e-60)), &["`scaler.unit[1]` is 0", POSITIVE]),
        (broken.with("/scaler/unit/0", json!(-2.5)), &["`scaler.unit[0]` is -2.5", POSITIVE]),
        (broken.with("/scaler/unit/0", json!("NaN")), &["`scaler.unit[0]` is NaN", POSITIVE]),
        (broken.with("/scaler/unit/0", json!("inf")), &["`scaler.unit[0]` is inf", POSITIVE]),
        (broken.with("/scaler/shift/1", json!("NaN")), &["`scaler.shift[1]` is NaN", "finite"]),
        (broken.with("/scaler/shift/1", json!("-inf")), &["`scaler.shift[1]` is -inf", "finite"]),
        (
            broken.with("/features", json!(["a", "a"])),
            &["weights.json: `features[1]` is `a`", "`features[0]`", "each feature once"],
        ),
        (
            broken.with("/target/classes", json!(["c0", "c0"])),
            &["`target.classes[1]` is `c0`", "`target.classes[0]`", "each class once"],
        ),
        (broken.with("/scaler", json!(3)), &["`scaler`", "an object with `shift`"]),
        (broken.with("/rows", json!(-1)), &["`rows`", "-1", "whole number from 0"]),
        (
            broken.with("/target", json!("values")),
            &["in `config`", "`loss`", "not for a target of real values"],
        ),
        (broken.with("/target", json!("colours")), &["`target", "colours"]),
        (broken.with("/target/classes", json!([])), &["one class only", "at least 2"]),
        (broken.with("/target/classes/1", json!(7)), &["`target.classes[1]`", "7"]),
        (broken.with(unit, json!(3)), &["layers[1].units", "is 3", "2 classes"]),
        (broken.with(unit, json!(-3)), &["config.network.layers[1].units", "-3"]),
        (broken.with("/config/network/layers", json!([])), &["in `config`", "needs 2 units"]),
        (broken.with("/config/loss", json!("mse")), &["`mse` is not for a target of classes"]),
        (broken.with("/config/network/layers/0/units", json!(4)), &["`w1`", "[2, 3]", "[2, 4]"]),
        (broken.with("/config/network/layers/0/units", json!(1_000_000)), &["`w1`"]),
        (broken.with("/parameters", json!([])), &["0 parameters", "has 4"]),
        (broken.with("/parameters/0/name", json!("v")), &["`v`", "`w1`"]),
        (broken.with("/parameters/0/shape", json!([3, 2])), &["`w1`", "[3, 2]", "[2, 3]"]),
        (broken.with("/parameters/0/shape", json!([u64::MAX, 2])), &["`w1`"]),
        (broken.with("/parameters/0/values", json!([1, 2])), &["`w1`", "[2, 3]", "2 values"]),
        (broken.with("/parameters/0/values/3", json!("nan")), &["values[3]", "nan", "\"NaN\""]),
        (broken.with("/parameters/0/values/3", json!(1e39)), &["values[3]", "f32"]),
        (broken.with("/parameters/0/values/3", json!([])), &["values[3]"]),
    ];
    for (text, words) in table {
        let error = broken.load(&text).expect_err(&text[..text.len().min(200)]);
        for word in words {
            assert!(error.contains(word), "\"{error}\"\nlacks \"{word}\"");
        }
    }
}

#[test]
fn a_run_that_cannot_be_written_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path());
    let in_the_way = folder.path().join("file");
    std::fs::write(&in_the_way, "kept").unwrap();
    let error = run.save(&in_the_way).unwrap_err().to_string();
    assert!(error.contains("file"), "{error}");
    assert_eq!(std::fs::read_to_string(&in_the_way).unwrap(), "kept");
}
