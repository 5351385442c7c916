//! Caches.

use std::collections::BTreeMap;
use std::iter;

use crate::plan::{Cache, CacheSharing};

/// The caches of a plan by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caches(BTreeMap<String, Cache>);

impl Caches {
    /// Adds a cache that all builds write into at once, and gives its key: the name, with a number behind it where another
    /// cache has that key.
    pub(crate) fn add(&mut self, name: &str, directory: &str) -> String {
        self.add_with(name, directory, CacheSharing::Shared)
    }

    /// Adds a cache that one build at a time may use, and gives its key, as [`add`](Self::add) does.
    pub(crate) fn add_locked(&mut self, name: &str, directory: &str) -> String {
        self.add_with(name, directory, CacheSharing::Locked)
    }

    fn add_with(&mut self, name: &str, directory: &str, sharing: CacheSharing) -> String {
        let name = name.trim_matches('/').replace('/', "-");
        let cache = Cache {
            directory: directory.to_owned(),
            sharing,
        };
        // `a/b` and `a-b` are two packages of a workspace.
        let is_free = |key: &String| self.0.get(key).is_none_or(|other| *other == cache);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let key = iter::once(name.clone()).chain(numbered).find(is_free);
        let key = key.unwrap_or(name);
        self.set(&key, cache);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_of_two_directories_have_two_keys() {
        let mut caches = Caches::default();
        assert_eq!(
            caches.add("next-apps-web", "/app/apps/web"),
            "next-apps-web"
        );
        assert_eq!(
            caches.add("/next-apps/web/", "/app/apps-web"),
            "next-apps-web-2"
        );
        assert_eq!(
            caches.add("next-apps-web", "/app/apps/web"),
            "next-apps-web"
        );
        assert_eq!(
            caches.add_locked("next-apps-web", "/app/apps/web"),
            "next-apps-web-3"
        );
        assert_eq!(caches.into_map().len(), 3);
    }
}
