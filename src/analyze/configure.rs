//! What the user configured, laid over what a provider made.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/context.go>.

use std::mem;

use super::config::{SPREAD, StepConfig, spread, spread_strings};
use super::context::Context;
use super::parts::{filter, step_layer};
use super::steps::CommandStep;
use crate::plan::{Command, Layer, LayerSource};

/// Lays the user's configuration over what the provider made.
pub(crate) fn configure(context: &mut Context<'_>) {
    configure_apt_packages(context);
    for (key, cache) in &context.config.caches {
        context.caches.set(key, cache.clone());
    }
    configure_deploy(context);
    for (name, step) in &context.config.steps {
        configure_step(context, name, step);
    }
}

fn configure_apt_packages(context: &mut Context<'_>) {
    let Some(configured) = &context.config.build_apt_packages else {
        return;
    };
    let mut configured = configured.clone();
    // The reference will replace its own packages one day; until then a list without `...` adds to them, here too.
    if !configured.iter().any(|package| package == SPREAD) {
        context.messages.deprecation("build apt packages without `...` will replace Railpack's own in the future; add `...` to keep them");
        configured.insert(0, SPREAD.to_owned());
    }
    let generated = mem::take(&mut context.mise.apt_packages);
    context.mise.apt_packages = spread_strings(Some(&configured), generated);
}

fn configure_deploy(context: &mut Context<'_>) {
    let config = &context.config.deploy;
    let deploy = &mut context.deploy;
    if let Some(base) = &config.base {
        deploy.base.clone_from(base);
    }
    if let Some(command) = &config.start_command {
        deploy.start_command = Some(command.clone());
    }
    if config
        .apt_packages
        .as_ref()
        .is_some_and(|packages| packages.iter().all(|package| package != SPREAD))
    {
        context
            .messages
            .suggestion("add `...` to the deploy apt packages to keep Railpack's own");
    }
    deploy.apt_packages = spread_strings(
        config.apt_packages.as_deref(),
        mem::take(&mut deploy.apt_packages),
    );
    deploy.inputs = spread(
        config.inputs.as_deref(),
        mem::take(&mut deploy.inputs),
        is_spread_layer,
    );
    deploy.paths = spread_strings(config.paths.as_deref(), mem::take(&mut deploy.paths));
    deploy.variables.extend(config.variables.clone());
}

/// Lays what the user asks of a step over it. A step that the provider did not make starts from the tools.
fn configure_step(context: &mut Context<'_>, name: &str, config: &StepConfig) {
    let index = context
        .steps
        .iter()
        .position(|step| step.name == name)
        .unwrap_or_else(|| {
            let mut step = CommandStep::new(name);
            step.inputs.push(step_layer(&context.mise.name));
            context.steps.push(step);
            context.steps.len() - 1
        });
    let Some(step) = context.steps.get_mut(index) else {
        return;
    };
    step.inputs = spread(
        config.inputs.as_deref(),
        mem::take(&mut step.inputs),
        is_spread_layer,
    );
    step.commands = spread(
        config.commands.as_deref(),
        mem::take(&mut step.commands),
        is_spread_command,
    );
    step.secrets = spread_strings(config.secrets.as_deref(), mem::take(&mut step.secrets));
    step.caches = spread_strings(config.caches.as_deref(), mem::take(&mut step.caches));
    step.variables.extend(config.variables.clone());
    step.assets.extend(config.assets.clone());
    add_outputs(context, name, config);
}

/// Puts the result of a configured step into the image, unless it is there already or the user lists all inputs.
fn add_outputs(context: &mut Context<'_>, name: &str, config: &StepConfig) {
    let lists_all_inputs = context
        .config
        .deploy
        .inputs
        .as_ref()
        .is_some_and(|inputs| !inputs.iter().any(is_spread_layer));
    let outputs = match &config.deploy_outputs {
        Some(outputs) => outputs.clone(),
        None if lists_all_inputs || context.deploy.has_input_of(name) => return,
        None => vec![filter(&["."], &[])],
    };
    for output in outputs {
        if !output
            .include
            .iter()
            .any(|path| context.deploy.has_path_of(name, path))
        {
            let layer = Layer {
                source: LayerSource::Step(name.to_owned()),
                filter: output,
            };
            context.deploy.inputs.push(layer);
        }
    }
}

fn is_spread_layer(layer: &Layer) -> bool {
    layer.source == LayerSource::Spread
}

fn is_spread_command(command: &Command) -> bool {
    matches!(command, Command::Exec(exec) if exec.is_spread())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::config::{Config, DeployConfig};
    use crate::analyze::finish::{Finished, finish};
    use crate::analyze::parts::{exec, image_layer, step_paths};
    use crate::analyze::{BaseImages, Environment};
    use crate::plan::{Cache, CacheSharing, ExecCommand, Plan};

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

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
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
                build_apt_packages: Some(strings(configured)),
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
                apt_packages: Some(strings(configured)),
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
            base: Some(image_layer("debian")),
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
            let config = StepConfig {
                commands: Some(configured),
                ..StepConfig::default()
            };
            assert_eq!(
                commands(&plan(&step_config("build", config)), "build"),
                expected
            );
        }
    }

    #[test]
    fn the_result_of_a_new_step_is_in_the_image() {
        let config = StepConfig {
            commands: Some(vec![exec("make")]),
            ..StepConfig::default()
        };
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
        let new_step = StepConfig {
            commands: Some(vec![exec("make")]),
            ..StepConfig::default()
        };
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
            config.deploy.inputs = Some(listed);
            assert_eq!(inputs(&plan(&config)), expected);
        }
    }

    #[test]
    fn outputs_of_a_step_add_to_the_image() {
        let config = StepConfig {
            deploy_outputs: Some(vec![filter(&["dist"], &[])]),
            ..StepConfig::default()
        };
        let mut config = step_config("build", config);
        config.deploy.inputs = Some(vec![step_paths("build", &["other"], &[])]);
        let expected = [
            step_paths("build", &["other"], &[]),
            step_paths("build", &["dist"], &[]),
        ];
        assert_eq!(inputs(&plan(&config)), expected);
    }

    #[test]
    fn excluded_patterns_are_those_of_the_ignore_file_and_then_the_configured() {
        let config = Config {
            exclude: Some(strings(&["!a.log", "tmp"])),
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
    fn a_configured_cache_takes_the_place_of_a_generated_one() {
        let cache = Cache {
            directory: "/elsewhere".to_owned(),
            sharing: CacheSharing::Locked,
        };
        let caches = BTreeMap::from([
            ("apt".to_owned(), cache.clone()),
            ("npm".to_owned(), cache.clone()),
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
        let packages = BTreeMap::from([
            ("node".to_owned(), "20".to_owned()),
            ("jq".to_owned(), "latest".to_owned()),
        ]);
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
            mise.assets["generated-mise-toml"]
                .starts_with("[tools]\njq = \"latest\"\nnode = \"20\"\n")
        );
    }
}
