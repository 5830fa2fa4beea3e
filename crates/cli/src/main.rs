//! The `chainrule` command: train a network, evaluate it, predict with it; check the engine; analyze a
//! function.

mod analyze;
mod check;
mod evaluate;
mod gallery;
mod model_file;
mod output;
mod predict;
mod progress;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Train small neural networks, evaluate them and predict with them; check every derivative;
/// analyze a function of one variable.
#[derive(Parser)]
#[command(name = "chainrule", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train the network of a configuration file; write weights, history and the loss curve.
    Train(train::Train),
    /// Measure a trained network on the rows it was not trained on, or on other data.
    Evaluate(evaluate::Evaluate),
    /// Predict the target for every row of a CSV file.
    Predict(predict::Predict),
    /// Check the derivatives of every op and activation; print the table.
    Check(check::Check),
    /// Say what derivatives tell about a function of x, proved where it can be; draw it.
    Analyze(analyze::Analyze),
    /// Draw every activation with its derivatives; write one page and a table.
    Gallery(gallery::Gallery),
}

/// 0: done; 1: an error, told on stderr with its causes; 2: wrong usage (clap's).
fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Train(train) => train.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        Command::Predict(predict) => predict.run(),
        Command::Check(check) => check.run(),
        Command::Analyze(analyze) => analyze.run(),
        Command::Gallery(gallery) => gallery.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::reader_is_gone(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::tell_error(&error);
            ExitCode::FAILURE
        }
    }
}
