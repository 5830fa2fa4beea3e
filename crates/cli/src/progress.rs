//! Progress of a training: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal, Write};

use chainrule_mlp::history::{Epoch, Measure};
use chainrule_mlp::trainer::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// How progress is shown.
pub enum Show {
    /// Not at all.
    Nothing,
    /// As a bar that is drawn again and again.
    Bar(ProgressBar),
    /// As lines on stderr, at most about twenty in a run.
    Lines,
}

impl Show {
    /// A bar if stderr is a terminal, else lines; nothing if `quiet`.
    pub fn new(quiet: bool) -> Show {
        match (quiet, io::stderr().is_terminal()) {
            (true, _) => Show::Nothing,
            (false, true) => Show::Bar(bar()),
            (false, false) => Show::Lines,
        }
    }

    /// Shows what a step reports.
    pub fn step(&self, progress: &Progress) {
        let Progress { epoch, epochs, step, steps, .. } = *progress;
        match self {
            Show::Nothing => {}
            Show::Bar(bar) => {
                bar.set_length((epochs * steps) as u64);
                bar.set_position(((epoch - 1) * steps + step) as u64);
                if let Some(done) = &progress.done {
                    bar.set_message(format!("epoch {epoch}/{epochs}  {}", figures(done)));
                }
            }
            Show::Lines => {
                let every = epochs.div_ceil(20);
                if let Some(done) = progress.done.filter(|_| epoch % every == 0 || epoch == epochs)
                {
                    let width = epochs.to_string().len();
                    let text = format!("epoch {epoch:>width$}/{epochs}  {}\n", figures(&done));
                    // Progress is not worth an error when stderr is closed.
                    let _ = io::stderr().write_all(text.as_bytes());
                }
            }
        }
    }

    /// Leaves the last figures on the screen.
    pub fn finish(self) {
        if let Show::Bar(bar) = self {
            bar.abandon();
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:10.cyan} {wide_msg}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─");
    ProgressBar::new(1).with_style(style)
}

fn figures(epoch: &Epoch) -> String {
    let validation = epoch.validation.map(|measure| format!("  val {}", show(&measure)));
    format!("train {}{}", show(&epoch.train), validation.unwrap_or_default())
}

fn show(measure: &Measure) -> String {
    let accuracy = measure.accuracy.map(|accuracy| format!(" acc {accuracy:.3}"));
    format!("loss {:.4}{}", measure.loss, accuracy.unwrap_or_default())
}
