mod file;

use std::error::Error;

use super::*;
use crate::analyze::app::memory::Memory;
use crate::analyze::parts::{copy, shell};
use crate::analyze::testing::environment;
use crate::plan::{CacheSharing, CommandLine};

fn gather(
    memory: Memory,
    options: &AnalyzeOptions,
    variables: &[(&str, &str)],
) -> Result<(Config, String), AnalyzeError> {
    let environment = environment(variables.iter().copied());
    let mut messages = Messages::default();
    let config = Config::gather(&memory.app(), options, &environment, &mut messages)?;
    let told: Vec<_> = messages
        .to_vec()
        .into_iter()
        .map(|message| message.text)
        .collect();
    Ok((config, told.join("\n")))
}

fn gathered(options: &AnalyzeOptions, variables: &[(&str, &str)]) -> (Config, String) {
    gather(Memory::default(), options, variables).unwrap()
}

/// The configuration in `railpack.json`, and what is told of it.
fn from_file(text: &str) -> (Config, String) {
    let memory = Memory::default().file("railpack.json", text);
    gather(memory, &AnalyzeOptions::default(), &[]).unwrap()
}

/// What is wrong with `railpack.json`.
fn problems(text: &str) -> String {
    let memory = Memory::default().file("railpack.json", text);
    gather(memory, &AnalyzeOptions::default(), &[])
        .unwrap_err()
        .to_string()
}

fn variable<T>(value: T, name: &str) -> Sourced<T> {
    Sourced::new(value, Origin::Variable(name.to_owned()))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn a_package_without_its_name_or_version_is_an_error() {
    let error = |packages| {
        let variables = [("RAILPACK_PACKAGES", packages)];
        let gathered = gather(Memory::default(), &AnalyzeOptions::default(), &variables);
        gathered.unwrap_err().to_string()
    };
    let errors = ["jq node@", "a@b@c jq", "@1"].map(error);
    insta::assert_snapshot!(errors.join("\n"), @"
    RAILPACK_PACKAGES: found `node@`, expected a tool, or a tool and its version, as in `node@22`
    RAILPACK_PACKAGES: found `a@b@c`, expected a tool, or a tool and its version, as in `node@22`
    RAILPACK_PACKAGES: found `@1`, expected a tool, or a tool and its version, as in `node@22`
    ");
}

#[test]
fn variables_ask_for_steps_packages_and_a_start_command() {
    let (config, told) = gathered(
        &AnalyzeOptions::default(),
        &[
            ("RAILPACK_INSTALL_CMD", "npm install"),
            ("RAILPACK_BUILD_CMD", "npm run build"),
            ("RAILPACK_START_CMD", "npm start"),
            ("RAILPACK_PACKAGES", "node@18 jq pipx:httpie@3.2.4"),
            ("RAILPACK_BUILD_APT_PACKAGES", "build-essential  libssl-dev"),
            ("RAILPACK_DEPLOY_APT_PACKAGES", "libssl-dev"),
            ("TOKEN", "value"),
        ],
    );
    let running = |line, name: &str| StepConfig::running(line, Origin::Variable(name.to_owned()));
    let expected = Config {
        build_apt_packages: Some(variable(
            words(&["build-essential", "libssl-dev"]),
            "RAILPACK_BUILD_APT_PACKAGES",
        )),
        steps: BTreeMap::from([
            (
                "install".to_owned(),
                running("npm install", "RAILPACK_INSTALL_CMD"),
            ),
            (
                "build".to_owned(),
                running("npm run build", "RAILPACK_BUILD_CMD"),
            ),
        ]),
        deploy: DeployConfig {
            apt_packages: Some(variable(
                words(&["libssl-dev"]),
                "RAILPACK_DEPLOY_APT_PACKAGES",
            )),
            start_command: Some(variable("npm start".into(), "RAILPACK_START_CMD")),
            ..DeployConfig::default()
        },
        packages: [("node", "18"), ("jq", "latest"), ("pipx:httpie", "3.2.4")]
            .map(|(name, version)| {
                let version = variable(version.to_owned(), "RAILPACK_PACKAGES");
                (name.to_owned(), version)
            })
            .into(),
        secrets: [
            "RAILPACK_BUILD_APT_PACKAGES",
            "RAILPACK_BUILD_CMD",
            "RAILPACK_DEPLOY_APT_PACKAGES",
            "RAILPACK_INSTALL_CMD",
            "RAILPACK_PACKAGES",
            "RAILPACK_START_CMD",
            "TOKEN",
        ]
        .map(Spanned::from)
        .into(),
        ..Config::default()
    };
    assert_eq!(config, expected);
    assert_eq!(told, "");
}

#[test]
fn a_variable_wins_over_an_option_and_the_file_over_both() {
    let options = AnalyzeOptions {
        build_command: Some("option".to_owned()),
        start_command: Some("option".to_owned()),
        ..AnalyzeOptions::default()
    };
    let memory = Memory::default().file(
        "railpack.json",
        "{\n  \"packages\": { \"jq\": \"1\", \"node\": \"22\" },\n  \"deploy\": { \"startCommand\": \"file\" }\n}",
    );
    let variables = [
        ("RAILPACK_BUILD_CMD", "variable"),
        ("RAILPACK_PACKAGES", "node@20"),
    ];
    let (config, told) = gather(memory, &options, &variables).unwrap();
    let commands = &config.steps["build"].commands.as_ref().unwrap().value;
    assert_eq!(*commands, [copy(".").into(), shell("variable").into()]);
    assert_eq!(config.deploy.start_command.unwrap().value, "file".into());
    let node = &config.packages["node"];
    assert_eq!(
        (node.value.as_str(), node.origin.to_string().as_str()),
        ("22", "railpack.json:2:28")
    );
    insta::assert_snapshot!(told, @"
    --build-cmd sets the commands of step `build`, but RAILPACK_BUILD_CMD sets it otherwise and wins
    using the configuration in railpack.json
    --start-cmd sets the start command, but railpack.json:3:31 sets it otherwise and wins
    RAILPACK_PACKAGES sets the version of `node`, but railpack.json:2:28 sets it otherwise and wins
    ");
}
