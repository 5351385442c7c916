//! What is going on in a build, as people like to watch it.
//!
//! [`Progress`] takes the engine's status messages and shows them in one of five ways, see [`Mode`]. What is known of the
//! build ([`Trace`]) is apart from how it is drawn, and both are pure: time, the terminal's size and the writer are handed
//! in.
//!
//! Everything that is shown comes from the app, its dependencies and the engine, so none of it reaches the terminal as it
//! is: see `text`. Whatever a build prints, memory is bounded: logs are kept by their last lines only.

mod display;
mod failure;
mod mode;
mod plain;
mod raw_json;
mod source;
mod terminal;
mod text;
mod time;
mod trace;
mod tty;
mod warnings;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use display::{Outcome, Progress};
pub use failure::Failure;
pub use mode::{Mode, UnknownMode};
pub use terminal::Terminal;
pub use trace::{Place, Trace, Warning};
