//! The Node.js part of a PHP app.
//!
//! What builds it may run PHP (`php artisan wayfinder:generate`) and read packages of Composer (`vendor/tightenco/ziggy`), so it
//! is built where both are, in PHP's step `build`. The rule is the reference's
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/php/php.go>, `DeployWithNode`).

use super::{BUILD, COMPOSER, LARAVEL};
use crate::analyze::context::Context;
use crate::analyze::parts::{exec, local_layer, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use crate::plan::{Layer, LayerSource};

/// The names of the steps of Node.js beside PHP.
const NODE_INSTALL: &str = "install:node";
const NODE_BUILD: &str = "build:node";
/// What Laravel finds out ahead of its start. Its configuration is not among it (`config:cache`): it holds the values of
/// secrets, which the image would show, and those of the build in place of the container's.
const LARAVEL_CACHES: [&str; 3] = [
    "php artisan event:cache",
    "php artisan route:cache",
    "php artisan view:cache",
];

/// Builds what Node.js builds in the step of PHP, and makes the image of what is needed when the app runs: PHP with the
/// packages of Composer, those of Node.js, and what was built.
pub(super) fn unite(context: &mut Context<'_>) {
    let Some(node) = take(context, NODE_BUILD) else {
        return;
    };
    let Some(mut build) = take(context, BUILD) else {
        return;
    };
    let mut commands = node.commands;
    commands.append(&mut build.commands);
    if context.metadata.contains_key(LARAVEL) {
        commands.extend(LARAVEL_CACHES.map(exec));
    }
    build.commands = commands;
    build.variables.extend(node.variables);
    build.caches.extend(node.caches);

    let mut installed = vec![".".to_owned()];
    installed.extend(context.mise.output_paths().iter().map(ToString::to_string));
    for input in &mut context.deploy.inputs {
        if !is_of(input, NODE_BUILD) {
            continue;
        }
        // What the image takes from outside the app's directory was installed there.
        let paths = input.filter.include.iter().map(|path| &path.value);
        for path in paths.filter(|path| path.starts_with('/')) {
            if !installed.contains(path) {
                installed.push(path.clone());
            }
        }
        input.source = LayerSource::Step(BUILD.to_owned());
    }
    let installed: Vec<_> = installed.iter().map(String::as_str).collect();
    build.inputs = vec![
        step_layer(COMPOSER),
        step_paths(NODE_INSTALL, &installed, &[]),
        local_layer(),
    ];

    context.deploy.base = step_layer(COMPOSER);
    // They are the environment of the step, which the image has from there.
    if let Some(install) = context.steps.iter().find(|step| step.name == NODE_INSTALL) {
        let is_others = |name: &String, _: &mut String| !install.variables.contains_key(name);
        context.deploy.variables.retain(is_others);
    }
    context.steps.push(build);
}

fn take(context: &mut Context<'_>, name: &str) -> Option<CommandStep> {
    let index = context.steps.iter().position(|step| step.name == name)?;
    Some(context.steps.remove(index))
}

fn is_of(layer: &Layer, step: &str) -> bool {
    matches!(&layer.source, LayerSource::Step(name) if name == step)
}
