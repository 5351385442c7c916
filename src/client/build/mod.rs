//! One build: the request, the session that serves it, this client as its own frontend, and what the engine tells of it.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/build.go>. All of it is on one connection.

mod carrier;
mod error;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::future::{Future, pending};
use std::io::Write;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Channel;
use tonic::{Response, Status};

use super::progress::Progress;
use super::session::Session;
use super::session::staging::REMOVAL_LIMIT;
use crate::convert::SecretsHash;
use crate::frontend;
use crate::frontend::{PlanListener, Planning, local, option};
use crate::gateway::{Bridge, GatewayError, MAX_MESSAGE_SIZE, ReturnedError};
use crate::proto::control::control_client::ControlClient;
use crate::proto::control::{
    CacheOptions, CacheOptionsEntry, Exporter, SolveRequest, SolveResponse, StatusRequest,
    StatusResponse,
};
use crate::proto::pb;
use carrier::{Announcement, Carrier};
pub(crate) use error::BuildError;

/// How long the engine may still tell of a build that has ended. BuildKit's own client waits as long.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the frontend's end may come before the build's.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// How long the engine gets to end a build that is stopped. Whoever stops one does not wait longer than two seconds for all of
/// it.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(1);

/// How many messages of the engine wait for being shown.
const MESSAGES: usize = 64;

/// The capability of an engine to make several things of one result. Without it all but the first are not made.
const SEVERAL_EXPORTERS: &str = "exporter.multiple";

/// The entitlement to the host's network.
/// <https://github.com/moby/buildkit/blob/v0.32.2/util/entitlements/entitlements.go>
const HOST_NETWORK: &str = "network.host";

/// What is built.
#[derive(Clone, Debug)]
pub(crate) struct Build {
    /// A name that no other build has.
    pub(crate) id: String,
    /// A name that no other session has.
    pub(crate) session_id: String,
    /// Sets the files that the engine has of this app from earlier builds apart from those of others.
    pub(crate) shared_key: String,
    /// The frontend options.
    pub(crate) options: BTreeMap<String, String>,
    /// What to make of the result.
    pub(crate) exporters: Vec<Exporter>,
    /// Caches to export.
    pub(crate) cache_exports: Vec<CacheOptionsEntry>,
    /// Caches to import.
    pub(crate) cache_imports: Vec<CacheOptionsEntry>,
    /// Secrets of the plan that are not offered, and can do without.
    pub(crate) missing_secrets: Vec<String>,
    /// How to plan the app, if there is no plan.
    pub(crate) planning: Option<Planning>,
    /// Hears of the plan.
    pub(crate) listener: Option<PlanListener>,
    /// Where the definition goes instead of being built.
    pub(crate) dump: Option<Dump>,
}

/// A definition that comes while a build runs.
pub(crate) type Dump = Arc<OnceLock<pb::Definition>>;

/// What the engine says of a result, by key.
pub(crate) type Metadata = BTreeMap<String, String>;

impl Build {
    /// Builds, and shows it. `stop` is ready when there is no point in going on, and says why.
    pub(crate) async fn run<W: Write>(
        self,
        channel: &Channel,
        session: Session,
        progress: &mut Progress<W>,
        stop: impl Future<Output = BuildError>,
    ) -> Result<Metadata, BuildError> {
        let announcement = Announcement {
            id: self.session_id.clone(),
            shared_key: self.shared_key.clone(),
            methods: Session::methods(),
        };
        let carrier = Carrier::open(channel.clone(), &announcement);
        let receivers = session.receivers.clone();
        // Ended with this function.
        let mut serving = AbortOnDrop(tokio::spawn(session.serve(carrier)));
        let session_end = serving.0.abort_handle();
        let control = ControlClient::new(channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_SIZE)
            .max_encoding_message_size(MAX_MESSAGE_SIZE);
        let solve = {
            let (mut control, request) = (control.clone(), self.request());
            async move { control.solve(request).await }
        };
        let frontend = self.frontend(channel.clone());
        let (sender, messages) = mpsc::channel(MESSAGES);
        let watching = AbortOnDrop(tokio::spawn(watch(control, self.id.clone(), sender)));
        let stop = async {
            let reason = stop.await;
            // What is half there is removed while the engine ends the build.
            session_end.abort();
            reason
        };
        let ended = follow(solve, frontend, messages, progress, stop).await;
        drop(watching);
        let ended = match ended {
            // An engine that loses its session says only that it stopped, or that a call of its own broke.
            Err(BuildError::Failed(status) | BuildError::EngineGone(status))
                if status.source().is_none() =>
            {
                Err(match serving.error().await {
                    Some(error) => BuildError::Session(error),
                    None => status.into(),
                })
            }
            ended => ended,
        };
        drop(serving);
        if ended.is_err() {
            let _ = timeout(REMOVAL_LIMIT, receivers.settled()).await;
        }
        ended
    }

    fn request(&self) -> SolveRequest {
        let first = self.exporters.first().cloned().unwrap_or_default();
        SolveRequest {
            r#ref: self.id.clone(),
            session: self.session_id.clone(),
            frontend_attrs: self.options.clone(),
            // Engines before 0.13 know only one.
            exporter_deprecated: first.r#type,
            exporter_attrs_deprecated: first.attrs,
            exporters: self.exporters.clone(),
            entitlements: self.entitlements(),
            cache: Some(CacheOptions {
                exports: self.cache_exports.clone(),
                imports: self.cache_imports.clone(),
            }),
            ..SolveRequest::default()
        }
    }

    /// What the engine must be allowed to do: that the user asks for it is the permission of this side.
    fn entitlements(&self) -> Vec<String> {
        let network = self.options.get(option::FORCE_NETWORK_MODE);
        let is_host = network.is_some_and(|network| network == "host");
        is_host
            .then(|| HOST_NETWORK.to_owned())
            .into_iter()
            .collect()
    }

    /// This client as the build's frontend, over the engine's own bridge.
    fn frontend(&self, channel: Channel) -> impl Future<Output = Result<(), GatewayError>> + use<> {
        // An identifier has letters and digits only.
        let id = AsciiMetadataValue::try_from(self.id.as_str()).ok();
        let request = frontend::Request {
            options: self.options.clone(),
            session: Some(self.session_id.clone()),
            default_platform: None,
            secrets_hash: SecretsHash::Offered {
                local: local::SECRETS_HASH.to_owned(),
                session: Some(self.session_id.clone()),
            },
            missing_secrets: self.missing_secrets.clone(),
            planning: self.planning.clone(),
            listener: self.listener.clone(),
        };
        let dump = self.dump.clone();
        let is_several = self.exporters.len() > 1;
        async move {
            let bridge = Bridge::open(channel, id).await?;
            if is_several && !bridge.capabilities().llb().supports(SEVERAL_EXPORTERS) {
                return bridge.return_error(only_one_output()).await;
            }
            let Some(dump) = dump else {
                return frontend::run(&bridge, &request).await;
            };
            let keep = |definition| {
                // There is only one.
                let _ = dump.set(definition);
            };
            frontend::define(&bridge, &request, keep).await
        }
    }
}

/// Hands on what the engine tells of a build. That it tells nothing (any more) fails no build.
async fn watch(
    mut control: ControlClient<Channel>,
    id: String,
    sender: mpsc::Sender<StatusResponse>,
) {
    let request = StatusRequest { r#ref: id };
    let messages = control.status(request).await;
    let mut messages = match messages {
        Ok(messages) => messages.into_inner(),
        Err(status) => return tracing::info!("no progress: {status}"),
    };
    while let Ok(Some(message)) = messages.message().await {
        if sender.send(message).await.is_err() {
            return;
        }
    }
}

/// Follows a build to its end.
async fn follow<W: Write>(
    solve: impl Future<Output = Result<Response<SolveResponse>, Status>>,
    frontend: impl Future<Output = Result<(), GatewayError>>,
    mut messages: mpsc::Receiver<StatusResponse>,
    progress: &mut Progress<W>,
    stop: impl Future<Output = BuildError>,
) -> Result<Metadata, BuildError> {
    let ended = {
        let (mut solve, mut frontend, mut stop) = (pin!(solve), pin!(frontend), pin!(stop));
        let mut returned = None;
        let mut deadline = None;
        let mut ticks = interval(Progress::<W>::INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                response = &mut solve => break match response {
                    Ok(response) => Ok(response.into_inner().exporter_response),
                    Err(status) => Err(BuildError::from(status)),
                },
                result = &mut frontend, if returned.is_none() => {
                    // What the engine says of the whole build is told rather than this.
                    if result.is_err() {
                        deadline = Some(Instant::now() + END_TIMEOUT);
                    }
                    returned = Some(result);
                }
                () = at(deadline) => {
                    let error = returned.and_then(Result::err);
                    break Err(error.map_or(BuildError::NoEnd, BuildError::Frontend));
                }
                Some(message) = messages.recv() => progress.update(&message, now())?,
                _ = ticks.tick() => progress.tick(now())?,
                error = &mut stop => break Err(error),
            }
        }
        // The request is dropped here, which ends the build if it still runs.
    };
    let rest = async {
        while let Ok(Some(message)) = timeout(STATUS_TIMEOUT, messages.recv()).await {
            progress.update(&message, now())?;
        }
        Ok::<_, BuildError>(())
    };
    match ended {
        Err(BuildError::Interrupted | BuildError::Load(_)) => {
            // An engine that takes longer ends it without anybody looking.
            timeout(CANCEL_TIMEOUT, rest).await.unwrap_or(Ok(()))?;
        }
        _ => rest.await?,
    }
    ended
}

fn only_one_output() -> ReturnedError {
    ReturnedError::new(
        "this engine makes only one thing of a result\n  hint: give one `--output`, and build again for the next one: \
         nothing runs twice",
    )
}

/// Ready at that time; never if there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// A task that ends with this value.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T, E> AbortOnDrop<Result<T, E>> {
    /// The error that the task has ended with, if it has.
    async fn error(&mut self) -> Option<E> {
        if self.0.is_finished() {
            (&mut self.0).await.ok().and_then(Result::err)
        } else {
            None
        }
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests;
