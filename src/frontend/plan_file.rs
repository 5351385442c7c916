//! Reading the plan from what the client offers.

use super::FrontendError;
use super::contexts::MainContext;
use super::options::PlanLocation;
use crate::gateway::{Bridge, GatewayError, Reference};
use crate::llb::{Differ, Graph, LocalSource, Metadata, Source, SourceFile};
use crate::plan::{MAX_PLAN_SIZE, is_only_syntax};
use crate::proto::pb;

/// Names of the plan that are tried, in turn, when the user gives none: ours and Railpack's.
/// <https://github.com/railwayapp/railpack/blob/v0.37.0/buildkit/frontend.go>, `defaultRailpackPlan`.
pub(super) const DEFAULT_FILENAMES: [&str; 2] = ["rpk.json", "railpack-plan.json"];

/// What clients highlight the plan as.
pub(super) const LANGUAGE: &str = "json";

/// The plan as the client has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanFile {
    /// Its name as the user knows it, and its content.
    pub(super) source: SourceFile,
    /// Digest of the vertex that the progress display shows the reading as.
    pub(super) vertex: String,
}

/// What a client offers in place of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OfferedPlan {
    /// A plan.
    File(PlanFile),
    /// None: no file with one of the default names, or one that names its frontend and has nothing else in it.
    Nothing {
        /// Digest of the vertex that the progress display shows the looking as.
        vertex: String,
    },
}

/// Reads the plan: from the main context if there is one and the client does not offer it apart, or else from the local. All
/// names that it may have are asked for in one transfer.
pub(super) async fn read_plan_file(
    bridge: &Bridge,
    location: &PlanLocation,
    session: Option<String>,
    context: Option<&MainContext>,
) -> Result<OfferedPlan, FrontendError> {
    let context = context.filter(|_| !location.is_local);
    let given = context.and_then(|context| context.plan_name.as_ref());
    let names = match given.or(location.filename.as_ref()) {
        Some(name) => vec![name.clone()],
        None => DEFAULT_FILENAMES.map(str::to_owned).to_vec(),
    };
    if let Some(context) = context {
        let place = format!("the build context `{}`", context.shown);
        let failed = |error| FrontendError::MainContext {
            context: context.shown.clone(),
            error,
        };
        let vertex = context.vertex.clone();
        return find_plan(
            bridge,
            &context.whole,
            names,
            location,
            vertex,
            place,
            &failed,
        )
        .await;
    }
    let failed = |error| FrontendError::ReadPlan {
        local: location.local.clone(),
        error,
    };
    let (definition, vertex) = plan_directory(bridge, location, session, &names);
    let files = bridge.solve(definition, &[]).await.map_err(failed)?;
    let place = format!("the local `{}`", location.local);
    find_plan(bridge, &files, names, location, vertex, place, &failed).await
}

/// What the client offers under these names, and the digest by which the progress display knows the transfer.
fn plan_directory(
    bridge: &Bridge,
    location: &PlanLocation,
    session: Option<String>,
    names: &[String],
) -> (pb::Definition, String) {
    let mut graph = Graph::new();
    let local = graph.source(
        Source::Local(LocalSource {
            name: location.local.clone(),
            session,
            shared_key_hint: Some(location.local.clone()),
            follow_paths: names.to_vec(),
            differ: Some(Differ::None),
            ..LocalSource::default()
        }),
        Metadata {
            name: Some(format!(
                "[internal] load build plan from {}",
                names.join(" or ")
            )),
            ..Metadata::default()
        },
    );
    let engine = bridge.capabilities().llb();
    let vertex = graph.vertex_digest(local, engine);
    (graph.definition(local, &[], engine), vertex)
}

/// Reads the first of `names` that is among `files`. `place` says in words where those are.
async fn find_plan(
    bridge: &Bridge,
    files: &Reference,
    names: Vec<String>,
    location: &PlanLocation,
    vertex: String,
    place: String,
    failed: &impl Fn(GatewayError) -> FrontendError,
) -> Result<OfferedPlan, FrontendError> {
    for filename in &names {
        let Some(status) = bridge.stat_file(files, filename).await.map_err(failed)? else {
            continue;
        };
        let filename = filename.clone();
        if !status.is_file {
            return Err(FrontendError::PlanIsNoFile { filename });
        }
        if usize::try_from(status.size).map_or(true, |size| size > MAX_PLAN_SIZE) {
            return Err(FrontendError::PlanTooLarge {
                filename,
                size: status.size,
            });
        }
        let data = bridge.read_file(files, &filename).await.map_err(failed)?;
        if is_only_syntax(&data) {
            return Ok(OfferedPlan::Nothing { vertex });
        }
        let source = SourceFile {
            filename,
            data,
            language: LANGUAGE.to_owned(),
        };
        return Ok(OfferedPlan::File(PlanFile { source, vertex }));
    }
    if location.filename.is_none() {
        return Ok(OfferedPlan::Nothing { vertex });
    }
    Err(FrontendError::NoPlan { place, names })
}
