//! The plan's part of the description: steps and image.

use std::fmt::Write;

use super::look::{Look, Role};
use super::text::{Labelled, on_one_line, prose};
use super::{INDENT, section};
use crate::plan::{Command, Deploy, Layer, LayerSource, Plan, Spanned, Step};

/// How far what a step does is indented.
const STEP_INDENT: usize = 4;
/// In a list of secrets: all of them.
const ALL_SECRETS: &str = "*";

/// Adds what the build does and what it makes.
pub(super) fn add(text: &mut String, plan: &Plan, look: Look) {
    if !plan.steps.is_empty() {
        text.push_str(&section("Steps", look));
    }
    for step in &plan.steps {
        let name = look.paint(Role::Name, &on_one_line(&step.name));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}{name}", " ".repeat(INDENT));
        text.push_str(&rows_of_step(step, plan).render(STEP_INDENT, look));
    }
    text.push_str(&section("Image", look));
    text.push_str(&rows_of_image(plan).render(INDENT, look));
    if !plan.secrets.is_empty() {
        text.push_str(&section("Secrets", look));
        let names = on_one_line(&values(&plan.secrets).collect::<Vec<_>>().join(", "));
        text.push_str(&prose(INDENT, "", 0, &names, look));
    }
}

fn rows_of_step(step: &Step, plan: &Plan) -> Labelled {
    let mut rows = Labelled::default();
    for (index, input) in step.inputs.iter().enumerate() {
        rows.add(if index == 0 { "on" } else { "with" }, &layer(input), None);
    }
    let mut commands = step.commands.iter().peekable();
    while let Some(command) = commands.next() {
        match &command.value {
            Command::Exec(exec) => {
                let shown = exec.custom_name.as_deref().unwrap_or(&exec.cmd);
                rows.add("run", shown, Some(Role::Command));
            }
            Command::Path(path) => rows.add("PATH", &path.path, None),
            Command::File(file) => rows.add("write", &file.path, None),
            Command::Copy(copy) => {
                let mut copies = vec![shown_copy(copy)];
                while let Some(Command::Copy(next)) = commands.peek().map(|next| &next.value) {
                    copies.push(shown_copy(next));
                    commands.next();
                }
                rows.add_list("copy", copies.iter().map(String::as_str));
            }
        }
    }
    let caches: Vec<_> = step
        .caches
        .iter()
        .map(|key| match plan.caches.get(key.as_str()) {
            Some(cache) => format!("{} ({})", key.value, cache.directory),
            None => key.value.clone(),
        })
        .collect();
    rows.add_list("caches", caches.iter().map(String::as_str));
    rows.add_list("variables", step.variables.keys().map(String::as_str));
    if !plan.secrets.is_empty() {
        let shown = values(&step.secrets).map(|name| match name {
            ALL_SECRETS => "all",
            name => name,
        });
        let files = step.secret_files.iter();
        let files = files.map(|file| format!("{} ({})", file.id, file.path));
        let files: Vec<_> = files.collect();
        rows.add_list("secrets", shown.chain(files.iter().map(String::as_str)));
    }
    rows.add_list("SSH agents", values(&step.ssh));
    rows
}

fn rows_of_image(plan: &Plan) -> Labelled {
    let deploy = &plan.deploy;
    let mut rows = Labelled::default();
    if let Some(base) = &deploy.base {
        rows.add("on", &layer(base), None);
    }
    for input in &deploy.inputs {
        rows.add("with", &layer(input), None);
    }
    rows.add_list("PATH", values(&deploy.paths));
    rows.add_list("variables", deploy.variables.keys().map(String::as_str));
    match &deploy.start_command {
        Some(command) => rows.add("start", &command.to_string(), Some(Role::Command)),
        None => rows.add("start", "nothing", None),
    }
    let config = &deploy.config;
    if let Some(user) = &config.user {
        rows.add("user", user, None);
    }
    rows.add_list("ports", values(&config.exposed_ports));
    rows.add_list("volumes", values(&config.volumes));
    if let Some(test) = healthcheck_test(deploy) {
        rows.add("healthy if", &test, Some(Role::Command));
    }
    if let Some(signal) = &config.stop_signal {
        rows.add("stop by", signal, None);
    }
    rows.add_list("labels", config.labels.keys().map(String::as_str));
    rows
}

fn healthcheck_test(deploy: &Deploy) -> Option<String> {
    let healthcheck = deploy.config.healthcheck.as_ref()?;
    healthcheck.test.as_ref().map(|test| test.to_string())
}

fn shown_copy(copy: &crate::plan::CopyCommand) -> String {
    let from = match &copy.image {
        Some(image) => format!("{} from {image}", copy.src),
        None => copy.src.clone(),
    };
    if copy.src == copy.dest {
        from
    } else {
        format!("{from} to {}", copy.dest)
    }
}

/// Where a layer's files come from, and which.
fn layer(layer: &Layer) -> String {
    let source = match &layer.source {
        LayerSource::Image(image) => image.as_str(),
        LayerSource::Step(step) => step,
        LayerSource::Local => "the app's directory",
        LayerSource::Spread => "...",
    };
    let filter = &layer.filter;
    let list = |items: &[Spanned<String>]| values(items).collect::<Vec<_>>().join(", ");
    let without = list(&filter.exclude);
    let is_whole = values(&filter.include).all(|path| path == ".");
    match (is_whole, without.is_empty()) {
        (true, true) => source.to_owned(),
        (true, false) => format!("{source} without {without}"),
        (false, true) => format!("{source} ({})", list(&filter.include)),
        (false, false) => format!("{source} ({} without {without})", list(&filter.include)),
    }
}

fn values(items: &[Spanned<String>]) -> impl Iterator<Item = &str> {
    items.iter().map(|item| item.value.as_str())
}
