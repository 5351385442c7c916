//! `test.json` of an example: what its image must do when it runs. The fields are the reference's
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/integration_tests/run_test.go>).

use std::collections::BTreeMap;

use serde::Deserialize;

/// One way to plan, build and run an example.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TestCase {
    /// The platform to build for; that of the engine if none is named.
    pub(crate) platform: Option<String>,
    /// Texts that the container's output has to hold.
    #[serde(default)]
    pub(crate) expected_output: Texts,
    /// Variables of the analysis, secrets of the build, and environment of the container.
    #[serde(default)]
    pub(crate) envs: BTreeMap<String, String>,
    /// The configuration file, relative to the example.
    pub(crate) config_file: Option<String>,
    /// Whether planning has to fail.
    #[serde(default)]
    pub(crate) should_fail: bool,
    /// A request that the container has to answer.
    pub(crate) http_check: Option<HttpCheck>,
    /// Whether the container may write to its error stream.
    #[serde(default)]
    pub(crate) stderr_allowed: bool,
    /// Where the build may end, if what it downloads there cannot be reached.
    pub(crate) stops_at: Option<Stop>,
    /// Architectures, in Go's names, on which the case cannot run.
    #[serde(default)]
    pub(crate) skip_arch: Vec<String>,
    /// The only engine that the case is built on; all of them if none is named.
    pub(crate) engine: Option<String>,
    /// Whether each run builds the case on Docker 20.10 too.
    #[serde(default)]
    pub(crate) old_engine: bool,
}

/// The one way in which a build may fail.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Stop {
    /// The name of the step that fails; of several one.
    pub(crate) step: Texts,
    /// The reason.
    pub(crate) says: Texts,
}

/// A request that the container has to answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HttpCheck {
    /// The port inside the container.
    pub(crate) internal_port: u16,
    pub(crate) path: String,
    /// The status of the answer.
    pub(crate) expected: u16,
    /// Texts that the answer's body has to hold.
    #[serde(default)]
    pub(crate) expected_output: Texts,
}

impl HttpCheck {
    fn check(&self) -> Result<(), &'static str> {
        if self.internal_port == 0 || !self.path.starts_with('/') {
            return Err("httpCheck needs a port and a path that begins with a slash");
        }
        if !(100..600).contains(&self.expected) {
            return Err("httpCheck expects what is no status of HTTP");
        }
        if self.expected_output.0.iter().any(String::is_empty) {
            return Err("httpCheck expects an empty text, which any body holds");
        }
        Ok(())
    }
}

/// One text, or a list of them.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub(crate) struct Texts(pub(crate) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Texts {
    fn from(texts: OneOrMany) -> Self {
        Self(match texts {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        })
    }
}

impl TestCase {
    /// Whether a run of the case can show anything, and shows one thing.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let shown = [
            self.should_fail,
            self.http_check.is_some(),
            !self.expected_output.0.is_empty(),
        ];
        if shown.iter().filter(|is_shown| **is_shown).count() != 1 {
            return Err("needs one of shouldFail, httpCheck and expectedOutput");
        }
        let is_vague = |texts: &Texts| texts.0.is_empty() || texts.0.iter().any(String::is_empty);
        if self
            .stops_at
            .as_ref()
            .is_some_and(|stop| is_vague(&stop.step) || is_vague(&stop.says))
        {
            return Err("stopsAt names no step or no reason");
        }
        if self.stderr_allowed && self.expected_output.0.is_empty() {
            return Err("stderrAllowed only goes with expectedOutput");
        }
        if self.expected_output.0.iter().any(String::is_empty) {
            return Err("expectedOutput holds an empty text, which any output holds");
        }
        if self
            .platform
            .as_ref()
            .is_some_and(|platform| !platform.starts_with("linux/"))
        {
            return Err("platform is not that of a Linux container");
        }
        if self
            .skip_arch
            .iter()
            .any(|name| !["amd64", "arm64"].contains(&name.as_str()))
        {
            return Err("skipArch names neither amd64 nor arm64");
        }
        if self
            .engine
            .as_ref()
            .is_some_and(|name| !["buildkit", "docker"].contains(&name.as_str()))
        {
            return Err("engine is neither buildkit nor docker");
        }
        if self.old_engine && self.should_fail {
            return Err("oldEngine asks for a build, and shouldFail for none");
        }
        self.http_check.as_ref().map_or(Ok(()), HttpCheck::check)
    }

    /// The variables of the analysis.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let mut variables = self.envs.clone();
        if let Some(file) = &self.config_file {
            variables.insert("RAILPACK_CONFIG_FILE".to_owned(), file.clone());
        }
        variables
    }
}
