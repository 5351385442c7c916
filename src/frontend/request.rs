//! What a frontend is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::FrontendError;
use super::options::{OptionWarning, Options};
use super::planning::Planning;
use crate::convert::SecretsHash;
use crate::gateway::ReturnedError;
use crate::llb::{Platform, SourceFile};

/// What a frontend is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The frontend options, by key.
    pub options: BTreeMap<String, String>,
    /// The session that offers the locals; `None` is any session of the build.
    pub session: Option<String>,
    /// The platform to build for when the options name none; `None` leaves that to the engine.
    pub default_platform: Option<Platform>,
    /// What makes the steps that use secrets run again when a value changes, unless the options say.
    pub secrets_hash: SecretsHash,
    /// Secrets of the plan of which it is known that the client does not offer them.
    pub missing_secrets: Vec<String>,
    /// How to plan the app if there is no plan; `None` is as the options say.
    pub planning: Option<Planning>,
    /// Hears of the plan.
    pub listener: Option<PlanListener>,
}

impl Request {
    /// The options, with what is odd about them. `default_platform` is the engine's.
    pub(super) fn read_options(
        &self,
        default_platform: Option<&Platform>,
    ) -> Result<(Options, Vec<OptionWarning>), FrontendError> {
        let default_platform = self.default_platform.as_ref().or(default_platform);
        Options::read(&self.options, default_platform).map_err(FrontendError::Options)
    }

    /// Tells of the plan whoever is to hear of it. Gives the secrets of it that the client does not offer.
    pub(super) fn hear(&self, plan: &SourceFile) -> Result<Vec<String>, FrontendError> {
        let mut missing = self.missing_secrets.clone();
        if let Some(PlanListener(listener)) = &self.listener {
            missing.extend(listener(plan).map_err(FrontendError::Refused)?);
        }
        Ok(missing)
    }
}

/// Hears of the plan, which may be one that was made here, before anything else is done with it. Gives the secrets of it that
/// the client does not offer, or why it is not built.
#[derive(Clone)]
pub struct PlanListener(pub Arc<PlanHeard>);

/// See [`PlanListener`].
pub type PlanHeard = dyn Fn(&SourceFile) -> Result<Vec<String>, ReturnedError> + Send + Sync;

impl fmt::Debug for PlanListener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlanListener")
    }
}
