//! The directories that a client offers: their names, unless options name others, and the sending of the app's.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go>

use crate::convert::tree_definition;
use crate::gateway::Bridge;
use crate::llb::CapabilitySet;
use crate::plan::ValidPlan;

/// The app.
pub(crate) const CONTEXT: &str = "context";
/// The plan.
pub(crate) const PLAN: &str = "dockerfile";
/// The hashes of the secrets, where this project's own client builds.
#[cfg(feature = "client")]
pub(crate) const SECRETS_HASH: &str = "secrets-hash";

/// Has the client send the app's tree while this side and the engine do other things. What goes wrong is told where the tree
/// is needed.
pub(super) fn send_ahead(
    bridge: &Bridge,
    plan: &ValidPlan,
    target: Option<&str>,
    session: Option<&String>,
    engine: &CapabilitySet,
) {
    if let Some(definition) = tree_definition(plan, target, session.cloned(), engine) {
        let bridge = bridge.clone();
        tokio::spawn(async move {
            // Engines make nothing before it is asked for.
            let tree = bridge.solve(definition, &[]).await?;
            bridge.stat_file(&tree, "/").await.map(drop)
        });
    }
}
