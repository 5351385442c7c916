//! Reading the plan from what the client offers.

use super::FrontendError;
use super::options::PlanLocation;
use crate::gateway::Bridge;
use crate::llb::{Differ, Graph, LocalSource, Metadata, Source, SourceFile};
use crate::plan::{MAX_PLAN_SIZE, is_only_syntax};

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

/// Reads the plan. All names that it may have are asked for in one transfer.
pub(super) async fn read_plan_file(
    bridge: &Bridge,
    location: &PlanLocation,
    session: Option<String>,
) -> Result<OfferedPlan, FrontendError> {
    let names = match &location.filename {
        Some(name) => vec![name.clone()],
        None => DEFAULT_FILENAMES.map(str::to_owned).to_vec(),
    };
    let mut graph = Graph::new();
    let local = graph.source(
        Source::Local(LocalSource {
            name: location.local.clone(),
            session,
            shared_key_hint: Some(location.local.clone()),
            follow_paths: names.clone(),
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
    let failed = |error| FrontendError::ReadPlan {
        local: location.local.clone(),
        error,
    };

    let files = bridge
        .solve(graph.definition(local, &[], engine), &[])
        .await
        .map_err(failed)?;
    for filename in &names {
        let Some(status) = bridge.stat_file(&files, filename).await.map_err(failed)? else {
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
        let data = bridge.read_file(&files, &filename).await.map_err(failed)?;
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
    Err(FrontendError::NoPlan {
        local: location.local.clone(),
        names,
    })
}
