//! Broken configurations: each is refused with a message that says what, where, what was found
//! and what is allowed.

use chainrule_mlp::Config;
use serde_json::{Value, json};

fn good() -> Value {
    json!({
        "data": {"file": "d.csv", "target": "label", "scale": "standard",
                 "split": {"validation": 0.1, "test": 0.2}},
        "network": {"layers": [{"units": 8, "activation": "relu"}, {"units": 2}], "init": "he"},
        "loss": "cross_entropy",
        "optimizer": {"adam": {"beta1": 0.9}},
        "learning_rate": 0.001,
        "schedule": {"cosine": 0.1},
        "batch_size": 64,
        "epochs": 20,
        "seed": 1,
        "out": "runs/x"
    })
}

/// The good configuration with one field (a JSON pointer) replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut config = good();
    match config.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            config.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    serde_json::to_string_pretty(&config).unwrap()
}

fn without(parent: &str, name: &str) -> String {
    let mut config = good();
    config.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    config.to_string()
}

#[test]
fn the_good_one_is_read_and_written_back_equal() {
    let config = Config::from_json(&good().to_string()).unwrap();
    assert_eq!(config.optimizer.params(), [0.9, 0.999, 1e-8]);
    assert_eq!(config.network.layers[1].activation.name(), "identity");
    let written = serde_json::to_string(&config).unwrap();
    assert_eq!(Config::from_json(&written).unwrap(), config);
    assert_eq!(Config::from_json(&format!("\u{feff}{written}")).unwrap(), config);
    let largest = Config::from_json(&with("/seed", json!(u64::MAX))).unwrap();
    assert_eq!(largest.seed, u64::MAX);
}

#[test]
fn what_may_be_left_out_has_its_documented_default() {
    let mut least = good();
    for (parent, name) in [
        ("", "optimizer"),
        ("", "schedule"),
        ("", "seed"),
        ("/data", "scale"),
        ("/data", "split"),
        ("/network", "init"),
    ] {
        least.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    }
    let config = Config::from_json(&least.to_string()).unwrap();
    assert_eq!(config.optimizer.name(), "adam");
    assert_eq!(config.schedule.name(), "constant");
    assert_eq!(config.data.scale.name(), "standard");
    assert_eq!((config.data.split.validation, config.data.split.test), (0.1, 0.2));
    assert_eq!((config.network.init.name(), config.seed), ("he", 0));
}

#[test]
fn broken_ones_are_refused_with_words_that_help() {
    let layer = "/network/layers/0";
    let table: Vec<(String, &[&str])> = vec![
        (String::new(), &["<config>:1:", "EOF"]),
        ("[]".into(), &["invalid"]),
        ("{\"data\": ".into(), &["<config>:1:9", "EOF"]),
        (format!("{} x", good()), &["trailing characters"]),
        ("[".repeat(100_000), &["<config>:1:"]),
        (without("", "epochs"), &["missing field `epochs`"]),
        (without("/data", "target"), &["in `data`", "missing field `target`"]),
        (with("/epoch", json!(3)), &["unknown field `epoch`", "did you mean `epochs`?"]),
        (with("/data/sclae", json!(3)), &["unknown field `sclae`", "did you mean `scale`?"]),
        (with("/epochs", json!(0)), &["`epochs`", "`0`", "from 1 to 1000000"]),
        (with("/epochs", json!(2.5)), &["`epochs`", "`2.5`", "whole number"]),
        (with("/epochs", json!("20")), &["`epochs`", "string \"20\"", "whole number"]),
        (with("/batch_size", json!(-1)), &["`batch_size`", "`-1`", "from 1"]),
        (with("/seed", json!(-1)), &["`seed`", "`-1`", "whole number from 0"]),
        (with("/learning_rate", json!(0)), &["`learning_rate`", "`0`", "greater than 0"]),
        (with("/learning_rate", json!(null)), &["`learning_rate`", "null", "greater than 0"]),
        (
            good().to_string().replace("\"learning_rate\":0.001", "\"learning_rate\":1e999"),
            &["`learning_rate`", "out of range"],
        ),
        (with("/data/split/test", json!(1.0)), &["`data.split.test`", "less than 1"]),
        (with("/data/split/test", json!(0.95)), &["`data.split`", "0.95", "sum below 1"]),
        (with("/data/scale", json!("standart")), &["`data.scale`", "did you mean `standard`?"]),
        (with("/data/scale", json!("divide")), &["`divide` needs its `by`"]),
        (with("/data/scale", json!({"divide": 0})), &["`data.scale.divide`", "greater than 0"]),
        (with("/data/scale", json!({"divide": {}})), &["`by` is missing"]),
        (with("/data/scale", json!({})), &["`data.scale`", "the name of a scaling"]),
        (with("/data/scale", json!({"none": {}, "standard": {}})), &["choose one"]),
        (with("/data/scale", json!({"none": 3})), &["`none` has no parameters"]),
        (with("/data/target", json!(" ")), &["`data.target`", "empty"]),
        (with("/network/layers", json!([])), &["`network.layers`", "empty"]),
        (
            with("/network/layers/1", json!(3)),
            &["`network.layers[1]`", "integer `3`", "an object with `units`"],
        ),
        (with(&format!("{layer}/units"), json!(0)), &["`network.layers[0].units`", "from 1"]),
        (
            with(&format!("{layer}/units"), json!(1e300)),
            &["`network.layers[0].units`", "to 1000000"],
        ),
        (
            with(&format!("{layer}/activation"), json!("rleu")),
            &["`network.layers[0].activation`", "`rleu`", "did you mean `relu`?", "`softplus`"],
        ),
        (
            with(&format!("{layer}/activation"), json!({"leaky_relu": {"slop": 1}})),
            &["no parameter `slop`", "did you mean `slope`?"],
        ),
        (
            with(&format!("{layer}/activation"), json!({"softplus": {"beta": -1}})),
            &["`network.layers[0].activation.softplus.beta`", "`-1`", "beta is positive"],
        ),
        (
            with(&format!("{layer}/activation"), json!({"softplus": 1e-320})),
            &["`network.layers[0].activation.softplus`", "`1e-320`", "positive"],
        ),
        (
            with(&format!("{layer}/activation"), json!({"leaky_relu": {"slope": 1e300}})),
            &["`network.layers[0].activation.leaky_relu.slope`", "`1e300`", "rounded to f32"],
        ),
        (with("/data/scale", json!({"divide": 1e-320})), &["`1e-320`", "than 0", "rounded to f32"]),
        (with("/learning_rate", json!(5e-324)), &["`5e-324`", "greater than 0", "rounded to f32"]),
        (with("/learning_rate", json!(1e300)), &["`learning_rate`", "`1e300`", "rounded to f32"]),
        (
            with("/optimizer", json!({"adam": {"beta1": 0.999_999_999}})),
            &["than 1", "rounded to f32"],
        ),
        (with("/seed", json!(0.5)), &["`seed`", "`0.5`", "whole number from 0"]),
        ("3".into(), &["integer `3`", "an object with `data`"]),
        (with("/data", json!("d.csv")), &["`data`", "an object with `file`"]),
        (with("/data/split", json!(0.2)), &["`data.split`", "an object with `validation`"]),
        (with("/network", json!(3)), &["`network`", "an object with `layers`"]),
        (with("/data/file", json!(3)), &["`data.file`", "`3`", "a path in quotes"]),
        (with("/network/init", json!("hee")), &["`network.init`", "did you mean `he`?"]),
        (with("/loss", json!("crossentropy")), &["`loss`", "did you mean `cross_entropy`?"]),
        (with("/loss", json!({"huber": "wide"})), &["`loss.huber`", "\"wide\"", "greater than 0"]),
        (with("/optimizer", json!("Adam")), &["`optimizer`", "did you mean `adam`?"]),
        (with("/optimizer", json!({"adam": 0.9})), &["`beta1`, `beta2`, `eps`"]),
        (
            with("/optimizer", json!({"adam": {"beta1": 1}})),
            &["`optimizer.adam.beta1`", "less than 1"],
        ),
        (with("/optimizer", json!([])), &["`optimizer`", "the name of an optimiser"]),
        (with("/schedule", json!({"cosine": {"floor": -1}})), &["`schedule.cosine.floor`"]),
        (with("/out", json!("")), &["`out`", "folder"]),
        (with("/out", json!(3)), &["`out`", "`3`", "a path in quotes"]),
    ];
    for (text, words) in table {
        let shown = &text[..text.len().min(300)];
        let error = Config::from_json(&text).expect_err(shown).to_string();
        for word in words {
            assert!(error.contains(word), "{shown}\n\"{error}\"\nlacks \"{word}\"");
        }
    }
}

#[test]
fn the_place_is_that_of_the_value_itself() {
    let text = "{\n  \"data\": {\"file\": \"d.csv\", \"target\": \"y\"},\n  \"network\": {\n    \
                \"layers\": [\n      {\"units\": 0}\n    ]\n  }\n}";
    let error = Config::from_json(text).unwrap_err().to_string();
    assert!(error.starts_with("<config>:5:17: in `network.layers[0].units`"), "{error}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Config::load("no/such/config.json").unwrap_err();
    assert!(error.to_string().contains("no/such/config.json"));
    assert!(Config::load(std::env::temp_dir()).is_err());
}

#[test]
fn the_data_file_is_found_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.json");
    std::fs::write(&file, with("/data/file", json!("../d.csv"))).unwrap();
    let config = Config::load(&file).unwrap();
    assert_eq!(config.data.file, folder.path().parent().unwrap().join("d.csv"));
}
