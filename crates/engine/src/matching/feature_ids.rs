//! Numbers for features.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Every feature that the base has, numbered in the order in which they were met.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct FeatureIds {
    ids: HashMap<u64, u32, FxBuildHasher>,
}

impl FeatureIds {
    /// The number of a feature, a new one if it has none.
    pub fn add(&mut self, key: u64) -> u32 {
        let next = self.ids.len() as u32;
        *self.ids.entry(key).or_insert(next)
    }

    /// The number of a feature, a new one from `first` on if it has none.
    pub fn add_after(&mut self, key: u64, first: u32) -> u32 {
        let next = (self.ids.len() as u32 + 1).max(first);
        *self.ids.entry(key).or_insert(next)
    }

    /// The same features under other numbers; `u32::MAX` forgets one.
    pub fn renumbered(self, numbers: &[u32]) -> FeatureIds {
        FeatureIds {
            ids: self
                .ids
                .into_iter()
                .map(|(key, id)| (key, numbers[id as usize]))
                .filter(|(_, id)| *id != u32::MAX)
                .collect(),
        }
    }

    /// The number of a feature, if the base has it.
    pub fn find(&self, key: u64) -> Option<u32> {
        self.ids.get(&key).copied()
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }
}
