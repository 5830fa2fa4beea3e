//! Handwritten digits from Rust code: train, measure, and look at what the network gets wrong.
//!
//! `cargo run --release --example 08_digits`

use chainrule::mlp::data::Target;
use chainrule::mlp::model::Prediction;
use chainrule::mlp::{Config, Trainer};

fn main() -> anyhow::Result<()> {
    let mut config =
        Config::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/configs/digits.json"))?;
    config.epochs = 10;

    let trainer = Trainer::load(config)?;
    let run = trainer.train(|progress| {
        if let Some(epoch) = &progress.done {
            let accuracy = epoch.train.accuracy.unwrap_or_default();
            println!(
                "epoch {:>2}: loss {:.4}, accuracy {accuracy:.3}",
                epoch.epoch, epoch.train.loss
            );
        }
    })?;

    let test = &trainer.parts().test;
    let Prediction::Classes(said, probabilities) = run.model.predict(test.features.clone()) else {
        anyhow::bail!("digits are classes");
    };
    let Target::Classes(truth) = &test.target else { anyhow::bail!("digits are classes") };
    let wrong: Vec<usize> = (0..truth.len()).filter(|&i| said[i] != Some(truth[i])).collect();
    println!("{} of {} test digits are wrong; the first:", wrong.len(), truth.len());

    if let Some(&i) = wrong.first() {
        for row in test.features.row(i).to_vec().chunks(8) {
            let shade = |&ink: &f32| [' ', '░', '▒', '▓', '█'][(ink * 4.0).round() as usize];
            println!("    {}", row.iter().flat_map(|ink| [shade(ink); 2]).collect::<String>());
        }
        let guess = said[i].unwrap_or(0);
        let p = probabilities[[i, guess]];
        println!("a {}, taken for a {guess} with probability {p:.2}", truth[i]);
    }
    let accuracy = 1.0 - wrong.len() as f64 / truth.len() as f64;
    println!("test accuracy {accuracy:.4}");
    anyhow::ensure!(accuracy > 0.9, "the network did not learn");
    Ok(())
}
