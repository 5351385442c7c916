//! The story of a build.

#[cfg(feature = "client")]
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::FrontendError;
use super::certificates;
use super::checks::{Finding, check};
use super::concurrent::join_all;
use super::contexts::{Loading, MainContext, NamedContexts};
use super::conversions::Conversions;
use super::local;
use super::options::{OptionWarning, Options, keys};
use super::request::Request;
use super::result::{PlatformImage, result};
use super::secrets::{self, Hashing};
use super::sought::{Found, Sought};
use super::subrequests::{Subrequest, visible};
use super::warnings::Warnings;
use crate::analyze::{Level, Message};
use crate::convert::{Conversion, NoCache};
use crate::gateway::{Bridge, BuildResult, CacheImport, GatewayError};
use crate::llb::{CapabilitySet, Platform, SourceFile};
use crate::plan::{Problem, ValidPlan, parse_valid};
#[cfg(feature = "client")]
use crate::{
    gateway::{Reference, References, ReturnedError},
    proto::pb,
};

/// Does what is asked for and ends the build, with its result or with the reason why there is none.
///
/// Fails only if the engine does not take that answer.
pub async fn run(bridge: &Bridge, request: &Request) -> Result<(), GatewayError> {
    match build(bridge, request).await {
        Ok(result) => bridge.return_result(result).await,
        Err(error) => {
            tracing::info!("no result: {error}");
            bridge.return_error(error.into()).await
        }
    }
}

/// Does everything but build: hands the definition that would be solved to `keep`, and ends the build with an empty result,
/// or with the reason why there is none. The build may be over, and its caller gone, as soon as the engine has that answer:
/// the definition is handed out before.
///
/// Fails only if the engine does not take that answer.
#[cfg(feature = "client")]
pub(crate) async fn define(
    bridge: &Bridge,
    request: &Request,
    keep: impl FnOnce(pb::Definition),
) -> Result<(), GatewayError> {
    match convert_plan(bridge, request).await {
        Ok(Prepared::Answer(answer)) => bridge.return_result(answer).await,
        Ok(Prepared::Conversions(conversions, _)) => {
            let Ok([(_, conversion)]) = <[_; 1]>::try_from(conversions) else {
                return bridge.return_error(one_graph_at_a_time()).await;
            };
            keep(conversion.definition);
            let empty = BuildResult {
                references: References::Single(Reference::scratch()),
                metadata: BTreeMap::new(),
            };
            bridge.return_result(empty).await
        }
        Err(error) => bridge.return_error(error.into()).await,
    }
}

async fn build(bridge: &Bridge, request: &Request) -> Result<BuildResult, FrontendError> {
    let (conversions, asked) = match convert_plan(bridge, request).await? {
        Prepared::Answer(answer) => return Ok(answer),
        Prepared::Conversions(conversions, asked) => (conversions, asked),
    };
    // What the engine does for this program ends with it: hashing secrets, which other things need not wait for, and loading the
    // app, which would begin again from the start.
    let has_begun = asked.is_planned || asked.hashing.is_some();
    let cache_imports = &asked.cache_imports;
    let solving = conversions.into_iter().map(|(platform, conversion)| {
        let definition = conversion.definition;
        async move {
            let solved = if has_begun {
                bridge.evaluate(definition, cache_imports).await
            } else {
                bridge.solve(definition, cache_imports).await
            };
            Ok(PlatformImage {
                platform,
                reference: solved.map_err(FrontendError::Solve)?,
                config: conversion.image_config,
                base_config: conversion.base_config,
            })
        }
    });
    let images = join_all(solving).await;
    // What it warns of may be why a step fails.
    let hashed = match asked.hashing {
        Some(hashing) => hashing.await.unwrap_or(Ok(())),
        None => Ok(()),
    };
    let images = images.into_iter().collect::<Result<_, FrontendError>>()?;
    hashed.map_err(FrontendError::Solve)?;
    Ok(result(images, asked.is_index, asked.source_date_epoch))
}

#[cfg(feature = "client")]
fn one_graph_at_a_time() -> ReturnedError {
    ReturnedError::new(
        "a build graph is of one platform, and several are asked for\n  hint: give one `--platform`",
    )
}

/// What is known before anything is built.
enum Prepared {
    /// The answer to a request that needs no build.
    Answer(BuildResult),
    /// What is to be built for each platform.
    Conversions(Vec<(Platform, Conversion)>, Asked),
}

/// What is asked for of a result, beside what is in its definition.
struct Asked {
    is_index: bool,
    cache_imports: Vec<CacheImport>,
    source_date_epoch: Option<i64>,
    /// Whether the plan was made here.
    is_planned: bool,
    /// What hashes the secrets meanwhile: what is built waits for it by itself, and has parts that need not wait.
    hashing: Option<Hashing>,
}

impl Asked {
    fn of(options: Options, is_planned: bool, hashing: Option<Hashing>) -> Self {
        Self {
            is_planned,
            hashing,
            is_index: options.is_multi_platform,
            cache_imports: options.cache_imports,
            source_date_epoch: options.source_date_epoch,
        }
    }
}

/// Reads the plan and everything that it names, and converts it.
async fn convert_plan(bridge: &Bridge, request: &Request) -> Result<Prepared, FrontendError> {
    let capabilities = bridge.capabilities();
    let (options, mut option_warnings) = request.read_options(capabilities.default_platform())?;
    let subrequest = options.subrequest.as_deref();
    let subrequest = subrequest.map(Subrequest::named).transpose()?;
    if let Some(answer) = subrequest.and_then(Subrequest::answer_without_plan) {
        return Ok(Prepared::Answer(answer));
    }
    let session_of = |local: &str| {
        options
            .local_sessions
            .get(local)
            .or(request.session.as_ref())
            .cloned()
    };

    let app_session = session_of(local::CONTEXT);
    let offered = capabilities.llb().without(&options.disabled_capabilities);
    let main_context = MainContext::load(bridge, &options, &offered).await?;
    let main_context = main_context.as_ref();
    let sought = Sought {
        options: &options,
        capabilities: &offered,
        main_context,
        planning: request.planning.clone(),
        plan_session: session_of(&options.plan_location.local),
        app_session: app_session.clone(),
    };
    let Found {
        file,
        messages,
        settings,
        is_planned,
    } = sought.find(bridge, &mut option_warnings).await?;
    if let Some(subrequest) = subrequest {
        let answer = subrequest.answer(&file.source, &options)?;
        return Ok(Prepared::Answer(answer));
    }
    let (plan, problems) = read_plan(&file.source)?;
    let (plan, file) = (Arc::new(plan), Arc::new(file));
    let missing_secrets = request.hear(&file.source)?;
    option_warnings.extend(unknown_capabilities(&options, capabilities.llb()));
    let target = known_target(options.target.as_deref(), &plan)?;
    let no_cache = known_steps(&options.no_cache, &plan, &mut option_warnings);
    let (named_contexts, unused) = NamedContexts::new(&options.contexts.named, &plan);
    option_warnings.extend(unused);
    let target_name = target.as_deref();
    let secrets_hash = secrets::chosen(&options, request);
    option_warnings.extend(secrets::not_hashed(&secrets_hash, &plan, target_name));
    let hashing = secrets::hash(bridge, &plan, &file, &secrets_hash, settings, target_name);
    let certificates = certificates::offered(bridge, &mut option_warnings).await;
    let warnings = Warnings::new(bridge, &file);
    warn(
        &warnings,
        &option_warnings,
        &messages,
        &check(&plan, &problems),
    )
    .await;
    secrets::warn_of_missing(&warnings, &missing_secrets, &plan).await;

    let conversions = Conversions {
        plan: &plan,
        file: &file,
        options: &options,
        loading: Loading {
            bridge,
            options: &options,
            capabilities: &offered,
            session: request.session.as_deref(),
        },
        named_contexts: &named_contexts,
        main_context,
        app_session: app_session.as_ref(),
        target: target.as_deref(),
        no_cache,
        secrets_hash,
        certificates,
        warnings: &warnings,
    };
    let conversions = conversions.make().await?;
    let asked = Asked::of(options, is_planned, hashing);
    Ok(Prepared::Conversions(conversions, asked))
}

/// The plan, and what is odd about its form. A plan that is refused may be so for what is odd, so that is told too.
pub(super) fn read_plan(source: &SourceFile) -> Result<(ValidPlan, Vec<Problem>), FrontendError> {
    parse_valid(&source.data).map_err(|problems| FrontendError::Plan {
        problems,
        file: Box::new(source.clone()),
    })
}

/// Capabilities that are not to be used, and that the engine does not have.
fn unknown_capabilities(options: &Options, engine: &CapabilitySet) -> Vec<OptionWarning> {
    let disabled = options.disabled_capabilities.iter();
    let unknown = disabled.filter(|id| !engine.supports(id));
    let warning = |id: &String| OptionWarning::UnknownCapability {
        capability: id.clone(),
    };
    unknown.map(warning).collect()
}

/// The step to build, as the plan writes its name; `None` is the image.
pub(super) fn known_target(
    target: Option<&str>,
    plan: &ValidPlan,
) -> Result<Option<String>, FrontendError> {
    let Some(name) = target.filter(|name| !name.eq_ignore_ascii_case(keys::DEPLOY)) else {
        return Ok(None);
    };
    let mut steps = plan.plan().steps.iter().map(|step| &step.name.value);
    match steps.clone().find(|step| step.eq_ignore_ascii_case(name)) {
        Some(step) => Ok(Some(step.clone())),
        None => Err(FrontendError::UnknownTarget {
            name: name.to_owned(),
            steps: steps.by_ref().cloned().collect(),
        }),
    }
}

/// The names of steps as the plan has them; the user may write them in any case, as names of build stages. Warns of others.
fn known_steps(no_cache: &NoCache, plan: &ValidPlan, warnings: &mut Vec<OptionWarning>) -> NoCache {
    let NoCache::Steps(names) = no_cache else {
        return no_cache.clone();
    };
    let mut known = BTreeSet::new();
    for name in names {
        let mut steps = plan.plan().steps.iter().map(|step| step.name.as_str());
        match steps.find(|step| step.eq_ignore_ascii_case(name)) {
            Some(step) => {
                known.insert(step.to_owned());
            }
            None => warnings.push(OptionWarning::UnknownStep { step: name.clone() }),
        }
    }
    NoCache::Steps(known)
}

async fn warn(
    warnings: &Warnings<'_>,
    options: &[OptionWarning],
    messages: &[Message],
    findings: &[Finding],
) {
    for warning in options {
        let short = warning.to_string();
        warnings.show(short, vec![warning.hint()]).await;
    }
    let messages = messages.iter();
    let messages =
        messages.filter(|message| matches!(message.level, Level::Warning | Level::Deprecation));
    for message in messages {
        let mut lines = message.text.lines().map(visible);
        let short = lines.next().unwrap_or_default();
        let detail = lines.filter(|line| !line.is_empty()).collect();
        warnings.show(short, detail).await;
    }
    let findings = findings.iter();
    for finding in findings.filter(|finding| finding.rule.is_shown_in_builds()) {
        let detail = finding.hint.iter().cloned().collect();
        let url = finding.rule.url();
        warnings
            .show_at(finding.span.as_slice(), &finding.message, detail, url)
            .await;
    }
}
