//! A frontend as BuildKit starts it: the environment in, one build on the standard streams.

use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedSender};

use super::own_image;
use super::{Request, run};
use crate::gateway::{
    Bridge, Environment, EnvironmentError, GatewayError, ReturnedError, TransportError, connect,
    standard_streams,
};

/// Name of the thread that builds. The connection has the other one, so that there is still somebody to send the error
/// when the build panics: release builds do not unwind.
pub(super) const BUILD_THREAD: &str = "build";

/// How often a thread that panicked looks whether its report is out.
const REPORT_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Does the one build that this process was started for. The caller must end the process as soon as this is ready, before
/// the runtime goes.
///
/// `variables` is the environment as [`std::env::vars_os`] gives it; read only once the connection stands. `program` is where
/// this program is, as [`std::env::current_exe`] gives it. Whatever goes wrong is returned to the client; this fails only if that is not possible any more.
pub async fn serve(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    program: io::Result<PathBuf>,
) -> Result<(), ProcessError> {
    let bridge = Bridge::open(connect(standard_streams()).await?, None).await?;
    let environment = match Environment::from_variables(variables) {
        Ok(environment) => environment,
        Err(error) => return Ok(bridge.return_error(unreadable(&error)).await?),
    };
    let request = Request {
        options: environment.options,
        session: environment.session,
        default_platform: environment.default_platform,
        secrets_hash: own_image::fingerprint(Path::new(own_image::DEFINITION), program),
        ..Request::default()
    };
    supervise(bridge, |bridge| async move { run(&bridge, &request).await }).await
}

/// How a build ended.
enum End {
    NotBegun(std::io::Error),
    Returned(Result<(), GatewayError>),
    Panicked(String),
}

/// Runs `story` in a thread of its own; if it panics, returns that as the build's error.
async fn supervise<Story, Build>(bridge: Bridge, story: Story) -> Result<(), ProcessError>
where
    Story: FnOnce(Bridge) -> Build + Send + 'static,
    Build: Future<Output = Result<(), GatewayError>>,
{
    let (sender, mut end) = mpsc::unbounded_channel();
    report_panics(sender.clone());
    let builder = bridge.clone();
    std::thread::Builder::new()
        .name(BUILD_THREAD.to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let end = match runtime {
                Ok(runtime) => End::Returned(runtime.block_on(story(builder))),
                Err(error) => End::NotBegun(error),
            };
            // Nobody listens any more only if the process is about to end.
            let _ = sender.send(end);
        })
        .map_err(ProcessError::Thread)?;
    match end.recv().await {
        Some(End::Returned(result)) => Ok(result?),
        Some(End::Panicked(panic)) => Ok(bridge.return_error(bug(&panic)).await?),
        Some(End::NotBegun(error)) => Err(ProcessError::Thread(error)),
        // The hook of panics keeps a sender for good.
        None => Ok(()),
    }
}

/// Reports panics of the thread that builds, and stops it there until the report is out: what follows is the end of the
/// process. Not for good, for the hook is locked as long as it runs, and whoever wants to replace it would wait.
fn report_panics(sender: UnboundedSender<End>) {
    let otherwise = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        otherwise(panic);
        if std::thread::current().name() == Some(BUILD_THREAD)
            && sender.send(End::Panicked(panic.to_string())).is_ok()
        {
            while !sender.is_closed() {
                std::thread::sleep(REPORT_POLL_INTERVAL);
            }
        }
    }));
}

fn unreadable(error: &EnvironmentError) -> ReturnedError {
    ReturnedError::new(format!(
        "{error}\n  hint: start this image as a frontend of BuildKit"
    ))
}

fn bug(panic: &str) -> ReturnedError {
    ReturnedError::new(format!(
        "railpack-frontend {} has a bug: {panic}\n  hint: please report it, with the build plan",
        env!("CARGO_PKG_VERSION"),
    ))
}

/// Why a build has no end that the client knows of.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is no connection.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The engine does not answer.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The system gives no thread.
    #[error("no thread to build in: {0}")]
    Thread(#[source] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::testing::Engine;

    // One test: the hook stays in the process.
    #[tokio::test]
    async fn a_build_ends_as_it_does_and_a_panic_becomes_an_error_reply() {
        let engine = Engine::new();
        let returns =
            |bridge: Bridge| async move { bridge.return_error(ReturnedError::new("no")).await };
        supervise(engine.open().await, returns).await.unwrap();
        assert_eq!(engine.calls().names, ["ping", "return"]);

        let engine = Engine::new();
        let panics = |_| async { panic!("out of paper") };
        supervise(engine.open().await, panics).await.unwrap();
        let error = engine.calls().returns[0].error.clone().unwrap();
        let message = error
            .message
            .replace(env!("CARGO_PKG_VERSION"), "[version]");
        let lines: Vec<_> = message.lines().collect();
        let first = "railpack-frontend [version] has a bug: panicked at src/frontend/process.rs:";
        assert!(lines[0].starts_with(first), "{message}");
        assert_eq!(
            lines[1..],
            [
                "out of paper",
                "  hint: please report it, with the build plan"
            ]
        );
    }
}
