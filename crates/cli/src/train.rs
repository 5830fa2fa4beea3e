//! `chainrule train`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use chainrule_mlp::history::Measure;
use chainrule_mlp::{Config, Run, Trainer, save};
use clap::Args;

use crate::output::line;
use crate::progress::Show;

/// The arguments of `chainrule train`.
#[derive(Args)]
pub struct Train {
    /// A JSON configuration, such as examples/configs/digits.json
    config: PathBuf,
    /// Use this seed instead of the configured one
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Train once for each seed and print the mean: 0..5 (0 to 4), or 0,1,7
    #[arg(long, value_parser = parse_seeds)]
    seeds: Option<Seeds>,
    /// Train for this many epochs instead of the configured ones
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    epochs: Option<u32>,
    /// Write into this folder instead of the configured one
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// Some seeds, at least one.
#[derive(Debug, Clone, PartialEq)]
struct Seeds(Vec<u64>);

fn parse_seeds(text: &str) -> Result<Seeds, String> {
    const MOST: u64 = 1000;
    let number = |text: &str| {
        text.trim().parse::<u64>().map_err(|_| format!("`{text}` is not a whole number"))
    };
    let seeds: Vec<u64> = match text.split_once("..") {
        Some((first, end)) => {
            let (first, end) = (number(first)?, number(end)?);
            if end.saturating_sub(first) > MOST {
                return Err(format!("at most {MOST} seeds are allowed"));
            }
            (first..end).collect()
        }
        None => text.split(',').map(number).collect::<Result<_, _>>()?,
    };
    if seeds.is_empty() {
        return Err("names no seed; 0..5 means 0, 1, 2, 3 and 4".to_owned());
    }
    Ok(Seeds(seeds))
}

impl Train {
    /// Trains once, or once for each seed.
    pub fn run(&self) -> Result<()> {
        let mut config = Config::load(&self.config).map_err(chainrule_mlp::Error::from)?;
        if let Some(epochs) = self.epochs {
            config.epochs = epochs as usize;
        }
        if let Some(out) = &self.out {
            config.out.clone_from(out);
        }
        if let Some(seed) = self.seed {
            config.seed = seed;
        }
        match &self.seeds {
            None => self.once(config),
            Some(Seeds(seeds)) => self.for_each(config, seeds),
        }
    }

    fn once(&self, config: Config) -> Result<()> {
        let out = config.out.clone();
        let trainer = Trainer::load(config)?;
        save::create_folder(&out)?;
        line(describe(&trainer))?;
        let run = self.train(&trainer)?;
        run.save(&out)?;
        let files = ["weights.json", "history.json", "loss.svg"];
        line(format!(
            "wrote {}",
            files.map(|file| out.join(file).display().to_string()).join(", ")
        ))?;
        line(result(&trainer, &run).0)?;
        Ok(())
    }

    /// One run for each seed, written into `out/seed-N`.
    fn for_each(&self, config: Config, seeds: &[u64]) -> Result<()> {
        let (mut sum, mut name) = (0.0, String::new());
        for &seed in seeds {
            let out = config.out.join(format!("seed-{seed}"));
            let trainer = Trainer::load(Config { seed, out: out.clone(), ..config.clone() })?;
            save::create_folder(&out)?;
            let run = self.train(&trainer)?;
            run.save(&out)?;
            let (text, figure, what) = result(&trainer, &run);
            line(format!("seed {seed}: {text}"))?;
            sum += figure;
            name = what;
        }
        line(format!("mean {name} {:.4} over {} seeds", sum / seeds.len() as f64, seeds.len()))?;
        Ok(())
    }

    fn train(&self, trainer: &Trainer) -> Result<Run> {
        let show = Show::new(self.quiet);
        let run = trainer.train(|progress| show.step(progress))?;
        show.finish();
        let first_bad = run.history.epochs.iter().find(|epoch| !epoch.train.loss.is_finite());
        if let Some(epoch) = first_bad {
            run.save(&run.model.config.out)?;
            bail!(
                "the training loss is {} since epoch {}: a smaller `learning_rate` than {:?} may \
                 help, or another `data.scale` if numbers in the data are very large (weights and \
                 history are in {})",
                epoch.train.loss,
                epoch.epoch,
                run.model.config.learning_rate,
                run.model.config.out.display()
            );
        }
        Ok(run)
    }
}

/// What is trained on how many rows.
fn describe(trainer: &Trainer) -> String {
    let (model, parts) = (trainer.untrained(), trainer.parts());
    let mut widths = vec![model.features.len()];
    widths.extend(model.config.network.layers.iter().map(|layer| layer.units));
    let widths: Vec<String> = widths.iter().map(usize::to_string).collect();
    let parameters: usize = model.parameters.iter().map(|p| p.value.len()).sum();
    format!(
        "network {} with {parameters} parameters; {} rows for training, {} for validation, {} \
         for the test",
        widths.join("-"),
        parts.train.len(),
        parts.validation.len(),
        parts.test.len()
    )
}

/// The figure at the end: the line that tells it, the number, and its name.
fn result(trainer: &Trainer, run: &Run) -> (String, f64, String) {
    let model = &run.model;
    let (part, measure) = match run.history.test {
        Some(measure) => ("test", Some(measure)),
        None => ("training", model.measure(&trainer.parts().train)),
    };
    // There is always a training row.
    let Measure { loss, accuracy } = measure.unwrap_or(Measure { loss: f64::NAN, accuracy: None });
    match accuracy {
        Some(accuracy) => {
            let name = format!("{part} accuracy");
            (format!("{name} {accuracy:.4}"), accuracy, name)
        }
        None => {
            let name = format!("{part} loss");
            (format!("{name} {loss:.6}"), loss, name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_a_list() {
        assert_eq!(parse_seeds("0..3"), Ok(Seeds(vec![0, 1, 2])));
        assert_eq!(parse_seeds("4, 1"), Ok(Seeds(vec![4, 1])));
        for wrong in ["", "a", "3..1", "0..", "1,,2", "-1", "0..18446744073709551615"] {
            assert!(parse_seeds(wrong).is_err(), "{wrong}");
        }
    }
}
