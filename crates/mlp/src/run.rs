//! What a run leaves behind: weights, history and the loss curve.

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::history::History;
use crate::model::Model;
use crate::plot::loss_curve;
use crate::save::{SaveError, create_folder, save};

/// A trained network and what happened on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The network with its last parameters.
    pub model: Model,
    /// What happened.
    pub history: History,
}

impl Run {
    /// Writes `weights.json`, `history.json` and `loss.svg` into `folder`, which is created.
    ///
    /// # Errors
    /// When something cannot be written; the file that stood there before is untouched.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        create_folder(folder)?;
        self.model.save(folder.join("weights.json"))?;
        self.history.save(folder.join("history.json"))?;
        let path = folder.join("loss.svg");
        let title = self.model.config.data.file.file_stem().unwrap_or_default().to_string_lossy();
        let svg = loss_curve(&self.history, &format!("{title}: loss"))
            .map_err(|why| SaveError { path: path.clone(), source: io::Error::other(why) })?;
        Ok(save(&path, svg.as_bytes())?)
    }
}
