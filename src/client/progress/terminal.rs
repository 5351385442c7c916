//! Facts about the terminal that a build is shown on.

use std::fmt;

use anstyle::Style;

use crate::cli::is_coloured;

/// Columns and rows where the size is not known.
const USUAL_SIZE: (u16, u16) = (80, 24);

/// The terminal that a build is shown on, or that there is none.
pub struct Terminal {
    is_interactive: bool,
    is_dumb: bool,
    is_coloured: bool,
    size: Box<dyn Fn() -> Option<(u16, u16)> + Send + Sync>,
}

impl Terminal {
    /// Of a stream. `variable` gives the process environment: `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR` and `TERM` count.
    #[must_use]
    pub fn new(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let kind = variable("TERM");
        Self {
            is_interactive: is_terminal,
            is_dumb: kind.is_none_or(|kind| kind.is_empty() || kind == "dumb"),
            is_coloured: is_coloured(is_terminal, variable),
            size: Box::new(|| None),
        }
    }

    /// No terminal: a file or a pipe, without colours.
    #[must_use]
    pub fn none() -> Self {
        Self::new(false, &|_| None)
    }

    /// With what tells the size in columns and rows. It is asked at each drawing, as windows change.
    #[must_use]
    pub fn with_size(
        mut self,
        size: impl Fn() -> Option<(u16, u16)> + Send + Sync + 'static,
    ) -> Self {
        self.size = Box::new(size);
        self
    }

    /// The size of this process's own terminal, for [`Self::with_size`].
    #[must_use]
    pub fn own_size() -> Option<(u16, u16)> {
        let size = crossterm::terminal::window_size().ok()?;
        (size.columns > 0 && size.rows > 0).then_some((size.columns, size.rows))
    }

    /// Whether what was drawn can be drawn over.
    pub(super) fn can_redraw(&self) -> bool {
        self.is_interactive && !self.is_dumb
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (usize, usize) {
        let (columns, rows) = (self.size)().unwrap_or(USUAL_SIZE);
        (columns.into(), rows.into())
    }

    /// The text in a style, if there are colours.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.is_coloured && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Terminal")
            .field("is_interactive", &self.is_interactive)
            .field("is_dumb", &self.is_dumb)
            .field("is_coloured", &self.is_coloured)
            .field("size", &self.size())
            .finish()
    }
}
