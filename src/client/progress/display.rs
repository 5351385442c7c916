//! A build that is being shown.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::failure::{self, Failure};
use super::mode::{Mode, UnknownMode};
use super::plain::Plain;
use super::time::Time;
use super::trace::Trace;
use super::tty::Tty;
use super::{Terminal, raw_json, warnings};
use crate::proto::control::StatusResponse;

/// How a build ended.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// With a result.
    Built,
    /// Without one.
    Failed(&'a Failure),
    /// The user ended it.
    Interrupted,
}

/// A build that is being shown on a writer, which is standard error in the program.
///
/// Hand each message of the engine to [`update`](Self::update), call [`tick`](Self::tick) every
/// [`INTERVAL`](Self::INTERVAL) in between, and [`finish`](Self::finish) once at the end.
#[derive(Debug)]
pub struct Progress<W: Write> {
    writer: W,
    terminal: Terminal,
    trace: Trace,
    display: Display,
    clock: Clock,
    drawn: Option<Instant>,
}

#[derive(Debug)]
enum Display {
    Tty(Tty),
    Plain(Plain),
    RawJson,
    Quiet,
}

/// The engine's time, whose clock may be wrong by any amount.
#[derive(Debug, Default)]
struct Clock {
    /// The same moment here and there.
    known: Option<(Instant, Time)>,
}

impl<W: Write> Progress<W> {
    /// The shortest time between two drawings.
    pub const INTERVAL: Duration = Duration::from_millis(100);

    /// Shows nothing yet.
    ///
    /// # Errors
    ///
    /// If the mode needs a terminal and there is none.
    pub fn new(mode: Mode, terminal: Terminal, writer: W) -> Result<Self, UnknownMode> {
        let display = match mode.on(&terminal)? {
            Mode::Tty => Display::Tty(Tty::default()),
            Mode::Auto | Mode::Plain => Display::Plain(Plain::default()),
            Mode::RawJson => Display::RawJson,
            Mode::Quiet => Display::Quiet,
        };
        Ok(Self {
            writer,
            terminal,
            trace: Trace::default(),
            display,
            clock: Clock::default(),
            drawn: None,
        })
    }

    /// Takes over a message of the engine, and shows it if it is time to.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn update(&mut self, response: &StatusResponse, now: Instant) -> io::Result<()> {
        let events = self.trace.update(response);
        self.clock.note(self.trace.latest(), now);
        match &mut self.display {
            Display::Plain(plain) => {
                plain.add(&self.trace, events, now);
                if plain.is_full() {
                    self.drawn = None;
                }
            }
            Display::RawJson => raw_json::write(response, &mut self.writer)?,
            Display::Tty(_) | Display::Quiet => {}
        }
        self.tick(now)
    }

    /// Shows what time alone changes.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn tick(&mut self, now: Instant) -> io::Result<()> {
        let since = self.drawn.map(|drawn| now.saturating_duration_since(drawn));
        if since.is_some_and(|since| since < Self::INTERVAL) {
            return Ok(());
        }
        self.drawn = Some(now);
        match &mut self.display {
            Display::Plain(plain) => plain.write(&self.trace, now, &mut self.writer),
            Display::Tty(tty) => {
                let time = self.clock.time(now);
                tty.draw(&self.trace, time, &self.terminal, &mut self.writer)
            }
            Display::RawJson | Display::Quiet => Ok(()),
        }
    }

    /// Shows the rest: what is held back, warnings, and why the build failed. The terminal is as it was then.
    ///
    /// What a build gives (the image's name or digest) is for the caller to print, on standard output.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn finish(&mut self, outcome: Outcome<'_>, now: Instant) -> io::Result<()> {
        let events = self.trace.flush_logs();
        match &mut self.display {
            Display::Plain(plain) => {
                plain.add(&self.trace, events, now);
                plain.finish(&self.trace, &mut self.writer)?;
            }
            Display::Tty(tty) => {
                let time = self.clock.time(now);
                tty.finish(&self.trace, time, outcome, &self.terminal, &mut self.writer)?;
            }
            Display::RawJson | Display::Quiet => {}
        }
        if !matches!(self.display, Display::RawJson | Display::Quiet) {
            warnings::write(&self.trace, &self.terminal, &mut self.writer)?;
        }
        if let Outcome::Failed(failure) = outcome {
            // A program that reads the messages has the logs from them.
            let trace = (!matches!(self.display, Display::RawJson)).then_some(&self.trace);
            failure::write(failure, trace, &self.terminal, &mut self.writer)?;
        }
        self.writer.flush()
    }

    /// What is known of the build.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

impl Clock {
    fn note(&mut self, latest: Option<Time>, now: Instant) {
        if let (None, Some(latest)) = (self.known, latest) {
            self.known = Some((now, latest));
        }
    }

    /// The engine's time at a moment; `None` until it told one.
    fn time(&self, now: Instant) -> Option<Time> {
        let (here, there) = self.known?;
        Some(there.plus(now.saturating_duration_since(here)))
    }
}

#[cfg(test)]
impl Progress<Vec<u8>> {
    /// What was written so far.
    pub(super) fn written(&self) -> &[u8] {
        &self.writer
    }
}

impl<W: Write> Drop for Progress<W> {
    fn drop(&mut self) {
        if let Display::Tty(tty) = &mut self.display {
            // Nothing is left to tell it to if this fails.
            let _ = tty.restore(&mut self.writer);
        }
    }
}
