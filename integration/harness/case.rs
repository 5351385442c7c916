//! `test.json`: what the image of an example must show. The fields are those of Railpack's own examples
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/integration_tests/run_test.go>).

use std::collections::BTreeMap;
use std::path::Path;

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::{Deserialize, Deserializer};

/// One way to build and run an example.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Case {
    /// What to build and run for, as `linux/arm64`; the engine's own if there is none.
    pub(crate) platform: Option<String>,
    /// Texts that the container must print on standard output.
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) expected_output: Vec<String>,
    /// Given to `plan`, to the build as secrets, and to the container.
    pub(crate) envs: BTreeMap<String, String>,
    /// The configuration file, in place of `railpack.json`.
    pub(crate) config_file: Option<String>,
    /// `plan` must fail.
    pub(crate) should_fail: bool,
    /// What the container must answer, in place of what it must print.
    pub(crate) http_check: Option<HttpCheck>,
    /// The container may print on standard error.
    pub(crate) stderr_allowed: bool,
    /// Where the build ends, if what it downloads there cannot be reached; if it can, the rest of the case counts.
    pub(crate) stops_at: Option<Stop>,
    /// Architectures of the test machine on which the case is not run, as `arm64`.
    pub(crate) skip_arch: Vec<String>,
    /// Built on Docker 20.10 in each run, and not only when that is asked for.
    pub(crate) old_engine: bool,
}

/// The one way in which a build may fail.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Stop {
    /// The name of the only vertex that fails; of several one.
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) step: Vec<String>,
    /// The reason: texts that the build prints, all of them on one line.
    pub(crate) says: Vec<String>,
}

/// A request, and its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HttpCheck {
    /// The port that the container listens on.
    pub(crate) internal_port: u16,
    #[serde(default = "root_path")]
    pub(crate) path: String,
    /// The status.
    #[serde(default = "status_ok")]
    pub(crate) expected: u16,
    /// Texts in the body.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(crate) expected_output: Vec<String>,
}

impl Case {
    /// Is the case left out on the architecture that the tests run on?
    pub(crate) fn is_skipped(&self) -> bool {
        self.skip_arch
            .iter()
            .any(|skipped| skipped == architecture())
    }

    /// A case that would pass whatever the image does is a mistake in the file.
    fn check(&self) -> Result<(), &'static str> {
        let is_vague = |stop: &Stop| stop.step.is_empty() || stop.says.is_empty();
        if self.stops_at.as_ref().is_some_and(is_vague) {
            return Err("has a `stopsAt` that names no step or no reason");
        }
        let prints = !self.expected_output.is_empty();
        match (&self.http_check, prints, self.should_fail) {
            (Some(_), true, _) => Err("has both `httpCheck` and `expectedOutput`"),
            (None, false, false) => {
                Err("says nothing of what to expect: `expectedOutput`, `httpCheck` or `shouldFail`")
            }
            (Some(_), _, true) => Err("has `httpCheck`, but nothing runs with `shouldFail`"),
            _ => Ok(()),
        }
    }
}

/// The architecture that the tests run on, in OCI's words.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// Reads the cases of the example in a directory.
pub(crate) fn read_cases(example: &Path) -> Result<Vec<Case>, String> {
    let file = example.join("test.json");
    let text =
        std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    parse_cases(&text).map_err(|problem| format!("{}: {problem}", file.display()))
}

fn parse_cases(text: &str) -> Result<Vec<Case>, String> {
    let cases: Vec<Case> =
        parse_to_serde_value(text, &ParseOptions::default()).map_err(|error| error.to_string())?;
    if cases.is_empty() {
        return Err("has no case".to_owned());
    }
    for (index, case) in cases.iter().enumerate() {
        case.check()
            .map_err(|problem| format!("case {index} {problem}"))?;
    }
    Ok(cases)
}

fn root_path() -> String {
    "/".to_owned()
}

fn status_ok() -> u16 {
    200
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    })
}
