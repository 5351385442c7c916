//! The plan of a build: the one that there is, or one that is made of the app.

use std::collections::BTreeSet;

use super::FrontendError;
use super::contexts::MainContext;
use super::options::{OptionWarning, Options};
use super::plan_file::{OfferedPlan, PlanFile, read_plan_file};
use super::planning::{ContextFiles, Planning, plan_app};
use crate::analyze::Message;
use crate::gateway::Bridge;
use crate::llb::CapabilitySet;

/// Where the plan may be, and where the app is.
pub(super) struct Sought<'a> {
    pub(super) options: &'a Options,
    pub(super) capabilities: &'a CapabilitySet,
    pub(super) main_context: Option<&'a MainContext>,
    /// How to plan the app, where the options do not say.
    pub(super) planning: Option<Planning>,
    /// The session that offers the plan's directory.
    pub(super) plan_session: Option<String>,
    /// The session that offers the app's directory.
    pub(super) app_session: Option<String>,
}

/// A plan that was found or made.
pub(super) struct Found {
    pub(super) file: PlanFile,
    /// What there is to tell of how it came about.
    pub(super) messages: Vec<Message>,
    /// The settings that it was made of here. They are secrets of it, as they are of the plan that `railpack plan` makes, and have
    /// done all that they are for.
    pub(super) settings: BTreeSet<String>,
    /// Whether it was made here, while the engine began to load the app.
    pub(super) is_planned: bool,
}

impl Sought<'_> {
    /// Reads the plan, or makes one. Settings of planning are warned of where there is a plan already.
    pub(super) async fn find(
        self,
        bridge: &Bridge,
        warnings: &mut Vec<OptionWarning>,
    ) -> Result<Found, FrontendError> {
        let location = &self.options.plan_location;
        let context = self.main_context;
        let offered = read_plan_file(bridge, location, self.plan_session, context).await?;
        let settings = &self.options.planning_variables;
        let (planning, settings) = match self.planning {
            Some(planning) => (planning, BTreeSet::new()),
            None => (
                Planning::of_settings(settings.clone()),
                settings.keys().cloned().collect(),
            ),
        };
        let vertex = match offered {
            OfferedPlan::File(file) => {
                if !planning.given.is_empty() {
                    let names = planning.given;
                    warnings.push(OptionWarning::PlannedAlready { names });
                }
                return Ok(Found {
                    file,
                    messages: Vec::new(),
                    settings: BTreeSet::new(),
                    is_planned: false,
                });
            }
            OfferedPlan::Nothing { vertex } => vertex,
        };
        let capabilities = self.capabilities.clone();
        let files = match context {
            Some(context) => ContextFiles::of_tree(bridge, context.app.clone(), capabilities),
            None => ContextFiles::new(bridge, self.app_session, capabilities),
        };
        let planned = plan_app(files, planning).await?;
        let source = planned.source;
        Ok(Found {
            file: PlanFile { source, vertex },
            messages: planned.messages,
            settings,
            is_planned: true,
        })
    }
}
