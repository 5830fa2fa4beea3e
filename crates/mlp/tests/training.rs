//! Training: repeatable to the bit, right to the last digits where a hand can follow, and able to
//! use every entry of every table.

use chainrule_mlp::choice::Menu;
use chainrule_mlp::config::{Activation, Init, Loss, Optimizer, Scale, Schedule};
use chainrule_mlp::data::{Dataset, Part, Target, TargetKind};
use chainrule_mlp::loss::Task;
use chainrule_mlp::trainer::Progress;
use chainrule_mlp::{Config, Error, Run, Trainer};
use ndarray::{Array2, array};
use serde_json::{Value, json};

fn config(change: impl FnOnce(&mut Value)) -> Config {
    let mut config = json!({
        "data": {"file": "-", "target": "y", "split": {"validation": 0.2, "test": 0.2}},
        "network": {"layers": [{"units": 6, "activation": "tanh"}, {"units": 3}]},
        "loss": "cross_entropy",
        "learning_rate": 0.02,
        "batch_size": 7,
        "epochs": 8,
        "out": "-"
    });
    change(&mut config);
    Config::from_json(&config.to_string()).unwrap()
}

/// Points on a grid; the class, or the value, is the number of coordinates above their middle.
fn points(classes: usize, task: Task) -> Dataset {
    let at = |row: usize, column: usize| ((row * (7 + 6 * column)) % 50) as f32 / 25.0 - 1.0;
    let features = Array2::from_shape_fn((50, 2), |(row, column)| at(row, column));
    let above = features.outer_iter().map(|x| usize::from(x[0] > 0.0) + usize::from(x[1] > 0.0));
    let above: Vec<usize> = above.map(|count| count.min(classes - 1)).collect();
    let (kind, target) = match task {
        Task::Values => {
            let values = above.iter().map(|&count| count as f32).collect();
            (TargetKind::Values, Target::Values(values))
        }
        _ => {
            let names = (0..classes).map(|class| format!("c{class}")).collect();
            (TargetKind::Classes(names), Target::Classes(above))
        }
    };
    let features_named = vec!["a".to_owned(), "b".to_owned()];
    Dataset { file: "-".into(), features: features_named, kind, rows: Part { features, target } }
}

fn train(config: Config, data: &Dataset) -> Run {
    Trainer::new(config, data).unwrap().train(|_| {}).unwrap()
}

#[test]
fn one_seed_gives_the_same_bits_and_another_does_not() {
    let data = points(3, Task::Classes);
    let run = |seed| train(config(|c| c["seed"] = json!(seed)), &data);
    let text = |run: &Run| serde_json::to_string(&run.history).unwrap();
    let (first, again, other) = (run(1), run(1), run(2));
    assert_eq!(first.model.parameters, again.model.parameters);
    assert_eq!(text(&first), text(&again));
    assert_ne!(first.model.parameters, other.model.parameters);
}

#[test]
fn training_makes_the_loss_small_and_the_accuracy_large() {
    let run = train(config(|c| c["epochs"] = json!(100)), &points(3, Task::Classes));
    let last = run.history.epochs.last().unwrap();
    assert!(last.train.loss < 0.15, "{last:?}");
    assert!(last.train.accuracy.unwrap() > 0.95, "{last:?}");
    assert!(last.validation.is_some() && run.history.test.is_some());
}

#[test]
fn two_steps_of_a_linear_fit_are_those_of_a_calculation_by_hand() {
    let data = Dataset {
        file: "-".into(),
        features: vec!["x".into()],
        kind: TargetKind::Values,
        rows: Part {
            features: array![[1.0], [2.0], [-1.0]],
            target: Target::Values(vec![3.0, 5.0, -1.0]),
        },
    };
    let config = config(|c| {
        c["data"]["split"] = json!({"validation": 0, "test": 0});
        c["data"]["scale"] = json!("none");
        c["network"]["layers"] = json!([{"units": 1}]);
        (c["loss"], c["optimizer"]) = (json!("mse"), json!("sgd"));
        (c["learning_rate"], c["epochs"]) = (json!(0.1), json!(2));
    });
    let trainer = Trainer::new(config, &data).unwrap();
    let start = &trainer.untrained().parameters;
    let (mut w, mut b) = (f64::from(start[0].value[[0, 0]]), f64::from(start[1].value[[0]]));
    let mut losses = Vec::new();
    for _ in 0..2 {
        let rows = [(1.0, 3.0), (2.0, 5.0), (-1.0, -1.0)];
        let error = |(x, t): (f64, f64)| w * x + b - t;
        losses.push(rows.map(|row| error(row).powi(2)).iter().sum::<f64>() / 3.0);
        let dw = rows.map(|row| 2.0 * error(row) * row.0).iter().sum::<f64>() / 3.0;
        let db = rows.map(|row| 2.0 * error(row)).iter().sum::<f64>() / 3.0;
        (w, b) = (w - 0.1 * dw, b - 0.1 * db);
    }
    let run = trainer.train(|_| {}).unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-5, "{a} is not {b}");
    near(run.model.parameters[0].value[[0, 0]].into(), w);
    near(run.model.parameters[1].value[[0]].into(), b);
    near(run.history.epochs[0].train.loss, losses[0]);
    near(run.history.epochs[1].train.loss, losses[1]);
    assert_eq!(run.history.epochs[1].train.accuracy, None);
}

#[test]
fn the_epoch_figure_weighs_an_odd_last_batch_by_its_rows() {
    // Steps this small leave the weights as they are, so both figures are of the same network.
    let config = config(|c| {
        (c["optimizer"], c["learning_rate"], c["epochs"]) = (json!("sgd"), json!(1e-30), json!(1));
    });
    let trainer = Trainer::new(config, &points(3, Task::Classes)).unwrap();
    assert_eq!(trainer.parts().train.len() % 7, 2);
    let run = trainer.train(|_| {}).unwrap();
    let whole = trainer.untrained().measure(&trainer.parts().train).unwrap();
    let epoch = run.history.epochs[0].train;
    assert_eq!(epoch.accuracy, whole.accuracy);
    assert!((epoch.loss - whole.loss).abs() < 1e-6, "{epoch:?} is not {whole:?}");
    let validation = trainer.untrained().measure(&trainer.parts().validation);
    assert_eq!(run.history.epochs[0].validation, validation);
}

#[test]
fn progress_counts_steps_and_reports_every_epoch() {
    let mut seen: Vec<Progress> = Vec::new();
    let trainer = Trainer::new(config(|_| {}), &points(3, Task::Classes)).unwrap();
    let run = trainer.train(|progress| seen.push(*progress)).unwrap();
    assert_eq!(seen.len(), 8 * 5, "30 rows in batches of 7");
    assert_eq!((seen[5].epoch, seen[5].step, seen[5].steps, seen[5].epochs), (2, 1, 5, 8));
    let done: Vec<_> = seen.iter().filter_map(|progress| progress.done).collect();
    assert_eq!(done, run.history.epochs);
}

#[test]
fn schedules_change_the_rate() {
    let rates = |schedule: Value| {
        let config = config(|c| c["schedule"] = schedule);
        let run = train(config, &points(3, Task::Classes));
        run.history.epochs.iter().map(|epoch| epoch.learning_rate).collect::<Vec<_>>()
    };
    assert_eq!(rates(json!("constant")), [0.02; 8]);
    let linear = rates(json!({"linear": 0.5}));
    assert!((linear[7] - 0.02 * (1.0 - 0.5 * 39.0 / 40.0)).abs() < 1e-12, "{linear:?}");
    let cosine = rates(json!("cosine"));
    assert!(cosine.is_sorted_by(|a, b| a > b) && cosine[7] < 1e-3, "{cosine:?}");
}

#[test]
fn every_entry_of_every_table_trains() {
    let with = |pointer: &str, value: Value| {
        config(|c| match c.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => c[pointer.trim_start_matches('/')] = value,
        })
    };
    let mut configs = Vec::new();
    for entry in Activation::entries() {
        configs.push(with("/network/layers/0/activation", json!(entry.name)));
    }
    for entry in Optimizer::entries() {
        configs.push(with("/optimizer", json!(entry.name)));
    }
    for entry in Schedule::entries() {
        configs.push(with("/schedule", json!(entry.name)));
    }
    for entry in Init::entries() {
        configs.push(config(|c| c["network"]["init"] = json!(entry.name)));
    }
    for entry in Scale::entries().iter().filter(|entry| entry.name != "divide") {
        configs.push(config(|c| c["data"]["scale"] = json!(entry.name)));
    }
    for entry in Loss::entries() {
        configs.push(config(|c| {
            c["loss"] = json!(entry.name);
            c["network"]["layers"][1]["units"] =
                json!(if entry.item.task == Task::Classes { 3 } else { 1 });
        }));
    }
    for config in configs {
        let task = config.loss.task;
        let classes = if task == Task::Binary { 2 } else { 3 };
        let shown = format!("{config:?}");
        let run = train(config, &points(classes, task));
        let losses: Vec<f64> = run.history.epochs.iter().map(|epoch| epoch.train.loss).collect();
        assert!(losses[7] < losses[0], "{losses:?} with {shown}");
    }
}

#[test]
fn networks_that_do_not_suit_the_data_are_refused() {
    let table: &[(&str, Value, &[&str])] = &[
        ("units", json!(4), &["layers[1].units", "is 4", "has 3 classes", "needs 3"]),
        ("loss", json!("bce"), &["`loss`", "2 classes", "has 3"]),
        ("huge", json!(1_000_000), &["`network.layers`", "parameters", "smaller"]),
        ("test", json!(0.001), &["-: 50 rows", "data.split"]),
    ];
    for (what, value, words) in table {
        let config = config(|c| match *what {
            "units" => c["network"]["layers"][1]["units"] = value.clone(),
            "huge" => {
                let layer = json!({"units": value});
                c["network"]["layers"] = json!([layer, layer, {"units": 3}]);
            }
            "test" => c["data"]["split"]["test"] = value.clone(),
            field => c[field] = value.clone(),
        });
        let error: Error = Trainer::new(config, &points(3, Task::Classes)).unwrap_err();
        let error = error.to_string();
        for word in *words {
            assert!(error.contains(word), "\"{error}\" lacks \"{word}\"");
        }
    }
}
