//! `--knowledge`: which knowledge base a command uses.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::model_cache;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{self, Loaded, Severity};

// No doc comment here or below, except for the option: clap would print it in the help.
#[derive(Debug, clap::Args)]
pub struct KnowledgeArgs {
    /// Folder of the knowledge base; without it, the one built in
    #[arg(long, value_name = "DIR", env = "FOOTNOTE_KNOWLEDGE", global = true)]
    knowledge: Option<OsString>,
}

impl KnowledgeArgs {
    /// The folder of the base. An empty variable counts as unset.
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

/// The base in a folder, or else the one built in.
fn load(folder: Option<&OsStr>) -> anyhow::Result<Loaded> {
    match folder {
        Some(folder) => knowledge::load(Path::new(folder)).map_err(|error| {
            anyhow::anyhow!("{error}; --knowledge (FOOTNOTE_KNOWLEDGE) names a folder with footnote.toml in it")
        }),
        None => Ok(knowledge::embedded()),
    }
}

/// The engine over a base; an error if part of the base could not be read.
pub(super) fn engine(folder: Option<&OsStr>) -> anyhow::Result<Engine> {
    let loaded = load(folder)?;
    if !loaded.is_whole() {
        let broken = loaded.diagnostics.iter().filter(|p| p.severity == Severity::Broken);
        let list = broken.map(ToString::to_string).collect::<Vec<_>>().join("\n");
        anyhow::bail!("the knowledge base cannot be used\n{list}");
    }
    Ok(model_cache::engine(loaded, folder))
}
