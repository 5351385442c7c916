//! Every directory below `examples/` is planned, once for each case of its `test.json`, and the plan compared with what
//! it was.

#[cfg(feature = "frontend")]
mod foreseen;
mod test_case;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::testing::environment;
use super::{Analysis, AnalyzeError, AnalyzeOptions, App, Directory, analyze};
use crate::plan::parse;
use test_case::TestCase;

/// What differs between two plans of the same app that are equally right: a text of the plan, and what stands for it.
const REDACTIONS: [(&str, &str); 1] = [
    // "RAILPACK_VERSION": "0.1.0" would change every snapshot with every release.
    (
        concat!("\"RAILPACK_VERSION\": \"", env!("CARGO_PKG_VERSION"), "\""),
        "\"RAILPACK_VERSION\": \"[version]\"",
    ),
];

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut directories: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    directories.retain(|path| path.is_dir());
    directories.sort();
    directories
}

fn name(example: &Path) -> String {
    example.file_name().unwrap().to_string_lossy().into_owned()
}

fn test_cases(example: &Path) -> Vec<TestCase> {
    let file = example.join("test.json");
    let text =
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let cases: Vec<TestCase> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(!cases.is_empty(), "{}: has no case", file.display());
    cases
}

fn plan(example: &Path, variables: &BTreeMap<String, String>) -> Result<Analysis, AnalyzeError> {
    let app = App::new(Directory::open(example)?);
    analyze(&app, &environment(variables), &AnalyzeOptions::default())
}

#[test]
fn every_example_gives_its_plan() {
    for example in examples() {
        for (index, case) in test_cases(&example).iter().enumerate() {
            let snapshot = match plan(&example, &case.environment()) {
                Ok(analysis) => {
                    assert!(
                        !case.should_fail,
                        "{}: case {index} was planned",
                        name(&example)
                    );
                    let json = analysis.plan.to_json();
                    REDACTIONS
                        .iter()
                        .fold(json, |text, (from, to)| text.replace(from, to))
                }
                Err(error) => {
                    assert!(
                        case.should_fail,
                        "{}: case {index}: {error}",
                        name(&example)
                    );
                    error.to_string()
                }
            };
            insta::assert_snapshot!(format!("{}-{index}", name(&example)), snapshot);
        }
    }
}

#[test]
fn every_case_makes_sense() {
    for example in examples() {
        for (index, case) in test_cases(&example).iter().enumerate() {
            if let Err(problem) = case.check() {
                panic!("{}: case {index}: {problem}", name(&example));
            }
        }
    }
}

#[test]
fn plans_are_read_back_as_they_are_without_a_problem() {
    for example in examples() {
        for case in test_cases(&example).iter().filter(|case| !case.should_fail) {
            let plan = plan(&example, &case.environment()).unwrap().plan;
            let parsed = parse(plan.to_json().as_bytes()).unwrap();
            assert_eq!(parsed.plan, plan);
            assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
        }
    }
}

#[test]
fn the_same_app_gives_the_same_bytes() {
    for example in examples() {
        for case in test_cases(&example).iter().filter(|case| !case.should_fail) {
            let json = || plan(&example, &case.environment()).unwrap().plan.to_json();
            let first = json();
            assert!((0..10).all(|_| json() == first));
        }
    }
}

#[test]
fn no_value_of_a_secret_is_in_a_plan() {
    let value = "value-of-a-secret";
    let secrets = ["NPM_TOKEN", "NODE_AUTH_TOKEN", "DATABASE_URL"]
        .map(|name| (name.to_owned(), value.to_owned()));
    for example in examples() {
        let analysis = plan(&example, &secrets.clone().into()).unwrap();
        let names: Vec<_> = analysis
            .plan
            .secrets
            .iter()
            .map(|name| name.value.as_str())
            .collect();
        assert_eq!(names, ["DATABASE_URL", "NODE_AUTH_TOKEN", "NPM_TOKEN"]);
        assert!(!analysis.plan.to_json().contains(value));
        assert!(!format!("{analysis:?}").contains(value));
    }
}
