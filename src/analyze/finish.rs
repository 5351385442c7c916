//! From what a provider made and the user configured to the plan.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/context.go>.

use std::collections::{BTreeMap, BTreeSet};

use super::config::SPREAD;
use super::configure::configure;
use super::context::Context;
use super::error::AnalyzeError;
use super::ignore_file;
use super::locate::locate;
use super::messages::Messages;
use super::normalize::drop_unreferenced_steps;
use super::packages::RequestedPackage;
use super::steps::{CommandStep, spanned, spanned_values};
use crate::plan::{Plan, Spanned, suggest};

/// What leaves out of a build what `docker build` would leave out.
const IGNORE_FILE: &str = ".dockerignore";

/// A plan, and what else is known at its end.
pub(crate) struct Finished {
    pub(crate) plan: Plan,
    pub(crate) packages: BTreeMap<String, RequestedPackage>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) messages: Messages,
}

/// Lays the user's configuration over what the provider made, and turns all of it into a plan.
pub(crate) fn finish(mut context: Context<'_>) -> Result<Finished, AnalyzeError> {
    configure(&mut context);
    let exclude = excluded_patterns(&mut context)?;
    let disabled_caches = disabled_caches(&mut context);

    let Context {
        environment,
        config,
        images,
        packages,
        mise,
        runtime_mise,
        steps,
        deploy,
        mut caches,
        metadata,
        mut messages,
        ..
    } = context;
    let mut finished = mise.into_steps(&images.builder, environment, &packages, &mut caches)?;
    if let Some(mise) = runtime_mise {
        let steps = mise.into_steps(&images.builder, environment, &packages, &mut caches)?;
        finished.extend(steps);
    }
    finished.extend(steps);
    let (deploy, apt_step) = deploy.into_deploy(&mut caches);
    finished.extend(apt_step);

    // In the order of the sources; those of the environment come sorted.
    let mut named = BTreeSet::new();
    let secrets = config
        .secrets
        .iter()
        .filter(|name| name.value != SPREAD && named.insert(name.value.as_str()))
        .cloned()
        .collect();
    let mut plan = Plan {
        syntax: None,
        steps: spanned(finished.into_iter().map(CommandStep::into_step).collect()),
        caches: spanned_values(caches.into_map()),
        secrets,
        deploy: deploy.into(),
        exclude: spanned(exclude),
    };
    drop_unreferenced_steps(&mut plan);
    disabled_caches.tell_unknown(&plan, &mut messages);
    disabled_caches.apply(&mut plan);
    locate(&mut plan, config);
    declare_file_secrets(&mut plan);
    Ok(Finished {
        plan,
        packages: packages.into_map(),
        metadata,
        messages,
    })
}

/// Who asks for a file of a secret need not name the secret a second time.
fn declare_file_secrets(plan: &mut Plan) {
    let mut named: BTreeSet<_> = plan.secrets.iter().map(|name| name.value.clone()).collect();
    let files = plan.steps.iter().flat_map(|step| &step.secret_files);
    for file in files.filter(|file| named.insert(file.id.clone())) {
        plan.secrets.push(Spanned {
            value: file.id.clone(),
            span: file.span,
        });
    }
}

fn excluded_patterns(context: &mut Context<'_>) -> Result<Vec<String>, AnalyzeError> {
    let mut patterns = Vec::new();
    if context.app.has(IGNORE_FILE)? {
        patterns = ignore_file::parse_checked(IGNORE_FILE, &context.app.read_text(IGNORE_FILE)?)?;
        context.note("dockerIgnore", true);
        context
            .messages
            .info(format!("leaving out what {IGNORE_FILE} names"));
    }
    let configured = context.config.exclude.iter().flatten();
    patterns.extend(configured.map(|pattern| pattern.value.clone()));
    Ok(patterns)
}

/// The caches that the user switched off.
enum DisabledCaches {
    All,
    Named(Vec<String>),
}

fn disabled_caches(context: &mut Context<'_>) -> DisabledCaches {
    let keys = context.environment.list("DISABLE_CACHES");
    if !keys.iter().any(|key| key == "*") {
        return DisabledCaches::Named(keys);
    }
    if keys.len() > 1 {
        context
            .messages
            .warning("RAILPACK_DISABLE_CACHES holds `*`, so its other keys change nothing");
    }
    DisabledCaches::All
}

impl DisabledCaches {
    /// Tells which keys are no cache of the plan. A platform may switch off caches that only some of its apps have, so
    /// that only what looks misspelled is a warning.
    fn tell_unknown(&self, plan: &Plan, messages: &mut Messages) {
        let Self::Named(keys) = self else { return };
        for key in keys.iter().filter(|key| !plan.caches.contains_key(*key)) {
            let text = format!("RAILPACK_DISABLE_CACHES: there is no cache `{key}`");
            match suggest(key, plan.caches.keys().map(String::as_str)) {
                Some(meant) => messages.warning(format!("{text}; did you mean `{meant}`?")),
                None => messages.detail(text),
            }
        }
    }

    fn apply(&self, plan: &mut Plan) {
        let is_kept = |key: &str| match self {
            Self::All => false,
            Self::Named(keys) => keys.iter().all(|disabled| disabled != key),
        };
        plan.caches.retain(|key, _| is_kept(key));
        for step in &mut plan.steps {
            step.caches.retain(|key: &Spanned<String>| is_kept(key));
        }
    }
}
