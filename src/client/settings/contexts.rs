//! Named contexts, in the words of docker buildx.
//!
//! <https://docs.docker.com/reference/cli/docker/buildx/build/#build-context>

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::UsageProblem;
use crate::client::session::content::{Digest, find_image};
use crate::frontend::{is_remote_context, local, option};

const FLAG: &str = "--build-context";
const HINT: &str = "give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file";

/// The scheme of images in a directory of this machine's, in OCI's layout.
const LAYOUT: &str = "oci-layout://";
/// The image of a layout where none is named.
const DEFAULT_TAG: &str = "latest";

/// What is asked for: frontend options, and directories to offer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct NamedContexts {
    /// By key.
    pub(super) options: BTreeMap<String, String>,
    /// Directories of this machine, by the names of their contexts.
    pub(super) directories: BTreeMap<String, PathBuf>,
    /// OCI layouts of this machine, by the names that they are offered under.
    pub(super) layouts: BTreeMap<String, PathBuf>,
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
        if let Some(place) = value.strip_prefix(LAYOUT) {
            let key = format!("{}{name}", option::NAMED_CONTEXT_PREFIX);
            let value = self.add_layout(place)?;
            self.options.insert(key, value);
            return Ok(());
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

impl NamedContexts {
    /// Offers a layout, `DIRECTORY`, `DIRECTORY:TAG` or either with a digest behind it. Gives the option's value.
    fn add_layout(&mut self, place: &str) -> Result<String, (String, &'static str)> {
        let (place, digest) = match place.split_once('@') {
            Some((place, digest)) => (place, Some(digest)),
            None => (place, None),
        };
        let (directory, tag) = match place.rsplit_once(':') {
            Some((directory, tag)) if !tag.contains('/') => (directory, tag),
            _ => (place, DEFAULT_TAG),
        };
        let directory = Path::new(directory);
        let digest = match digest {
            Some(digest) => Digest::parse(digest).map_err(|fault| (fault.to_string(), HINT))?,
            None => find_image(directory, tag).map_err(|fault| {
                let hint = "name an image of the layout, as `oci-layout://DIRECTORY:TAG` or `oci-layout://DIRECTORY@DIGEST`";
                (fault.to_string(), hint)
            })?,
        };
        let store = format!("layout-{}", self.layouts.len());
        self.layouts.insert(store.clone(), directory.to_owned());
        Ok(format!("{LAYOUT}{store}:{tag}@{digest}"))
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
    fn images_of_layouts_are_found_by_their_names() {
        let directory = tempfile::tempdir().unwrap();
        let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
        let name = "org.opencontainers.image.ref.name";
        let index = serde_json::json!({ "manifests": [
            { "digest": digest("1"), "annotations": { name: "one" } },
            { "digest": digest("2"), "annotations": { name: "latest" } },
        ]});
        std::fs::write(directory.path().join("index.json"), index.to_string()).unwrap();
        let path = directory.path().to_str().unwrap();
        let texts = [
            format!("a=oci-layout://{path}:one"),
            format!("b=oci-layout://{path}"),
            format!("c=oci-layout://{path}@{}", digest("3")),
            format!("d=oci-layout://{path}:two"),
        ];
        let mut problems = Vec::new();
        let contexts = NamedContexts::read(&texts, &mut problems);
        let values: Vec<_> = contexts.options.values().cloned().collect();
        let expected = [("0:one", "1"), ("1:latest", "2"), ("2:latest", "3")];
        let expected =
            expected.map(|(name, digit)| format!("oci-layout://layout-{name}@{}", digest(digit)));
        assert_eq!(values, expected);
        assert_eq!(contexts.layouts["layout-0"], directory.path());
        let told = problems[0].to_string().replace(path, "DIRECTORY");
        insta::assert_snapshot!(told, @r"
        error: --build-context d=oci-layout://DIRECTORY:two: the OCI layout in `DIRECTORY` has nothing named `two`
          hint: name an image of the layout, as `oci-layout://DIRECTORY:TAG` or `oci-layout://DIRECTORY@DIGEST`
        ");
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let texts = [
            "x",
            "=y",
            "x=",
            "x=/no/such/directory",
            "x=oci-layout://a@sha256:0",
            "x=oci-layout:///no/such/directory",
            "x=target:base",
        ]
        .map(str::to_owned);
        let mut problems = Vec::new();
        NamedContexts::read(&texts, &mut problems);
        let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        error: --build-context x: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
        error: --build-context =y: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
        error: --build-context x=: it is not `NAME=SOURCE`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
        error: --build-context x=/no/such/directory: there is no directory `/no/such/directory`
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
        error: --build-context x=oci-layout://a@sha256:0: `sha256:0` is not `sha256:` and 64 lower-case hexadecimal digits
          hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
        error: --build-context x=oci-layout:///no/such/directory: there is no OCI layout in `/no/such/directory`
          hint: name an image of the layout, as `oci-layout://DIRECTORY:TAG` or `oci-layout://DIRECTORY@DIGEST`
        error: --build-context x=target:base: only a bake file has targets
          hint: build with `docker buildx bake`
        ");
    }
}
