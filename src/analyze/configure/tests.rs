use super::*;
use crate::analyze::app::memory::Memory;
use crate::analyze::config::{Config, DeployConfig, Origin, Sourced};
use crate::analyze::finish::{Finished, finish};
use crate::analyze::parts::{exec, image_layer, step_paths};
use crate::analyze::{BaseImages, Environment, Level};
use crate::plan::{Cache, CacheSharing, Command, ExecCommand, Plan};

/// What becomes of a provider's steps `install` and `build` under a configuration.
fn finished(config: &Config, environment: &Environment) -> Finished {
    let app = Memory::default()
        .file(".dockerignore", "*.log\n!keep.log")
        .app();
    let images = BaseImages::default();
    let mut context = Context::new(&app, environment, config, &images).unwrap();
    context.mise.install(&mut context.packages, "node", "18");
    context.mise.apt_packages.push("gcc".to_owned());
    context.deploy.add_apt_packages(&["libnss3"]);
    let mut install = CommandStep::new("install");
    install.inputs.push(step_layer(&context.mise.name));
    install.commands.push(exec("npm install"));
    install.caches.push(context.caches.add("npm", "/root/.npm"));
    let mut build = CommandStep::new("build");
    build.inputs.push(step_layer("install"));
    build.commands.push(exec("npm run build"));
    context.deploy.inputs.push(step_layer("build"));
    context.add_step(install);
    context.add_step(build);
    finish(context).unwrap()
}

fn plan(config: &Config) -> Plan {
    finished(config, &Environment::default()).plan
}

fn step_config(name: &str, config: StepConfig) -> Config {
    Config {
        steps: BTreeMap::from([(name.to_owned(), config)]),
        ..Config::default()
    }
}

fn set<T>(value: T) -> Sourced<T> {
    Sourced::new(value, Origin::Flag("--flag"))
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn running(commands: Vec<Command>) -> StepConfig {
    StepConfig {
        commands: Some(set(commands.into_iter().map(Spanned::from).collect())),
        ..StepConfig::default()
    }
}

fn commands(plan: &Plan, step: &str) -> Vec<String> {
    let step = plan
        .steps
        .iter()
        .find(|other| other.name.value == step)
        .unwrap();
    step.commands
        .iter()
        .map(|command| match &command.value {
            Command::Exec(exec) => exec.cmd.clone(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn inputs(plan: &Plan) -> Vec<Layer> {
    plan.deploy
        .inputs
        .iter()
        .map(|input| input.value.clone())
        .collect()
}

#[test]
fn build_packages_add_to_generated_ones_with_and_without_a_spread() {
    for configured in [["curl", "git"].as_slice(), &["...", "curl", "git"]] {
        let config = Config {
            build_apt_packages: Some(set(strings(configured))),
            ..Config::default()
        };
        let plan = plan(&config);
        let line = "sh -c 'apt-get update && apt-get install -y curl gcc git'";
        assert_eq!(commands(&plan, "packages:apt:build"), [line]);
    }
}

#[test]
fn deploy_packages_replace_generated_ones_without_a_spread() {
    for (configured, line) in [
        (["curl"].as_slice(), "curl"),
        (&["...", "curl"], "curl libnss3"),
    ] {
        let deploy = DeployConfig {
            apt_packages: Some(set(strings(configured))),
            ..DeployConfig::default()
        };
        let plan = plan(&Config {
            deploy,
            ..Config::default()
        });
        let line = format!("sh -c 'apt-get update && apt-get install -y {line}'");
        assert_eq!(commands(&plan, "packages:apt:runtime"), [line]);
    }
}

#[test]
fn deploy_packages_go_onto_a_configured_base() {
    let deploy = DeployConfig {
        base: Some(image_layer("debian").into()),
        ..DeployConfig::default()
    };
    let plan = plan(&Config {
        deploy,
        ..Config::default()
    });
    assert_eq!(
        plan.deploy.base,
        Some(step_layer("packages:apt:runtime").into())
    );
    let apt = plan
        .steps
        .iter()
        .find(|step| step.name.value == "packages:apt:runtime")
        .unwrap();
    assert_eq!(apt.inputs, [image_layer("debian").into()]);
}

#[test]
fn commands_of_a_step_are_replaced_or_spread() {
    let spread = Command::Exec(ExecCommand::in_shell(SPREAD));
    for (configured, expected) in [
        (vec![exec("make")], vec!["make"]),
        (
            vec![exec("a"), spread, exec("b")],
            vec!["a", "npm run build", "b"],
        ),
    ] {
        let config = running(configured);
        assert_eq!(
            commands(&plan(&step_config("build", config)), "build"),
            expected
        );
    }
}

#[test]
fn the_result_of_a_new_step_is_in_the_image() {
    let config = running(vec![exec("make")]);
    let plan = plan(&step_config("extra", config));
    assert_eq!(
        inputs(&plan),
        [step_layer("build"), step_paths("extra", &["."], &[])]
    );
    let extra = plan
        .steps
        .iter()
        .find(|step| step.name.value == "extra")
        .unwrap();
    assert_eq!(extra.inputs, [step_layer("packages:mise").into()]);
}

#[test]
fn listed_inputs_are_all_there_is_unless_they_hold_a_spread() {
    let new_step = running(vec![exec("make")]);
    let spread = Layer {
        source: LayerSource::Spread,
        filter: crate::plan::Filter::default(),
    };
    let extra = step_paths("extra", &["."], &[]);
    for (listed, expected) in [
        (Vec::new(), Vec::new()),
        (vec![step_layer("install")], vec![step_layer("install")]),
        (vec![spread], vec![step_layer("build"), extra]),
    ] {
        let mut config = step_config("extra", new_step.clone());
        config.deploy.inputs = Some(listed.into_iter().map(Spanned::from).collect());
        assert_eq!(inputs(&plan(&config)), expected);
    }
}

#[test]
fn outputs_of_a_step_add_to_the_image() {
    let config = StepConfig {
        deploy_outputs: Some(vec![filter(&["dist"], &[]).into()]),
        ..StepConfig::default()
    };
    let mut config = step_config("build", config);
    config.deploy.inputs = Some(vec![step_paths("build", &["other"], &[]).into()]);
    let expected = [
        step_paths("build", &["other"], &[]),
        step_paths("build", &["dist"], &[]),
    ];
    assert_eq!(inputs(&plan(&config)), expected);
}

#[test]
fn excluded_patterns_are_those_of_the_ignore_file_and_then_the_configured() {
    let config = Config {
        exclude: Some(vec!["!a.log".into(), "tmp".into()]),
        ..Config::default()
    };
    let plan = plan(&config);
    let patterns: Vec<_> = plan
        .exclude
        .iter()
        .map(|pattern| pattern.value.as_str())
        .collect();
    assert_eq!(patterns, ["*.log", "!keep.log", "!a.log", "tmp"]);
}

#[test]
fn switched_off_caches_are_nowhere() {
    for (disabled, left) in [("*", [].as_slice()), ("npm apt", &["apt-lists"])] {
        let mut environment = Environment::default();
        environment.set("RAILPACK_DISABLE_CACHES", disabled);
        let plan = finished(&Config::default(), &environment).plan;
        assert_eq!(plan.caches.keys().collect::<Vec<_>>(), left);
        let mut used: Vec<_> = plan
            .steps
            .iter()
            .flat_map(|step| &step.caches)
            .map(|key| &key.value)
            .collect();
        used.dedup();
        assert_eq!(used, left);
    }
}

#[test]
fn a_misspelled_cache_is_told() {
    let mut environment = Environment::default();
    environment.set("RAILPACK_DISABLE_CACHES", "nmp npm gradle");
    let warnings: Vec<_> = finished(&Config::default(), &environment)
        .messages
        .to_vec()
        .into_iter()
        .filter(|message| message.level == Level::Warning)
        .map(|message| message.text)
        .collect();
    insta::assert_snapshot!(warnings.join("\n"), @"RAILPACK_DISABLE_CACHES: there is no cache `nmp`; did you mean `npm`?");
}

#[test]
fn a_configured_cache_takes_the_place_of_a_generated_one() {
    let cache = Cache {
        directory: "/elsewhere".to_owned(),
        sharing: CacheSharing::Locked,
    };
    let caches = BTreeMap::from([
        ("apt".to_owned(), cache.clone().into()),
        ("npm".to_owned(), cache.clone().into()),
    ]);
    let plan = plan(&Config {
        caches,
        ..Config::default()
    });
    assert_eq!(
        (&plan.caches["apt"].value, &plan.caches["npm"].value),
        (&cache, &cache)
    );
}

#[test]
fn a_configured_version_wins() {
    let packages = BTreeMap::from([("node", "20"), ("jq", "latest")])
        .into_iter()
        .map(|(tool, version)| {
            let origin = Origin::Flag("--flag");
            (tool.to_owned(), Sourced::new(version.to_owned(), origin))
        })
        .collect();
    let finished = finished(
        &Config {
            packages,
            ..Config::default()
        },
        &Environment::default(),
    );
    let mise = finished
        .plan
        .steps
        .iter()
        .find(|step| step.name.value == "packages:mise")
        .unwrap();
    assert!(
        mise.assets["generated-mise-toml"].starts_with("[tools]\njq = \"latest\"\nnode = \"20\"\n")
    );
}

fn user_config(user: &str) -> Config {
    let mut config = Config::default();
    config.deploy.config.user = Some(user.into());
    config.deploy.config.volumes = vec!["...".into(), "/data".into()];
    config
}

#[test]
fn what_the_image_is_configured_with_is_in_the_plan() {
    let plan = plan(&user_config("railpack"));
    assert_eq!(plan.deploy.config.user, Some("railpack".into()));
    assert_eq!(plan.deploy.config.volumes, ["/data".into()]);
}

#[test]
fn mise_is_told_where_to_write_if_another_user_runs_its_tools() {
    let variables = |user: &str, has_tools: bool| {
        let mut config = user_config(user);
        let tools = step_paths("packages:mise", &["/mise/shims"], &[]).into();
        config.deploy.inputs = has_tools.then(|| vec![tools]);
        config.deploy.variables = BTreeMap::from([("MISE_LOG_LEVEL".to_owned(), "info".into())]);
        let plan = plan(&config);
        let cache = plan.deploy.variables.get("MISE_CACHE_DIR").cloned();
        assert_eq!(plan.deploy.variables["MISE_LOG_LEVEL"], "info".into());
        cache.map(|cache| cache.value)
    };
    assert_eq!(variables("10001", true).as_deref(), Some("/tmp/mise-cache"));
    assert_eq!(variables("root", true), None);
    assert_eq!(variables("10001", false), None);
}
