//! Named contexts, in the words of docker buildx.
//!
//! <https://docs.docker.com/reference/cli/docker/buildx/build/#build-context>

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::UsageProblem;
use crate::frontend::{is_remote_context, local, option};

const FLAG: &str = "--build-context";
const HINT: &str =
    "give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, or the URL of a git repository or a file";

/// What is asked for: frontend options, and directories to offer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NamedContexts {
    /// By key.
    pub(super) options: BTreeMap<String, String>,
    /// Directories of this machine, by the names of their contexts.
    pub(super) directories: BTreeMap<String, PathBuf>,
}

impl NamedContexts {
    /// Reads all of them; what makes no sense is a problem each.
    pub(super) fn read(texts: &[String], problems: &mut Vec<UsageProblem>) -> Self {
        let mut contexts = Self::default();
        for text in texts {
            if let Err((fault, hint)) = contexts.add(text) {
                problems.push(UsageProblem::new(FLAG, text, fault, hint));
            }
        }
        contexts
    }

    fn add(&mut self, text: &str) -> Result<(), (String, &'static str)> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| ("it is not `NAME=SOURCE`".to_owned(), HINT))?;
        if name.is_empty() || value.is_empty() {
            return Err(("it is not `NAME=SOURCE`".to_owned(), HINT));
        }
        if value.starts_with("oci-layout://") {
            return Err((
                "OCI layouts are not offered by this client".to_owned(),
                "push the image to a registry, one on this machine will do, or build with `docker buildx build`",
            ));
        }
        if value.starts_with("target:") {
            return Err((
                "only a bake file has targets".to_owned(),
                "build with `docker buildx bake`",
            ));
        }
        let value = if value.starts_with("docker-image://") || is_remote_context(value) {
            value.to_owned()
        } else {
            let directory = Path::new(value);
            if !directory.is_dir() {
                return Err((format!("there is no directory `{value}`"), HINT));
            }
            self.directories
                .insert(name.to_owned(), directory.to_owned());
            format!("local:{}", local_name(name))
        };
        self.options
            .insert(format!("{}{name}", option::NAMED_CONTEXT_PREFIX), value);
        Ok(())
    }
}

/// The name under which a context's directory is offered. The app and its plan have theirs already.
pub(crate) fn local_name(context: &str) -> String {
    match context {
        local::CONTEXT | local::PLAN => format!("_{context}"),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_offered_and_all_else_is_passed_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        let texts = [
            format!("assets={path}"),
            format!("context={path}"),
            "debian=docker-image://alpine:3".to_owned(),
            "tools=https://example.com/tools.git#v1".to_owned(),
            "build=https://example.com/build.tar.gz".to_owned(),
        ];
        let mut problems = Vec::new();
        let contexts = NamedContexts::read(&texts, &mut problems);
        assert_eq!(problems, []);
        let options: Vec<_> = contexts
            .options
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        assert_eq!(
            options,
            [
                "context:assets=local:assets",
                "context:build=https://example.com/build.tar.gz",
                "context:context=local:_context",
                "context:debian=docker-image://alpine:3",
                "context:tools=https://example.com/tools.git#v1",
            ]
        );
        let offered: Vec<_> = contexts.directories.keys().collect();
        assert_eq!(offered, ["assets", "context"]);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let texts = [
            "x",
            "=y",
            "x=",
            "x=/no/such/directory",
            "x=oci-layout://a@sha256:0",
            "x=target:base",
        ]
        .map(str::to_owned);
        let mut problems = Vec::new();
        NamedContexts::read(&texts, &mut problems);
        let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        error: --build-context x: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, or the URL of a git repository or a file
        error: --build-context =y: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, or the URL of a git repository or a file
        error: --build-context x=: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, or the URL of a git repository or a file
        error: --build-context x=/no/such/directory: there is no directory `/no/such/directory`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, or the URL of a git repository or a file
        error: --build-context x=oci-layout://a@sha256:0: OCI layouts are not offered by this client
          hint: push the image to a registry, one on this machine will do, or build with `docker buildx build`
        error: --build-context x=target:base: only a bake file has targets
          hint: build with `docker buildx bake`
        ");
    }
}
