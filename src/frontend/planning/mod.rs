//! Planning an app in the frontend, where the client offers no plan.
//!
//! The analysis is that of `railpack plan`, and so is the plan. It waits for the files that it reads, so it runs in a
//! thread of its own and asks this side for them, which asks the engine.

mod companions;
mod context_files;
mod listing;
mod names;
mod remote_tree;
mod transfers;

use std::collections::BTreeMap;
use std::{panic, thread};

use tokio::sync::mpsc::unbounded_channel;

use super::FrontendError;
use super::plan_file::{DEFAULT_FILENAMES, LANGUAGE};
use super::process::BUILD_THREAD;
use crate::analyze::{AnalyzeOptions, App, BaseImages, Environment, Message, analyze_telling};
use crate::llb::SourceFile;
pub(super) use context_files::ContextFiles;
use remote_tree::RemoteTree;

/// What the analysis may need at its deepest: what a program's first thread has on Linux.
const STACK_SIZE: usize = 8 << 20;

/// The variable with which mise tells more in the build.
const MISE_VERBOSE: &str = "MISE_VERBOSE";

/// A plan that was made here.
pub(super) struct PlannedApp {
    /// The plan as `railpack plan` would have written it.
    pub(super) source: SourceFile,
    /// What to tell the user of how it came about.
    pub(super) messages: Vec<Message>,
}

/// How to plan an app: what `railpack plan` takes.
#[derive(Clone, Debug, Default)]
pub struct Planning {
    /// The variables. Their names become the plan's secrets.
    pub environment: Environment,
    /// All else.
    pub options: AnalyzeOptions,
    /// What of it the user has given, by flags and variables: of no use where there is a plan.
    pub given: Vec<String>,
}

impl Planning {
    /// What there is to say in build arguments: the `RAILPACK_*` settings.
    pub(super) fn of_settings(settings: BTreeMap<String, String>) -> Self {
        let given = settings.keys().cloned().collect();
        let mut environment = Environment::default();
        for (name, value) in settings {
            environment.set(name, value);
        }
        if environment.flag("VERBOSE") {
            environment.set(MISE_VERBOSE, "1");
        }
        let setting = |name: &str| environment.setting(name).map(|setting| setting.value);
        let options = AnalyzeOptions {
            images: BaseImages::chosen(setting),
            frontend: setting("FRONTEND"),
            ..AnalyzeOptions::default()
        };
        Self {
            environment,
            options,
            given,
        }
    }
}

/// Plans the app.
pub(super) async fn plan_app(
    files: ContextFiles<'_>,
    planning: Planning,
) -> Result<PlannedApp, FrontendError> {
    let config_file = planning.options.config_file_name(&planning.environment);
    let opened = files.open(&config_file).await;
    let (mut files, opened) = opened.map_err(FrontendError::ReadApp)?;
    let (calls, mut inbox) = unbounded_channel();
    let tree = RemoteTree::new(opened, calls);
    let analysis = thread::Builder::new()
        .name(BUILD_THREAD.to_owned())
        .stack_size(STACK_SIZE)
        .spawn(move || analyze(tree, &planning))
        .map_err(FrontendError::Thread)?;
    // Ends with the analysis, which has the other end.
    while let Some(call) = inbox.recv().await {
        files.answer(call).await;
    }
    match analysis.join() {
        Ok(planned) => planned,
        // The process ends with it, and the client is told: the name of the thread says that this is a build.
        Err(panic) => panic::resume_unwind(panic),
    }
}

/// Analyzes the app as `railpack plan` does.
fn analyze(tree: RemoteTree, planning: &Planning) -> Result<PlannedApp, FrontendError> {
    let app = App::new(tree);
    let (analysis, messages) = analyze_telling(&app, &planning.environment, &planning.options);
    let [filename, _] = DEFAULT_FILENAMES;
    Ok(PlannedApp {
        source: SourceFile {
            filename: filename.to_owned(),
            data: analysis?.plan.to_json().into_bytes(),
            language: LANGUAGE.to_owned(),
        },
        messages,
    })
}
