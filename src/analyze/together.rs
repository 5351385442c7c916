//! Several providers in one image.
//!
//! Each plans as if it were alone. The first keeps the names of its steps; those of each other get its name as a suffix
//! (`install:node`), in what refers to them too. Tools are installed by one step for all; the image holds what each
//! provider puts into it, in the order of the providers. Where only one can be right, the first provider is: the start
//! command, a variable, the base; and it may bring its steps and those of others together.

use std::collections::BTreeMap;
use std::mem;

use super::caches::Caches;
use super::context::Context;
use super::deploy::DeployBuilder;
use super::error::AnalyzeError;
use super::parts::image_layer;
use super::providers::Provider;
use super::steps::CommandStep;
use crate::plan::{Layer, LayerSource};

/// What a provider makes for itself.
struct Share {
    steps: Vec<CommandStep>,
    deploy: DeployBuilder,
    caches: Caches,
    metadata: BTreeMap<String, String>,
}

/// Plans an app with each of the providers.
pub(crate) fn plan(
    context: &mut Context<'_>,
    providers: &[&'static dyn Provider],
) -> Result<(), AnalyzeError> {
    for (index, provider) in providers.iter().enumerate() {
        if index == 0 {
            provider.plan(context)?;
            continue;
        }
        let others = Share::take(context);
        context.is_beside = true;
        provider.plan(context)?;
        let mut share = Share::take(context);
        share.add_suffix(provider.name(), &others);
        others.give_back(context);
        share.add_to(context, provider.name());
    }
    if let [first, others @ ..] = providers {
        let names: Vec<_> = others.iter().map(|other| other.name()).collect();
        first.unite(context, &names);
    }
    Ok(())
}

impl Share {
    /// What the context holds, which then is as it was when the first provider began.
    fn take(context: &mut Context<'_>) -> Self {
        let deploy = DeployBuilder::new(image_layer(&context.images.runtime));
        Self {
            steps: mem::take(&mut context.steps),
            deploy: mem::replace(&mut context.deploy, deploy),
            caches: mem::take(&mut context.caches),
            metadata: mem::take(&mut context.metadata),
        }
    }

    fn give_back(self, context: &mut Context<'_>) {
        context.steps = self.steps;
        context.deploy = self.deploy;
        context.caches = self.caches;
        context.metadata = self.metadata;
    }

    /// Puts a provider's name behind the names of its steps, and of its caches where others have another one of that name.
    fn add_suffix(&mut self, suffix: &str, others: &Self) {
        let names: Vec<String> = self.steps.iter().map(|step| step.name.clone()).collect();
        let rename = |layer: &mut Layer| {
            if let LayerSource::Step(name) = &mut layer.source
                && names.contains(name)
            {
                *name = format!("{name}:{suffix}");
            }
        };
        for step in &mut self.steps {
            step.name = format!("{}:{suffix}", step.name);
            step.inputs.iter_mut().for_each(rename);
        }
        rename(&mut self.deploy.base);
        self.deploy.inputs.iter_mut().for_each(rename);

        let mut caches = Caches::default();
        for (key, cache) in mem::take(&mut self.caches).into_map() {
            let is_taken = others.caches.get(&key).is_some_and(|other| *other != cache);
            if !is_taken {
                caches.set(&key, cache);
                continue;
            }
            let new_key = format!("{key}-{suffix}");
            for used in self.steps.iter_mut().flat_map(|step| &mut step.caches) {
                if *used == key {
                    used.clone_from(&new_key);
                }
            }
            caches.set(&new_key, cache);
        }
        self.caches = caches;
    }

    /// Adds what a further provider made to what the others made.
    fn add_to(self, context: &mut Context<'_>, provider: &str) {
        context.steps.extend(self.steps);
        for (key, cache) in self.caches.into_map() {
            context.caches.set(&key, cache);
        }
        for (name, value) in self.metadata {
            context.metadata.entry(name).or_insert(value);
        }

        let untouched = image_layer(&context.images.runtime);
        let deploy = &mut context.deploy;
        if deploy.base == untouched {
            deploy.base = self.deploy.base;
        } else if self.deploy.base != untouched && self.deploy.base != deploy.base {
            context.messages.warning(format!(
                "the base image that {provider} wants is not used: another provider has chosen one"
            ));
        }
        for input in self.deploy.inputs {
            if !deploy.inputs.contains(&input) {
                deploy.inputs.push(input);
            }
        }
        deploy.start_command = deploy.start_command.take().or(self.deploy.start_command);
        for (name, value) in self.deploy.variables {
            deploy.variables.entry(name).or_insert(value);
        }
        for path in self.deploy.paths {
            if !deploy.paths.contains(&path) {
                deploy.paths.push(path);
            }
        }
        deploy.apt_packages.extend(self.deploy.apt_packages);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::config::Config;
    use crate::analyze::images::BaseImages;
    use crate::analyze::parts::{exec, step_layer, step_paths};
    use crate::analyze::{Analysis, AnalyzeOptions, App, Environment, analyze};
    use crate::plan::Plan;

    /// A provider that knows every app: it installs, builds, and starts a program of its own name.
    struct Fake {
        name: &'static str,
        starts: bool,
        cache_directory: &'static str,
    }

    impl Provider for Fake {
        fn name(&self) -> &'static str {
            self.name
        }

        fn detect(&self, _: &Context<'_>) -> Result<bool, AnalyzeError> {
            Ok(true)
        }

        fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
            context.mise.install(&mut context.packages, self.name, "1");
            let mut install = CommandStep::new("install");
            install.inputs.push(step_layer(&context.mise.name));
            install
                .commands
                .push(exec(format!("{} install", self.name)));
            install
                .caches
                .push(context.caches.add("tools", self.cache_directory));
            let mut build = CommandStep::new("build");
            build.inputs.push(step_layer("install"));
            build.commands.push(exec(format!("{} build", self.name)));
            context.add_step(install);
            context.add_step(build);
            context.deploy.inputs.extend(context.mise.layer());
            context.deploy.inputs.push(step_paths("build", &["."], &[]));
            if self.starts {
                context.deploy.start_command = Some(self.name.to_owned());
            }
            context
                .deploy
                .variables
                .insert("NAME".to_owned(), self.name.to_owned());
            Ok(())
        }
    }

    fn planned(providers: &[&'static dyn Provider]) -> Plan {
        let app = Memory::default().app();
        let (environment, config) = (Environment::default(), Config::default());
        let images = BaseImages::default();
        let mut context = Context::new(&app, &environment, &config, &images).unwrap();
        plan(&mut context, providers).unwrap();
        crate::analyze::finish::finish(context).unwrap().plan
    }

    const FIRST: Fake = Fake {
        name: "first",
        starts: false,
        cache_directory: "/first",
    };

    #[test]
    fn a_second_provider_adds_steps_of_its_own_names() {
        let second = &Fake {
            name: "second",
            starts: true,
            cache_directory: "/second",
        };
        let plan = planned(&[&FIRST, second]);
        let steps: Vec<_> = plan
            .steps
            .iter()
            .map(|step| {
                let inputs: Vec<_> = step
                    .inputs
                    .iter()
                    .map(|input| format!("{:?}", input.source))
                    .collect();
                format!(
                    "{} from {} with {:?}",
                    step.name.value,
                    inputs.join(", "),
                    step.caches.iter().map(|key| &key.value).collect::<Vec<_>>()
                )
            })
            .collect();
        insta::assert_snapshot!(steps.join("\n"), @r#"
        packages:mise from Image("ghcr.io/railwayapp/railpack-builder:mise-2026.8.6") with []
        install from Step("packages:mise") with ["tools"]
        build from Step("install") with []
        install:second from Step("packages:mise") with ["tools-second"]
        build:second from Step("install:second") with []
        "#);
        let inputs: Vec<_> = plan
            .deploy
            .inputs
            .iter()
            .map(|input| format!("{:?}", input.source))
            .collect();
        insta::assert_snapshot!(inputs.join("\n"), @r#"
        Step("packages:mise")
        Step("build")
        Step("build:second")
        "#);
        assert_eq!(plan.deploy.start_command, Some("second".into()));
        assert_eq!(plan.deploy.variables["NAME"], "first".into());
        assert_eq!(
            plan.caches.keys().collect::<Vec<_>>(),
            ["tools", "tools-second"]
        );
    }

    #[test]
    fn the_same_cache_is_shared_and_the_first_start_command_counts() {
        let first = &Fake {
            starts: true,
            ..FIRST
        };
        let second = &Fake {
            name: "second",
            starts: true,
            ..FIRST
        };
        let plan = planned(&[first, second]);
        assert_eq!(plan.deploy.start_command, Some("first".into()));
        assert_eq!(plan.caches.keys().collect::<Vec<_>>(), ["tools"]);
    }

    fn analyzed(app: &App) -> Result<Analysis, AnalyzeError> {
        analyze(app, &Environment::default(), &AnalyzeOptions::default())
    }

    #[test]
    fn the_file_names_the_providers() {
        let app = |config: &str| {
            Memory::default()
                .file("package.json", r#"{"main": "a.js"}"#)
                .file("index.php", "")
                .file("railpack.json", config)
                .app()
        };
        let analysis = analyzed(&app(r#"{"provider": "Node"}"#)).unwrap();
        assert_eq!(analysis.providers, ["node"]);
        let analysis = analyzed(&app(r#"{"provider": ["node", "node"]}"#)).unwrap();
        assert_eq!(analysis.providers, ["node"]);
        let error = analyzed(&app("{\n  \"provider\": [\"node\", \"pyhton\"]\n}")).unwrap_err();
        insta::assert_snapshot!(error, @"railpack.json:2:24: there is no provider `pyhton`");
        insta::assert_snapshot!(error.hint().unwrap(), @"did you mean `python`?");
        let error = analyzed(&app(r#"{"provider": "cobol"}"#)).unwrap_err();
        insta::assert_snapshot!(error.hint().unwrap(), @"there are php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell");
        let error = analyzed(&app(r#"{"provider": "nodejs"}"#)).unwrap_err();
        insta::assert_snapshot!(error.hint().unwrap(), @"did you mean `node`?");
    }
}
