//! A view that is drawn anew as the build goes on, below what the terminal shows already.
//!
//! No other screen and no raw mode: what was there stays, and there is little to restore.

mod frame;
mod layout;

use std::io::{self, Write};

use crossterm::cursor::{Hide, MoveToColumn, MoveUp, Show};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};

use self::frame::{Ending, Frame};
use self::layout::Line;
use super::Terminal;
use super::display::Outcome;
use super::time::Time;
use super::trace::Trace;

/// What is on the screen.
#[derive(Debug, Default)]
pub(super) struct Tty {
    /// Columns that each drawn line takes.
    drawn: Vec<usize>,
    is_cursor_hidden: bool,
}

impl Tty {
    /// Draws the build as it is at a time of the engine's.
    pub(super) fn draw(
        &mut self,
        trace: &Trace,
        now: Option<Time>,
        terminal: &Terminal,
        writer: &mut impl Write,
    ) -> io::Result<()> {
        let Some(now) = now else {
            return Ok(());
        };
        let (columns, rows) = terminal.size();
        // With its cursor below the last line, a window of one row would show nothing and scroll each time.
        if rows < 2 {
            return Ok(());
        }
        let frame = Frame::live(trace, now, columns, rows);
        self.show(&frame, terminal, writer)
    }

    /// Draws the build as it ended, with every step.
    pub(super) fn finish(
        &mut self,
        trace: &Trace,
        now: Option<Time>,
        outcome: Outcome<'_>,
        terminal: &Terminal,
        writer: &mut impl Write,
    ) -> io::Result<()> {
        if let Some(now) = now {
            let ending = match outcome {
                Outcome::Built => Ending::Finished,
                Outcome::Failed(_) => Ending::Failed,
                Outcome::Interrupted => Ending::Interrupted,
            };
            let (columns, _) = terminal.size();
            let frame = Frame::last(trace, now, columns, ending);
            self.show(&frame, terminal, writer)?;
        }
        self.restore(writer)
    }

    /// Leaves the terminal as it was.
    pub(super) fn restore(&mut self, writer: &mut impl Write) -> io::Result<()> {
        if std::mem::take(&mut self.is_cursor_hidden) {
            queue!(writer, Show)?;
            writer.flush()?;
        }
        Ok(())
    }

    /// Draws a frame over the one before.
    fn show(
        &mut self,
        frame: &Frame,
        terminal: &Terminal,
        writer: &mut impl Write,
    ) -> io::Result<()> {
        let (columns, rows) = terminal.size();
        // One write, so that no half of it is ever seen.
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate, Hide)?;
        // A narrower window has broken the lines that were drawn.
        let broken = self
            .drawn
            .iter()
            .map(|width| width.div_ceil(columns.max(1)).max(1));
        let up = broken.sum::<usize>().min(rows.saturating_sub(1));
        match u16::try_from(up) {
            Ok(up) if up > 0 => queue!(bytes, MoveUp(up), MoveToColumn(0))?,
            _ => queue!(bytes, MoveToColumn(0))?,
        }
        let lines = frame.lines();
        self.drawn = lines.iter().map(Line::width).collect();
        for line in lines {
            bytes.extend_from_slice(line.paint(terminal).as_bytes());
            queue!(bytes, Clear(ClearType::UntilNewLine))?;
            bytes.extend_from_slice(b"\r\n");
        }
        queue!(
            bytes,
            Clear(ClearType::FromCursorDown),
            EndSynchronizedUpdate
        )?;
        self.is_cursor_hidden = true;
        writer.write_all(&bytes)?;
        writer.flush()
    }
}

#[cfg(test)]
mod screen;
#[cfg(test)]
mod tests;
