//! Maps features to dense ids: 0, 1, 2 and so on.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// Maps the hash key of each feature of the knowledge base to an id.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct FeatureIds {
    ids: HashMap<u64, u32, FxBuildHasher>,
}

impl FeatureIds {
    /// Returns the id of a feature. A new feature gets the next free id.
    pub fn add(&mut self, key: u64) -> u32 {
        let next = self.ids.len() as u32;
        *self.ids.entry(key).or_insert(next)
    }

    /// Returns the id of a feature. Unlike [`FeatureIds::add`], numbers the features from 1.
    ///
    /// The id of a new feature is the number of features plus one, but at least `first`.
    pub fn add_after(&mut self, key: u64, first: u32) -> u32 {
        let next = (self.ids.len() as u32 + 1).max(first);
        *self.ids.entry(key).or_insert(next)
    }

    /// Replaces each id by `numbers[id]`. Removes the features whose new id is `u32::MAX`.
    pub fn renumbered(self, numbers: &[u32]) -> FeatureIds {
        let renumbered = self.ids.into_iter().map(|(key, id)| (key, numbers[id as usize]));
        FeatureIds { ids: renumbered.filter(|(_, id)| *id != u32::MAX).collect() }
    }

    pub fn find(&self, key: u64) -> Option<u32> {
        self.ids.get(&key).copied()
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::FeatureIds;

    #[test]
    fn ids_are_dense_and_stable() {
        let mut ids = FeatureIds::default();
        assert_eq!([70, 80, 70, 90].map(|key| ids.add(key)), [0, 1, 0, 2]);
        assert_eq!((ids.len(), ids.find(90), ids.find(1)), (3, Some(2), None));
    }

    #[test]
    fn ids_continue_after_one_based_ones() {
        let mut ids = FeatureIds::default();
        for key in [70, 80] {
            ids.add(key);
        }
        let mut ids = ids.renumbered(&[2, 1]);
        assert_eq!([70, 90, 95, 90].map(|key| ids.add_after(key, 3)), [2, 3, 4, 3]);
        assert_eq!(FeatureIds::default().add_after(70, 9), 9);
    }

    #[test]
    fn renumbering_replaces_and_drops() {
        let mut ids = FeatureIds::default();
        for key in [70, 80, 90] {
            ids.add(key);
        }
        let ids = ids.renumbered(&[5, u32::MAX, 0]);
        assert_eq!([70, 80, 90].map(|key| ids.find(key)), [Some(5), None, Some(0)]);
        assert_eq!(ids.len(), 2);
    }
}
