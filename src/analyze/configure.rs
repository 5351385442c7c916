//! What the user configured, laid over what a provider made.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/context.go>.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::config::{SPREAD, StepConfig, is_spread_command, spread, spread_strings};
use super::context::{Context, RUNTIME_MISE_STEP};
use super::deploy::RUNTIME_PACKAGES_STEP;
use super::parts::{filter, step_layer};
use super::steps::CommandStep;
use crate::plan::{Layer, LayerSource, Spanned, is_root, suggest};

/// Steps that are made only when the plan is finished.
const GENERATED_STEPS: [&str; 3] = [
    "packages:apt:build",
    RUNTIME_MISE_STEP,
    RUNTIME_PACKAGES_STEP,
];

/// What mise is told where another user than root runs it.
const MISE_OF_OTHERS: [(&str, &str); 2] = [
    ("MISE_CACHE_DIR", "/tmp/mise-cache"),
    ("MISE_LOG_LEVEL", "error"),
];

/// Lays the user's configuration over what the provider made.
pub(crate) fn configure(context: &mut Context<'_>) {
    configure_apt_packages(context);
    for (key, cache) in &context.config.caches {
        context.caches.set(key, cache.value.clone());
    }
    configure_deploy(context);
    let_others_run_mise(context);
    let mut provided = Provided::of(context);
    for (name, step) in &context.config.steps {
        configure_step(context, name, step, &mut provided);
    }
}

/// What there is before steps are configured, by the names of steps. Each name is configured once, and touches nothing of
/// another: there may be thousands.
struct Provided {
    /// The places of steps.
    places: BTreeMap<String, usize>,
    /// The steps that are not configured.
    untouched: Vec<String>,
    /// The paths of steps that are in the image.
    in_image: BTreeMap<String, BTreeSet<String>>,
}

impl Provided {
    fn of(context: &Context<'_>) -> Self {
        let mut places = BTreeMap::new();
        for (place, step) in context.steps.iter().enumerate() {
            places.entry(step.name.clone()).or_insert(place);
        }
        // What the user configured under its name is no slip of the hand.
        let untouched = context.steps.iter().map(|step| &step.name);
        let untouched = untouched
            .filter(|name| !context.config.steps.contains_key(*name))
            .cloned()
            .collect();
        let mut in_image = BTreeMap::<_, BTreeSet<_>>::new();
        for input in &context.deploy.inputs {
            if let LayerSource::Step(step) = &input.source {
                let paths = input.filter.include.iter().map(|path| path.value.clone());
                in_image.entry(step.clone()).or_default().extend(paths);
            }
        }
        Self {
            places,
            untouched,
            in_image,
        }
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
        deploy.configured_start = Some(command.value.clone());
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
    // With their places: providers have no say in it, so that `...` stands for nothing.
    deploy.config.clone_from(&config.config);
    let config = &mut deploy.config;
    for list in [&mut config.exposed_ports, &mut config.volumes] {
        list.retain(|item| item.value != SPREAD);
    }
}

/// Tools of mise run for every user, but mise fills a cache in a directory of root's, and warns of each file that it cannot
/// write there.
fn let_others_run_mise(context: &mut Context<'_>) {
    let deploy = &mut context.deploy;
    let user = deploy.config.user.as_ref();
    let has_mise = deploy.inputs.iter().any(|input| match &input.source {
        LayerSource::Step(step) => *step == context.mise.name || step == RUNTIME_MISE_STEP,
        _ => false,
    });
    if !has_mise || user.is_none_or(|user| is_root(user)) {
        return;
    }
    for (name, value) in MISE_OF_OTHERS {
        let variables = &mut deploy.variables;
        variables
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
    }
}

/// Lays what the user asks of a step over it. A step that the provider did not make starts from the tools; it may be meant to
/// be one of those that are `provided` and not configured.
fn configure_step(
    context: &mut Context<'_>,
    name: &str,
    config: &StepConfig,
    provided: &mut Provided,
) {
    if name == context.mise.name || GENERATED_STEPS.contains(&name) {
        context.messages.warning(format!(
            "{}the step `{name}` is Railpack's own and cannot be configured; `packages`, `buildAptPackages` and `deploy.aptPackages` say what it installs",
            place(context, config)
        ));
        return;
    }
    let index = provided.places.get(name).copied().unwrap_or_else(|| {
        if let Some(meant) = suggest(name, provided.untouched.iter().map(String::as_str)) {
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
    if let Some(files) = values(config.secret_files.as_ref()) {
        step.secret_files = files.cloned().collect();
    }
    step.ssh = spread_strings(config.ssh.as_ref(), mem::take(&mut step.ssh));
    step.caches = spread_strings(config.caches.as_ref(), mem::take(&mut step.caches));
    step.variables.extend(plain(&config.variables));
    step.assets.extend(plain(&config.assets));
    let in_image = provided.in_image.remove(name);
    add_outputs(context, name, config, in_image);
}

/// Puts the result of a configured step into the image, unless it is there already or the user lists all inputs. `in_image` are
/// the paths of the step that are there; `.` stands for everything.
fn add_outputs(
    context: &mut Context<'_>,
    name: &str,
    config: &StepConfig,
    in_image: Option<BTreeSet<String>>,
) {
    let lists_all_inputs = context
        .config
        .deploy
        .inputs
        .as_ref()
        .is_some_and(|inputs| !inputs.iter().any(|input| is_spread_layer(input)));
    let outputs = match &config.deploy_outputs {
        Some(outputs) => outputs.iter().map(|output| output.value.clone()).collect(),
        None if lists_all_inputs || in_image.is_some() => return,
        None => vec![filter(&["."], &[])],
    };
    let mut in_image = in_image.unwrap_or_default();
    for output in outputs {
        let mut paths = output.include.iter().map(|path| &path.value);
        if in_image.contains(".") || paths.any(|path| in_image.contains(path)) {
            continue;
        }
        in_image.extend(output.include.iter().map(|path| path.value.clone()));
        context.deploy.inputs.push(Layer {
            source: LayerSource::Step(name.to_owned()),
            filter: output,
        });
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

#[cfg(test)]
mod tests;
