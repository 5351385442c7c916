//! What the build can be given: build arguments, secrets and caches.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/subrequests/outline/outline.go>

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::location::Location;
use super::table::Table;
use super::{result, visible};
use crate::convert::{CERTIFICATES_SECRET, Contexts, images};
use crate::frontend::FrontendError;
use crate::frontend::options::{Options, keys};
use crate::frontend::run::{known_target, read_plan};
use crate::gateway::BuildResult;
use crate::llb::SourceFile;
use crate::plan::{Plan, ValidPlan};

#[derive(Serialize)]
struct Outline {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    description: String,
    args: Vec<Argument>,
    secrets: Vec<Secret>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ssh: Vec<SshAgent>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cache: Vec<CacheMount>,
    sources: [String; 1],
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    description: &'static str,
    /// What was given; values that are secret never.
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
}

#[derive(Serialize)]
struct Secret {
    name: String,
    /// None of what every plan can be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize)]
struct SshAgent {
    name: String,
    required: bool,
    location: Location,
}

#[derive(Serialize)]
struct CacheMount {
    #[serde(rename = "ID")]
    id: String,
    location: Location,
}

pub(super) fn answer(file: &SourceFile, options: &Options) -> Result<BuildResult, FrontendError> {
    let (plan, _) = read_plan(file)?;
    let target = known_target(options.target.as_deref(), &plan)?;
    let outline = Outline {
        description: visible(&description(&plan, target.as_deref())),
        name: target.as_deref().map(visible),
        args: arguments(options),
        secrets: plan
            .plan()
            .secrets
            .iter()
            .map(|secret| Secret {
                name: visible(secret),
                location: Some(Location::new(secret.span)),
            })
            .chain([Secret {
                name: CERTIFICATES_SECRET.to_owned(),
                location: None,
            }])
            .collect(),
        ssh: ssh_agents(plan.plan()),
        cache: plan
            .plan()
            .caches
            .iter()
            .map(|(name, cache)| CacheMount {
                id: visible(name),
                location: Location::new(cache.span),
            })
            .collect(),
        sources: [STANDARD.encode(&file.data)],
    };
    let text = text(&outline);
    Ok(result(&outline, text))
}

/// Each agent once, where it is asked for first.
fn ssh_agents(plan: &Plan) -> Vec<SshAgent> {
    let mut seen = BTreeSet::new();
    let ids = plan.steps.iter().flat_map(|step| &step.ssh);
    ids.filter(|id| seen.insert(id.as_str()))
        .map(|id| SshAgent {
            name: visible(id),
            required: true,
            location: Location::new(id.span),
        })
        .collect()
}

/// The images that the target starts from.
fn description(plan: &ValidPlan, target: Option<&str>) -> String {
    let images: Vec<_> = images(plan, target, &Contexts::default())
        .into_iter()
        .collect();
    if images.is_empty() {
        "built from no image".to_owned()
    } else {
        format!("built from {}", images.join(", "))
    }
}

fn arguments(options: &Options) -> Vec<Argument> {
    let argument = |name, description, value: Option<String>| Argument {
        name,
        description,
        value: value.unwrap_or_default(),
    };
    let capabilities: Vec<_> = options.disabled_capabilities.iter().cloned().collect();
    vec![
        argument(
            keys::CACHE_KEY,
            "Keeps the cache mounts of builds with different keys apart",
            options.cache_key.as_deref().map(visible),
        ),
        argument(
            keys::SECRETS_HASH,
            "Steps that use secrets run again when it changes",
            None,
        ),
        argument(
            keys::GITHUB_TOKEN,
            "Token for mise install; prefer a secret named GITHUB_TOKEN",
            None,
        ),
        argument(
            keys::SOURCE_DATE_EPOCH,
            "Time of the files that the plan writes, in seconds since 1970",
            options.source_date_epoch.map(|seconds| seconds.to_string()),
        ),
        argument(
            keys::RAILPACK_BUILT_AT,
            "Value of that variable in the image",
            options.built_at.as_deref().map(visible),
        ),
        argument(
            keys::RAILPACK_DISABLE_CAPABILITIES,
            "Capabilities of the engine that are not used",
            Some(capabilities.join(",")),
        ),
    ]
}

/// As BuildKit's own clients print it; caches, which they leave out, are added.
fn text(outline: &Outline) -> String {
    let mut target = Table::new(1);
    target.row(["TARGET:", outline.name.as_deref().unwrap_or("(default)")]);
    target.row(["DESCRIPTION:", &outline.description]);
    let mut arguments = Table::new(3);
    arguments.row(["BUILD ARG", "VALUE", "DESCRIPTION"]);
    for argument in &outline.args {
        arguments.row([argument.name, &argument.value, argument.description]);
    }
    let mut secrets = Table::new(3);
    secrets.row(["SECRET", "REQUIRED"]);
    for secret in &outline.secrets {
        secrets.row([secret.name.as_str(), ""]);
    }
    let mut text = format!("{target}\n{arguments}\n{secrets}\n");
    if !outline.ssh.is_empty() {
        let mut agents = Table::new(3);
        agents.row(["SSH", "REQUIRED"]);
        for agent in &outline.ssh {
            agents.row([agent.name.as_str(), "true"]);
        }
        text = format!("{text}{agents}\n");
    }
    if !outline.cache.is_empty() {
        let mut caches = Table::new(3);
        caches.row(["CACHE"]);
        for cache in &outline.cache {
            caches.row([cache.id.as_str()]);
        }
        text = format!("{text}{caches}\n");
    }
    text
}
