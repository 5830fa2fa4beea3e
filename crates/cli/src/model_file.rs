//! Finding a trained network: a weights file, or the folder of a run.

use std::path::{Path, PathBuf};

use chainrule_mlp::Model;

/// Loads `path`, or `weights.json` in it when it is a folder.
pub fn load(path: &Path) -> Result<Model, chainrule_mlp::Error> {
    let file = if path.is_dir() { path.join("weights.json") } else { PathBuf::from(path) };
    Model::load(file)
}
