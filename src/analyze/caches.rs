//! Caches.

use std::collections::BTreeMap;

use crate::plan::{Cache, CacheSharing};

/// The caches of a plan by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caches(BTreeMap<String, Cache>);

impl Caches {
    /// Adds a cache that all builds write into at once, and gives its key.
    pub(crate) fn add(&mut self, name: &str, directory: &str) -> String {
        self.add_with(name, directory, CacheSharing::Shared)
    }

    /// Adds a cache that one build at a time may use, and gives its key.
    pub(crate) fn add_locked(&mut self, name: &str, directory: &str) -> String {
        self.add_with(name, directory, CacheSharing::Locked)
    }

    fn add_with(&mut self, name: &str, directory: &str, sharing: CacheSharing) -> String {
        let key = name.trim_matches('/').replace('/', "-");
        let directory = directory.to_owned();
        self.set(&key, Cache { directory, sharing });
        key
    }

    /// Adds the caches of apt, which one build at a time may use, and gives their keys. Ones that are there stay.
    pub(crate) fn add_apt(&mut self) -> Vec<String> {
        let caches = [
            ("apt", "/var/cache/apt"),
            ("apt-lists", "/var/lib/apt/lists"),
        ];
        caches
            .map(|(key, directory)| {
                let cache = Cache {
                    directory: directory.to_owned(),
                    sharing: CacheSharing::Locked,
                };
                self.0.entry(key.to_owned()).or_insert(cache);
                key.to_owned()
            })
            .to_vec()
    }

    /// Adds a cache under a key that was written by the user.
    pub(crate) fn set(&mut self, key: &str, cache: Cache) {
        self.0.insert(key.to_owned(), cache);
    }

    /// The cache under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Cache> {
        self.0.get(key)
    }

    pub(crate) fn into_map(self) -> BTreeMap<String, Cache> {
        self.0
    }
}
