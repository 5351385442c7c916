//! Secrets as files.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::Plan;

/// What `~` stands for: the home of root, as whom commands run.
const HOME: &str = "/root";

/// A secret that the commands of a step find as a file, such as `.npmrc`, `pip.conf` or `.netrc` (additive).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SecretFile {
    /// The secret: one of the plan's.
    pub id: String,
    /// Where the file is. `~/` is the home of root; other relative paths are below `/app`.
    pub path: String,
    /// Permission bits; `None` is 0400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

impl SecretFile {
    /// [`SecretFile::path`] with the home in place of `~`.
    #[must_use]
    pub fn path_from_home(&self) -> Cow<'_, str> {
        match self.path.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                Cow::Owned(format!("{HOME}{rest}"))
            }
            _ => Cow::Borrowed(&self.path),
        }
    }
}

impl Plan {
    /// The secrets that are files: those that any step mounts as one. No command gets them as variables, which could hold
    /// neither all bytes nor that many. All others are variables.
    #[must_use]
    pub fn file_secrets(&self) -> BTreeSet<&str> {
        let files = self.steps.iter().flat_map(|step| &step.secret_files);
        files.map(|file| file.id.as_str()).collect()
    }
}
