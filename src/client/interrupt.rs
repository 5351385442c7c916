//! Ctrl-C, and the other ways in which a process is asked to end.

use std::future::pending;

/// Ready when the user, or who runs this process, wants it to end. It does not end by itself any more.
pub(super) async fn interrupted() {
    tokio::select! {
        () = ctrl_c() => {}
        () = terminated() => {}
    }
}

async fn ctrl_c() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!("Ctrl-C ends this process without more ado: {error}");
        pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    let hangup = signal(SignalKind::hangup());
    let terminate = signal(SignalKind::terminate());
    let (Ok(mut hangup), Ok(mut terminate)) = (hangup, terminate) else {
        return pending().await;
    };
    tokio::select! {
        _ = hangup.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn terminated() {
    pending().await
}
