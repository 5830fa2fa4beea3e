//! Files with random damage: whatever they hold, the answer is a value or an error, not a panic.

use std::path::Path;

use chainrule_mlp::data::{Dataset, Table};
use chainrule_mlp::loss::Task;
use chainrule_mlp::rng::{Generator, Purpose, stream};
use chainrule_mlp::{Config, Model, Trainer};
use rand::RngExt;

const CONFIG: &str = r#"{
 "data": {"file": "d.csv", "target": "y", "scale": {"divide": 4}, "split": {"validation": 0.2, "test": 0.2}},
 "network": {"layers": [{"units": 3, "activation": {"elu": 0.2}}, {"units": 2}], "init": "he"},
 "loss": "cross_entropy", "optimizer": {"adam": {"eps": 1e-8}}, "learning_rate": 0.01,
 "schedule": {"cosine": 0.1}, "batch_size": 4, "epochs": 2, "seed": 3, "out": "x"
}"#;
const CSV: &str = "a,b,y\n1,2,0\n3,4.5,1\n-1,2e3,0\n5,6,1\n7,8,0\n9,10,1\n";
const PIECES: &[&str] = &[
    "\"",
    ",",
    "{",
    "}",
    "[",
    "]",
    ":",
    "-",
    "0",
    "1e999",
    "1e38",
    "-1",
    "null",
    "\n",
    "\0",
    "NaN",
    "\"inf\"",
    "99999999999999999999",
    "e",
    ".",
    "\u{feff}",
    "é",
    " ",
];

/// One to three random cuts, repetitions or insertions.
fn damage(text: &str, rng: &mut Generator) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..6)).min(bytes.len());
        match rng.random_range(0..4) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.splice(at..at, bytes[at..end].to_vec()).for_each(drop),
            2 => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(at..end, piece.bytes()).for_each(drop);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = rng.random();
                }
            }
        }
    }
    bytes
}

fn dataset(folder: &Path, csv: &[u8], task: Task) -> Option<Dataset> {
    let file = folder.join("d.csv");
    std::fs::write(&file, csv).unwrap();
    Dataset::of_table(&Table::load(&file).ok()?, "y", task).ok()
}

#[test]
fn no_damage_makes_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = stream(5, Purpose::Order);
    let good = dataset(folder.path(), CSV.as_bytes(), Task::Classes).unwrap();
    let config = Config::from_json(CONFIG).unwrap();
    let weights = folder.path().join("weights.json");
    let run = Trainer::new(config.clone(), &good).unwrap().train(|_| {}).unwrap();
    run.save(folder.path()).unwrap();
    let saved = std::fs::read_to_string(&weights).unwrap();

    let mut accepted = [0; 3];
    for _ in 0..1_500 {
        let text = String::from_utf8_lossy(&damage(CONFIG, &mut rng)).into_owned();
        let trainer = Config::from_json(&text).map(|config| Trainer::new(config, &good));
        accepted[0] += usize::from(matches!(trainer, Ok(Ok(_))));

        let task = [Task::Classes, Task::Values][rng.random_range(0..2)];
        let data = dataset(folder.path(), &damage(CSV, &mut rng), task);
        let run = data.map(|data| Trainer::new(config.clone(), &data)?.train(|_| {}));
        accepted[1] += usize::from(matches!(run, Some(Ok(_))));

        std::fs::write(&weights, damage(&saved, &mut rng)).unwrap();
        if let Ok(model) = Model::load(&weights) {
            let table = Table::load(folder.path().join("d.csv"));
            if let Some(part) = table.ok().and_then(|table| model.part(&table).ok()) {
                model.measure(&part);
                model.predict(part.features);
            }
            accepted[2] += 1;
        }
    }
    assert!(accepted.iter().all(|&count| count > 40), "too few pass to test much: {accepted:?}");
}
