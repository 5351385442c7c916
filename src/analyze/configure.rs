//! What the user configured, laid over what a provider made.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/context.go>.

use std::collections::BTreeMap;
use std::mem;

use super::config::{SPREAD, StepConfig, spread, spread_strings};
use super::context::{Context, RUNTIME_MISE_STEP};
use super::deploy::RUNTIME_PACKAGES_STEP;
use super::parts::{filter, step_layer};
use super::steps::CommandStep;
use crate::plan::{Command, Layer, LayerSource, Spanned, suggest};

/// Steps that are made only when the plan is finished.
const GENERATED_STEPS: [&str; 3] = [
    "packages:apt:build",
    RUNTIME_MISE_STEP,
    RUNTIME_PACKAGES_STEP,
];

/// Lays the user's configuration over what the provider made.
pub(crate) fn configure(context: &mut Context<'_>) {
    configure_apt_packages(context);
    for (key, cache) in &context.config.caches {
        context.caches.set(key, cache.value.clone());
    }
    configure_deploy(context);
    // What the user configured under its name is no slip of the hand.
    let provided: Vec<_> = context
        .steps
        .iter()
        .map(|step| step.name.clone())
        .filter(|name| !context.config.steps.contains_key(name))
        .collect();
    for (name, step) in &context.config.steps {
        configure_step(context, name, step, &provided);
    }
}

fn configure_apt_packages(context: &mut Context<'_>) {
    let Some(configured) = &context.config.build_apt_packages else {
        return;
    };
    let mut packages: Vec<_> = configured.value.iter().map(String::as_str).collect();
    // The reference will replace its own packages one day; until then a list without `...` adds to them, here too.
    if !packages.contains(&SPREAD) {
        context.messages.deprecation(format!("{}: build apt packages without `...` will replace Railpack's own in the future; add `...` to keep them", configured.origin));
        packages.insert(0, SPREAD);
    }
    let generated = mem::take(&mut context.mise.apt_packages);
    let packages: Vec<_> = packages.into_iter().map(Spanned::from).collect();
    context.mise.apt_packages = spread_strings(Some(&packages), generated);
}

fn configure_deploy(context: &mut Context<'_>) {
    let config = &context.config.deploy;
    let deploy = &mut context.deploy;
    if let Some(base) = &config.base {
        deploy.base.clone_from(&base.value);
    }
    if let Some(command) = &config.start_command {
        context
            .messages
            .detail(format!("start command from {}", command.origin));
        deploy.start_command = Some(command.value.clone());
    }
    if let Some(packages) = &config.apt_packages {
        if packages.value.iter().all(|package| package != SPREAD) {
            context.messages.suggestion(format!(
                "{}: add `...` to the deploy apt packages to keep Railpack's own",
                packages.origin
            ));
        }
        let generated = mem::take(&mut deploy.apt_packages);
        deploy.apt_packages = spread(Some(&packages.value), generated, |item| item == SPREAD);
    }
    deploy.inputs = spread(
        values(config.inputs.as_ref()),
        mem::take(&mut deploy.inputs),
        is_spread_layer,
    );
    deploy.paths = spread_strings(config.paths.as_ref(), mem::take(&mut deploy.paths));
    deploy.variables.extend(plain(&config.variables));
}

/// Lays what the user asks of a step over it. A step that the provider did not make starts from the tools; it may be meant to
/// be one of those that are `provided` and not configured.
fn configure_step(context: &mut Context<'_>, name: &str, config: &StepConfig, provided: &[String]) {
    if name == context.mise.name || GENERATED_STEPS.contains(&name) {
        context.messages.warning(format!(
            "{}the step `{name}` is Railpack's own and cannot be configured; `packages`, `buildAptPackages` and `deploy.aptPackages` say what it installs",
            place(context, config)
        ));
        return;
    }
    let index = context
        .steps
        .iter()
        .position(|step| step.name == name)
        .unwrap_or_else(|| {
            if let Some(meant) = suggest(name, provided.iter().map(String::as_str)) {
                context.messages.warning(format!(
                    "{}no step is called `{name}`, so it is a new one; did you mean `{meant}`?",
                    place(context, config)
                ));
            }
            let mut step = CommandStep::new(name);
            step.inputs.push(step_layer(&context.mise.name));
            context.steps.push(step);
            context.steps.len() - 1
        });
    let Some(step) = context.steps.get_mut(index) else {
        return;
    };
    step.inputs = spread(
        values(config.inputs.as_ref()),
        mem::take(&mut step.inputs),
        is_spread_layer,
    );
    step.commands = spread(
        values(config.commands.as_ref().map(|commands| &commands.value)),
        mem::take(&mut step.commands),
        is_spread_command,
    );
    step.secrets = spread_strings(config.secrets.as_ref(), mem::take(&mut step.secrets));
    step.caches = spread_strings(config.caches.as_ref(), mem::take(&mut step.caches));
    step.variables.extend(plain(&config.variables));
    step.assets.extend(plain(&config.assets));
    add_outputs(context, name, config);
}

/// Puts the result of a configured step into the image, unless it is there already or the user lists all inputs.
fn add_outputs(context: &mut Context<'_>, name: &str, config: &StepConfig) {
    let lists_all_inputs = context
        .config
        .deploy
        .inputs
        .as_ref()
        .is_some_and(|inputs| !inputs.iter().any(|input| is_spread_layer(input)));
    let outputs = match &config.deploy_outputs {
        Some(outputs) => outputs.iter().map(|output| output.value.clone()).collect(),
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

/// Where the file configures a step, for the beginning of a message.
fn place(context: &Context<'_>, config: &StepConfig) -> String {
    match (&context.config.file, config.span) {
        (Some(file), Some(span)) => format!("{}:{}: ", file.name, span.start),
        _ => String::new(),
    }
}

fn values<T>(list: Option<&Vec<Spanned<T>>>) -> Option<impl Iterator<Item = &T>> {
    list.map(|list| list.iter().map(|item| &item.value))
}

fn plain(map: &BTreeMap<String, Spanned<String>>) -> impl Iterator<Item = (String, String)> {
    map.iter()
        .map(|(key, value)| (key.clone(), value.value.clone()))
}

fn is_spread_layer(layer: &Layer) -> bool {
    layer.source == LayerSource::Spread
}

fn is_spread_command(command: &Command) -> bool {
    matches!(command, Command::Exec(exec) if exec.is_spread())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::config::{Config, DeployConfig, Origin, Sourced};
    use crate::analyze::finish::{Finished, finish};
    use crate::analyze::parts::{exec, image_layer, step_paths};
    use crate::analyze::{BaseImages, Environment, Level};
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
            mise.assets["generated-mise-toml"]
                .starts_with("[tools]\njq = \"latest\"\nnode = \"20\"\n")
        );
    }
}
