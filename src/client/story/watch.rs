//! A build and what is shown of it, to the end of both.

use std::future::pending;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Story;
use crate::client::address::Connection;
use crate::client::build::{Build, BuildError, Metadata};
use crate::client::error::ClientError;
use crate::client::interrupt::Interrupt;
use crate::client::output::Loading;
use crate::client::progress::{Outcome, Progress, Terminal};
use crate::client::session::Session;
use crate::client::session::receive::ReceiveError;

/// How long a program that reads no more gets to end.
const LOADER_TIMEOUT: Duration = Duration::from_secs(5);

impl Story<'_, '_> {
    /// Builds and shows it, to the end of both.
    pub(super) async fn run(
        &mut self,
        build: Build,
        session: Session,
        loading: Option<&Loading>,
        connection: &Connection,
        interrupt: &Interrupt,
    ) -> Result<Metadata, ClientError> {
        let surroundings = &mut *self.surroundings;
        let terminal = Terminal::new(surroundings.stderr_is_terminal, surroundings.variable)
            .with_size(Terminal::own_size);
        let mut progress = Progress::new(self.mode, terminal, &mut surroundings.stderr)?;
        let stop = async {
            let failed = async {
                match loading {
                    Some(loading) => loading.failure().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = interrupt.wanted() => BuildError::Interrupted,
                error = failed => BuildError::Load(error),
            }
        };
        let (receivers, contents) = (session.receivers.clone(), session.contents.clone());
        let running = build.run(&connection.channel, session, &mut progress, stop);
        let result = match (
            Box::pin(running).await,
            receivers.failure().or_else(|| contents.failure()),
        ) {
            // The engine knows only that it could not send the result.
            (Err(BuildError::Failed(_)), Some(error)) => Err(not_received(error, loading).await),
            (result, _) => result,
        };
        let failure = result.as_ref().err().map(BuildError::failure);
        let outcome = match (&result, &failure) {
            (Err(BuildError::Interrupted), _) => Outcome::Interrupted,
            (_, Some(failure)) => Outcome::Failed(failure),
            (_, None) => Outcome::Built,
        };
        progress
            .finish(outcome, Instant::now())
            .map_err(BuildError::Display)?;
        Ok(result?)
    }
}

/// Why the result was not written: if that is because the program that loads it ended, in that program's words.
async fn not_received(error: ReceiveError, loading: Option<&Loading>) -> BuildError {
    match (error, loading) {
        (error @ ReceiveError::Pipe(_), Some(loading)) => {
            match timeout(LOADER_TIMEOUT, loading.end()).await {
                Ok(Err(failed)) => failed.into(),
                _ => error.into(),
            }
        }
        (error, _) => error.into(),
    }
}
