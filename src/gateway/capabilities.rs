//! What the engine at the other end can do.

use std::collections::BTreeSet;

use crate::llb::{CapabilitySet, Platform};
use crate::proto::apicaps::ApiCap;
use crate::proto::gateway::PongResponse;

/// The capabilities of a bridge that are asked for here.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/pb/caps.go>
pub(super) mod capability {
    /// `NewContainer` and what goes with it.
    pub(crate) const CONTAINERS: &str = "gateway.exec";
    /// `evaluate` of `Solve`.
    pub(crate) const EVALUATE: &str = "gateway.solve.evaluate";
    /// `Inputs`.
    pub(crate) const INPUTS: &str = "frontend.inputs";
    /// Results name refs in their newer form.
    pub(crate) const REF_ARRAY: &str = "proto.refarray";
    /// `ResolveSourceMeta`.
    pub(crate) const SOURCE_META_RESOLVER: &str = "source.metaresolver";
    /// `Warn`.
    pub(crate) const WARNINGS: &str = "gateway.warnings";
}

/// What a bridge could do when engines began to list it. Frozen upstream, too: `defaultCaps` in
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/grpcclient/client.go>.
const DEFAULT_GATEWAY: [&str; 4] = [
    "solve.base",
    "solve.inlinereturn",
    "resolveimage",
    "readfile",
];

/// What the engine at the other end can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Of the bridge's calls.
    gateway: BTreeSet<String>,
    /// Of the ops.
    llb: CapabilitySet,
    /// The platform of the engine's first worker.
    default_platform: Option<Platform>,
}

impl Capabilities {
    /// What ops may ask for.
    #[must_use]
    pub fn llb(&self) -> &CapabilitySet {
        &self.llb
    }

    /// The platform that the engine builds for when nobody asks for one.
    #[must_use]
    pub fn default_platform(&self) -> Option<&Platform> {
        self.default_platform.as_ref()
    }

    /// Whether the bridge can do `capability`.
    pub(super) fn has(&self, capability: &str) -> bool {
        self.gateway.contains(capability)
    }
}

impl From<PongResponse> for Capabilities {
    fn from(pong: PongResponse) -> Self {
        let gateway = if pong.frontend_api_caps.is_empty() {
            DEFAULT_GATEWAY.map(str::to_owned).into()
        } else {
            enabled(pong.frontend_api_caps).collect()
        };
        let llb = if pong.llb_caps.is_empty() {
            CapabilitySet::frozen_defaults()
        } else {
            enabled(pong.llb_caps).collect()
        };
        let first_worker = pong.workers.first();
        let default_platform = first_worker
            .and_then(|worker| worker.platforms.first())
            .map(Platform::from);
        Self {
            gateway,
            llb,
            default_platform,
        }
    }
}

/// A capability counts only if it is listed and enabled: Docker lists some that its image store cannot do.
fn enabled(capabilities: Vec<ApiCap>) -> impl Iterator<Item = String> {
    capabilities
        .into_iter()
        .filter(|capability| capability.enabled)
        .map(|capability| capability.id)
}
