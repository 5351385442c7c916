//! The frontend options, as docker buildx would send them.
//!
//! <https://github.com/docker/buildx/blob/v0.36.0/build/opt.go>

use std::collections::BTreeMap;

use super::UsageProblem;
use super::csv::pairs;
use super::sandbox::sandbox_options;
use crate::cli::{BuildArguments, OutputArguments};
use crate::frontend::option;

/// The variable and build argument with the time of everything that is made.
const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// Reads what becomes frontend options. `variable` gives the process environment.
pub(super) fn frontend_options(
    output: &OutputArguments,
    build: &BuildArguments,
    variable: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<UsageProblem>,
) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    let mut set = |key: String, value: String| {
        options.insert(key, value);
    };
    let build_arg = |name: &str| format!("{}{name}", option::BUILD_ARG_PREFIX);
    if let Some(time) = variable(SOURCE_DATE_EPOCH).filter(|time| !time.is_empty()) {
        set(build_arg(SOURCE_DATE_EPOCH), time);
    }
    for argument in &build.arguments {
        match argument.split_once('=') {
            Some((name, value)) => set(build_arg(name), value.to_owned()),
            // Like docker: a variable that is not set is not given.
            None => {
                if let Some(value) = variable(argument) {
                    set(build_arg(argument), value);
                }
            }
        }
    }
    if let Some(key) = &build.cache_key {
        set(build_arg(option::CACHE_KEY), key.clone());
    }
    for label in &output.labels {
        let (name, value) = label.split_once('=').unwrap_or((label, ""));
        set(format!("{}{name}", option::LABEL_PREFIX), value.to_owned());
    }
    if let Some(platform) = &build.platform {
        set(option::PLATFORM.to_owned(), platform.clone());
    }
    if build.no_cache || !build.no_cache_filter.is_empty() {
        set(option::NO_CACHE.to_owned(), build.no_cache_filter.join(","));
    }
    if build.pull {
        set(option::IMAGE_RESOLVE_MODE.to_owned(), "pull".to_owned());
    }
    if let Some(target) = &build.target {
        set(option::TARGET.to_owned(), target.clone());
    }
    for (key, value) in sandbox_options(&build.sandbox, problems) {
        set(key.to_owned(), value);
    }
    for attestation in &build.attestations {
        match attest(attestation) {
            Ok((kind, attributes)) => set(format!("attest:{kind}"), attributes),
            Err(fault) => problems.push(UsageProblem::new(
                "--attest",
                attestation,
                fault,
                "give `type=sbom` or `type=provenance,mode=max`",
            )),
        }
    }
    options
}

/// `type=provenance,mode=max` as the engine has it: the type, and the rest as it stands.
fn attest(text: &str) -> Result<(String, String), String> {
    let mut pairs = pairs(text).map_err(|fault| fault.to_string())?;
    let kind = pairs.remove("type").ok_or("it has no `type`")?;
    let rest: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    Ok((kind, rest.join(",")))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::BuildCommand;

    fn options(arguments: &[&str]) -> String {
        let words = std::iter::once("railpack build").chain(arguments.iter().copied());
        let arguments = BuildCommand::try_parse_from(words).unwrap();
        let variable = |name: &str| match name {
            "SOURCE_DATE_EPOCH" => Some("5".to_owned()),
            "TOKEN" => Some("t".to_owned()),
            _ => None,
        };
        let mut problems = Vec::new();
        let options = frontend_options(
            &arguments.output,
            &arguments.build,
            &variable,
            &mut problems,
        );
        let options = options.iter().map(|(key, value)| format!("{key}={value}"));
        let problems = problems.iter().map(ToString::to_string);
        options.chain(problems).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn flags_become_the_options_that_docker_buildx_sends() {
        insta::assert_snapshot!(options(&[
            "--build-arg", "A=b=c", "--build-arg", "TOKEN", "--build-arg", "MISSING",
            "--cache-key", "app", "--label", "a=b", "--label", "empty", "--platform", "linux/arm64",
            "--no-cache", "--pull", "--target", "x",
            "--attest", "type=provenance,mode=max", "--attest", "type=sbom",
        ]), @r"
        attest:provenance=mode=max
        attest:sbom=
        build-arg:A=b=c
        build-arg:SOURCE_DATE_EPOCH=5
        build-arg:TOKEN=t
        build-arg:cache-key=app
        image-resolve-mode=pull
        label:a=b
        label:empty=
        no-cache=
        platform=linux/arm64
        target=x
        ");
    }

    #[test]
    fn what_the_user_gives_goes_before_the_environment() {
        insta::assert_snapshot!(options(&[
            "--build-arg", "SOURCE_DATE_EPOCH=7", "--no-cache-filter", "install,build",
        ]), @r"
        build-arg:SOURCE_DATE_EPOCH=7
        no-cache=install,build
        ");
    }

    #[test]
    fn what_is_no_pair_is_told() {
        insta::assert_snapshot!(options(&["--attest", "sbom"]), @r"
        build-arg:SOURCE_DATE_EPOCH=5
        error: --attest sbom: `sbom` in it is not `key=value`
          hint: give `type=sbom` or `type=provenance,mode=max`
        ");
    }
}
