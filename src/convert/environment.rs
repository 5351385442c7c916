//! The environment of a step's commands and of the image: how variables and PATH flow along inputs.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::base_config::BaseConfig;

/// What PATH is where neither an image nor a step says: BuildKit's own default.
/// <https://github.com/moby/buildkit/blob/v0.32.2/util/system/path.go>
pub(super) const DEFAULT_PATH: &str =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const PATH: &str = "PATH";

/// Variables and directories in front of PATH. Cheap to clone: steps share what they do not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// What the image at the root of the first inputs brings along.
    image: Rc<BaseConfig>,
    /// What steps set.
    variables: Rc<BTreeMap<String, String>>,
    /// Directories in front of PATH, the first wins.
    paths: Rc<Vec<String>>,
}

impl Environment {
    /// The environment of an image, as its configuration has it.
    pub(super) fn of_image(config: BaseConfig) -> Self {
        Self {
            image: Rc::new(config),
            ..Self::default()
        }
    }

    /// The configuration of the image at the root of the first inputs.
    pub(super) fn base(&self) -> &BaseConfig {
        &self.image
    }

    /// Only what the image brings along.
    pub(super) fn image_only(&self) -> Self {
        Self {
            image: Rc::clone(&self.image),
            ..Self::default()
        }
    }

    /// Takes in what steps set in `other`: its variables win, its directories come behind those already there.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.variables.is_empty() {
            self.variables = Rc::clone(&other.variables);
        } else if !Rc::ptr_eq(&self.variables, &other.variables) && !other.variables.is_empty() {
            Rc::make_mut(&mut self.variables).extend(
                other
                    .variables
                    .iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        if self.paths.is_empty() {
            self.paths = Rc::clone(&other.paths);
        } else if !Rc::ptr_eq(&self.paths, &other.paths) {
            for path in other.paths.iter() {
                if !self.paths.contains(path) {
                    Rc::make_mut(&mut self.paths).push(path.clone());
                }
            }
        }
    }

    /// Whether merging with `other` cannot depend on the order.
    pub(super) fn same_as_set(&self, other: &Self) -> bool {
        (Rc::ptr_eq(&self.variables, &other.variables) || self.variables == other.variables)
            && (Rc::ptr_eq(&self.paths, &other.paths) || self.paths == other.paths)
    }

    /// Whether a step, and not the image, sets a variable.
    pub(super) fn sets(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        if self
            .variables
            .get(name)
            .is_none_or(|current| current != value)
        {
            Rc::make_mut(&mut self.variables).insert(name.to_owned(), value.to_owned());
        }
    }

    /// Puts a directory in front of PATH, unless it is there already.
    pub(super) fn push_path(&mut self, path: &str) {
        if !self.paths.iter().any(|existing| existing == path) {
            Rc::make_mut(&mut self.paths).insert(0, path.to_owned());
        }
    }

    /// Sorts the directories in front of PATH: the order that Railpack gives the image's PATH
    /// (<https://github.com/railwayapp/railpack/blob/v0.37.0/buildkit/convert.go>, `getImageEnv`).
    pub(super) fn sort_paths(&mut self) {
        if !self.paths.is_sorted() {
            Rc::make_mut(&mut self.paths).sort_unstable();
        }
    }

    /// All variables with PATH, in order of their names.
    pub(super) fn resolve(&self) -> BTreeMap<String, String> {
        let mut all = self.image.environment.clone();
        all.extend(
            self.variables
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        if !self.paths.is_empty() || all.contains_key(PATH) {
            let tail = all.get(PATH).map_or(DEFAULT_PATH, String::as_str);
            let behind = tail
                .split(':')
                .filter(|entry| !self.paths.iter().any(|path| path == entry));
            let path = self
                .paths
                .iter()
                .map(String::as_str)
                .chain(behind)
                .collect::<Vec<_>>()
                .join(":");
            all.insert(PATH.to_owned(), path);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)], paths: &[&str]) -> Environment {
        let mut environment = Environment::default();
        for (name, value) in variables {
            environment.set(name, value);
        }
        for path in paths.iter().rev() {
            environment.push_path(path);
        }
        environment
    }

    #[test]
    fn a_later_environment_wins_and_its_paths_come_behind() {
        let mut first = environment(&[("A", "1"), ("B", "1")], &["/first", "/shared"]);
        first.merge(&environment(&[("B", "2")], &["/shared", "/last"]));
        assert_eq!(
            first.resolve(),
            BTreeMap::from([
                ("A".to_owned(), "1".to_owned()),
                ("B".to_owned(), "2".to_owned()),
                (
                    "PATH".to_owned(),
                    format!("/first:/shared:/last:{DEFAULT_PATH}")
                ),
            ])
        );
    }

    #[test]
    fn a_base_image_brings_its_variables_and_its_path() {
        let mut environment = Environment::of_image(BaseConfig {
            environment: BTreeMap::from([
                ("LANG".to_owned(), "C".to_owned()),
                ("PATH".to_owned(), "/mise/shims:/usr/bin".to_owned()),
            ]),
            ..BaseConfig::default()
        });
        environment.set("LANG", "de");
        environment.push_path("/mise/shims");
        environment.push_path("/app/bin");
        assert_eq!(
            environment.resolve(),
            BTreeMap::from([
                ("LANG".to_owned(), "de".to_owned()),
                (
                    "PATH".to_owned(),
                    "/app/bin:/mise/shims:/usr/bin".to_owned()
                ),
            ])
        );
    }

    #[test]
    fn without_any_directory_path_is_left_to_the_engine() {
        assert!(
            !environment(&[("A", "1")], &[])
                .resolve()
                .contains_key("PATH")
        );
    }

    #[test]
    fn a_path_that_is_pushed_twice_keeps_its_place() {
        let mut environment = environment(&[], &["/a", "/b"]);
        environment.push_path("/b");
        assert_eq!(
            environment.resolve()["PATH"],
            format!("/a:/b:{DEFAULT_PATH}")
        );
    }
}
