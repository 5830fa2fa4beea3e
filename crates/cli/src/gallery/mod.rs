//! `chainrule gallery`: every activation drawn and described, from the rows themselves.

mod cost;
mod curves;
mod facts;
mod page;
mod softmax;
mod theme;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chainrule_activations::Activation;
use clap::Args;

use crate::output::line;

/// The arguments of `chainrule gallery`.
#[derive(Args)]
pub struct Gallery {
    /// The directory for the pictures and the page
    #[arg(long, default_value = "docs/gallery")]
    out: PathBuf,
    /// The Markdown table
    #[arg(long, default_value = "docs/activations.md")]
    table: PathBuf,
    /// Leave out the cost per element, whose measurement takes a few seconds
    #[arg(long)]
    no_cost: bool,
    /// Only measure: print nanoseconds per element (f32) of f, and of f with its pullback, for the
    /// activations and the elementary functions they are made of
    #[arg(long, conflicts_with = "no_cost")]
    costs: bool,
}

/// A picture and the name of its file, without the ending.
struct Picture {
    name: String,
    svg: String,
}

impl Gallery {
    /// Draws one picture for each activation, softmax, and tanh beside sigmoid; writes them, one page
    /// with all of them, and the table.
    pub fn run(&self) -> Result<()> {
        let activations: Vec<Activation> = Activation::all().collect();
        if self.costs {
            let all: Vec<_> = activations.into_iter().chain(cost::elementary()).collect();
            for (a, cost) in all.iter().zip(cost::measure(&all)) {
                line(format!("{} {:.4} {:.4}", a.name(), cost.forward, cost.both))?;
            }
            return Ok(());
        }
        let costs = if self.no_cost { vec![] } else { cost::measure(&activations) };
        let sheets: Vec<facts::Sheet> = activations
            .iter()
            .enumerate()
            .map(|(i, a)| facts::Sheet::of(a, costs.get(i).copied()))
            .collect();
        let mut pictures = Vec::new();
        for a in &activations {
            let svg = curves::activation(a).map_err(drawing).context(a.name())?;
            pictures.push(Picture { name: a.name().into(), svg });
        }
        let extra = [
            Picture { name: "softmax".into(), svg: softmax::picture().map_err(drawing)? },
            Picture {
                name: "tanh-and-sigmoid".into(),
                svg: curves::tanh_and_sigmoid().map_err(drawing)?,
            },
        ];
        fs::create_dir_all(&self.out)
            .with_context(|| format!("cannot make {}", self.out.display()))?;
        for picture in pictures.iter().chain(&extra) {
            write(&self.out.join(format!("{}.svg", picture.name)), &picture.svg)?;
        }
        write(&self.out.join("index.html"), &page::html(&sheets, &pictures, &extra))?;
        write(&self.table, &page::markdown(&sheets, &self.out))?;
        let (out, table) = (self.out.display(), self.table.display());
        line(format!("{} activations: {out}/index.html and {table}", sheets.len()))?;
        Ok(())
    }
}

fn drawing(error: String) -> anyhow::Error {
    anyhow::anyhow!("a picture cannot be drawn: {error}")
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
