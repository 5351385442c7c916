//! What the user is told beside the progress of the build.

use super::Story;
use crate::cli::{Look, Report};
use crate::client::error::ClientError;
use crate::client::progress::Mode;
use crate::client::words::with_causes;

impl Story<'_, '_> {
    /// Why there is no image.
    pub(in crate::client) fn explain(&mut self, error: &ClientError) {
        let mut report = self.report();
        // What the engine says of a build has been shown, with the log of what failed.
        if !matches!(error, ClientError::Build(_)) {
            report.error(error, None);
        }
        if let ClientError::Unreachable { engines } = error {
            for (engine, error) in engines {
                report.line(&format!("  {engine}: {}", with_causes(error)));
            }
        }
        report.hint(error.hint());
    }

    fn report(&mut self) -> Report<'_> {
        let look = Look::new(
            self.surroundings.stderr_is_terminal,
            self.surroundings.variable,
        );
        Report::new(self.surroundings.stderr, look)
    }

    /// A line for a person, if one reads.
    pub(super) fn say(&mut self, line: &str) {
        if !matches!(self.mode, Mode::Quiet | Mode::RawJson) {
            self.report().line(line);
        }
    }

    /// Writes to standard output.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), ClientError> {
        let stdout = &mut self.surroundings.stdout;
        let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
        written.map_err(ClientError::Stdout)
    }
}
