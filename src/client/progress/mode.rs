//! The ways to show a build.

use std::str::FromStr;

use super::Terminal;

/// How a build is shown: the values of `--progress`, with docker buildx's names and meanings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// [`Self::Tty`] on a terminal that can, [`Self::Plain`] elsewhere.
    #[default]
    Auto,
    /// A view that is drawn anew as the build goes on.
    Tty,
    /// Lines, one after the other.
    Plain,
    /// The engine's messages as JSON, one a line, for programs.
    RawJson,
    /// Nothing, but why a build failed.
    Quiet,
}

impl Mode {
    /// Every mode with its name, in the order in which help lists them.
    pub const ALL: [(&'static str, Self); 5] = [
        ("auto", Self::Auto),
        ("tty", Self::Tty),
        ("plain", Self::Plain),
        ("rawjson", Self::RawJson),
        ("quiet", Self::Quiet),
    ];

    /// What the mode is on a terminal: never [`Self::Auto`].
    ///
    /// # Errors
    ///
    /// If it is [`Self::Tty`] and the terminal is none, or cannot move its cursor.
    pub fn on(self, terminal: &Terminal) -> Result<Self, UnknownMode> {
        match self {
            Self::Auto if terminal.can_redraw() => Ok(Self::Tty),
            Self::Auto => Ok(Self::Plain),
            Self::Tty if !terminal.can_redraw() => Err(UnknownMode::NoTerminal),
            mode => Ok(mode),
        }
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(name: &str) -> Result<Self, UnknownMode> {
        let mode = Self::ALL.into_iter().find(|(known, _)| *known == name);
        mode.map(|(_, mode)| mode)
            .ok_or_else(|| UnknownMode::Name(name.to_owned()))
    }
}

/// A mode that there is not, or not here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownMode {
    /// No mode has this name.
    #[error("unknown progress mode `{0}`: expected auto, tty, plain, rawjson or quiet")]
    Name(String),
    /// The live view needs a terminal.
    #[error(
        "progress mode `tty` needs a terminal that can move its cursor, and standard error is none: use `auto` or `plain`"
    )]
    NoTerminal,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::build_arguments::PROGRESS_MODES;

    #[test]
    fn modes_have_the_names_of_docker_buildx() {
        assert_eq!(Mode::ALL.map(|(name, _)| name), PROGRESS_MODES);
        for (name, mode) in Mode::ALL {
            assert_eq!(name.parse(), Ok(mode));
        }
        let error = "TTY".parse::<Mode>().unwrap_err();
        insta::assert_snapshot!(error, @"unknown progress mode `TTY`: expected auto, tty, plain, rawjson or quiet");
    }

    #[test]
    fn the_live_view_needs_a_terminal_that_can() {
        let none = Terminal::none();
        let dumb = Terminal::new(true, &|name| (name == "TERM").then(|| "dumb".to_owned()));
        let screen = Terminal::new(true, &|name| (name == "TERM").then(|| "xterm".to_owned()));
        assert_eq!(Mode::Auto.on(&none), Ok(Mode::Plain));
        assert_eq!(Mode::Auto.on(&dumb), Ok(Mode::Plain));
        assert_eq!(Mode::Auto.on(&screen), Ok(Mode::Tty));
        assert_eq!(Mode::Tty.on(&screen), Ok(Mode::Tty));
        assert_eq!(Mode::Quiet.on(&none), Ok(Mode::Quiet));
        let error = Mode::Tty.on(&dumb).unwrap_err();
        insta::assert_snapshot!(error, @"progress mode `tty` needs a terminal that can move its cursor, and standard error is none: use `auto` or `plain`");
    }
}
