//! What the plan says of the image's configuration, beside its environment and start command.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{CommandLine, Spanned};

/// Who runs the image, and what engines know about its containers. Additive; the names are those of OCI's and Docker's image
/// configurations (<https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md>), in the plan's spelling. What is absent
/// is inherited from the base.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageConfig {
    /// Who runs the start command: `user`, `uid`, `user:group` or `uid:gid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Spanned<String>>,
    /// Labels, added to those of the base. What the caller of the build gives goes before.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, Spanned<String>>,
    /// Ports that the app listens on, added to those of the base: `8080`, `8080/tcp`, `53/udp`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exposed_ports: Vec<Spanned<String>>,
    /// How engines find out whether the app works, in place of the base's way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Spanned<Healthcheck>>,
    /// What asks the app to end: `SIGTERM`, `15`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<Spanned<String>>,
    /// Directories whose content outlives a container, added to those of the base: absolute paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Spanned<String>>,
}

/// How engines find out whether the app works.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Healthcheck {
    /// A text for the shell, or a list as Docker has it: `["CMD", program, ..]`, `["CMD-SHELL", text]`, `["NONE"]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Spanned<CommandLine>>,
    /// Time between two tests, as in `1m30s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Spanned<String>>,
    /// How long a test may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Spanned<String>>,
    /// How long the app may take to start: failures count for nothing until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<Spanned<String>>,
    /// Time between two tests while it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<Spanned<String>>,
    /// After how many failures in a row the container is unhealthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
}

impl Healthcheck {
    /// The times, each with its name in the plan.
    pub(crate) fn times(&self) -> [(&'static str, Option<&Spanned<String>>); 4] {
        [
            ("interval", self.interval.as_ref()),
            ("timeout", self.timeout.as_ref()),
            ("startPeriod", self.start_period.as_ref()),
            ("startInterval", self.start_interval.as_ref()),
        ]
    }
}

/// Whether a user, as [`ImageConfig::user`] has it, is root.
pub(crate) fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name == "root" || name.parse() == Ok(0_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_a_name_and_a_number() {
        for user in ["root", "0", "000", "root:railpack", "0:10001"] {
            assert!(is_root(user), "{user}");
        }
        for user in ["railpack", "10001:0", "rooted", ""] {
            assert!(!is_root(user), "{user}");
        }
    }
}
