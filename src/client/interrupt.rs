//! Ctrl-C, and the other ways in which a process is asked to end.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::sleep;

use super::session::staging::remove_unfinished;
use crate::cli::ExitStatus;

/// How long this process may take to end when it is asked to: what holds it longer is a disk or a network that does not answer.
const LIMIT: Duration = Duration::from_millis(1800);

/// Whether the user, or who runs this process, wants it to end.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    wanted: watch::Receiver<bool>,
    flag: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on: this process does not end by itself any more, but within [`LIMIT`], and at most [`REMOVAL_LIMIT`] more
    /// while a result that is half there is removed.
    ///
    /// [`REMOVAL_LIMIT`]: super::session::staging::REMOVAL_LIMIT
    pub(super) fn listen(runtime: &Runtime) -> Self {
        let (sender, wanted) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        let interrupt = Self {
            wanted,
            flag: Arc::clone(&flag),
        };
        // They are caught from here on, and not only once the task runs.
        let _entered = runtime.enter();
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::hangup(),
            SignalKind::terminate(),
        ];
        let [ctrl_c, hangup, terminate] = kinds.map(caught);
        runtime.spawn(async move {
            tokio::select! {
                () = next(ctrl_c) => {}
                () = next(hangup) => {}
                () = next(terminate) => {}
            }
            flag.store(true, Ordering::Relaxed);
            sender.send_replace(true);
            sleep(LIMIT).await;
            remove_unfinished().await;
            process::exit(ExitStatus::Interrupted.code().into());
        });
        interrupt
    }

    /// Ready when the end is wanted.
    pub(super) async fn wanted(&self) {
        let mut wanted = self.wanted.clone();
        // The task that listens lives as long as the runtime.
        let _ = wanted.wait_for(|wanted| *wanted).await;
    }

    /// Set when the end is wanted.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Whether the end is wanted.
    pub(super) fn is_wanted(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

/// A signal that does not end this process any more.
fn caught(kind: SignalKind) -> Option<Signal> {
    match signal(kind) {
        Ok(signal) => Some(signal),
        Err(error) => {
            tracing::warn!("Ctrl-C ends this process without more ado: {error}");
            None
        }
    }
}

async fn next(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
