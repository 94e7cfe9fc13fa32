//! The option `--knowledge`, which selects the knowledge base.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::model_cache;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{self, Loaded, Severity};

// The struct has no doc comment, because clap would print the comment in the help.
#[derive(Debug, clap::Args)]
pub struct KnowledgeArgs {
    /// Folder of the knowledge base; without it, the one built in
    #[arg(long, value_name = "DIR", env = "FOOTNOTE_KNOWLEDGE", global = true)]
    knowledge: Option<OsString>,
}

impl KnowledgeArgs {
    /// Returns the folder of the knowledge base, or `None` for the built-in one. An empty
    /// environment variable counts as unset.
    pub fn folder(&self) -> Option<&OsStr> {
        self.knowledge.as_deref().filter(|folder| !folder.is_empty())
    }

    pub fn load(&self) -> anyhow::Result<Loaded> {
        load(self.folder())
    }

    pub fn engine(&self) -> anyhow::Result<Engine> {
        engine(self.folder())
    }
}

/// Loads the knowledge base in this folder. Without a folder, loads the built-in knowledge base.
fn load(folder: Option<&OsStr>) -> anyhow::Result<Loaded> {
    match folder {
        Some(folder) => knowledge::load(Path::new(folder)).map_err(|error| {
            anyhow::anyhow!("{error}; --knowledge (FOOTNOTE_KNOWLEDGE) names a folder with footnote.toml in it")
        }),
        None => Ok(knowledge::embedded()),
    }
}

/// Creates the engine for the knowledge base in this folder, or for the built-in one. Returns an
/// error if a part of the knowledge base could not be read.
pub(super) fn engine(folder: Option<&OsStr>) -> anyhow::Result<Engine> {
    let loaded = load(folder)?;
    if !loaded.is_whole() {
        let broken = loaded.diagnostics.iter().filter(|p| p.severity == Severity::Broken);
        let list = broken.map(ToString::to_string).collect::<Vec<_>>().join("\n");
        anyhow::bail!("the knowledge base cannot be used\n{list}");
    }
    Ok(model_cache::engine(loaded, folder))
}
