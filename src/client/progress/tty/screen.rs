//! A build on a terminal in memory, for tests.

use std::num::NonZero;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::client::progress::testing::latest;
use crate::client::progress::{Mode, Outcome, Progress, Terminal};
use crate::proto::control::StatusResponse;

fn non_zero(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

/// A build on a terminal in memory.
pub(super) struct Screen {
    progress: Progress<Vec<u8>>,
    pub(super) parser: vt100::Parser,
    size: Arc<Mutex<(u16, u16)>>,
    begin: Instant,
    now: Instant,
    pub(super) written: usize,
}

impl Screen {
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let variable = |name: &str| (name == "TERM").then(|| "xterm".to_owned());
        let size = Arc::new(Mutex::new((columns, rows)));
        let asked = Arc::clone(&size);
        let terminal =
            Terminal::new(true, &variable).with_size(move || asked.lock().ok().map(|size| *size));
        let begin = Instant::now();
        Self {
            progress: Progress::new(Mode::Tty, terminal, Vec::new()).unwrap(),
            parser: vt100::Parser::new(non_zero(rows), non_zero(columns), 1000),
            size,
            begin,
            now: begin,
            written: 0,
        }
    }

    /// Shows messages at so many milliseconds.
    pub(super) fn update(&mut self, milliseconds: u64, message: &StatusResponse) {
        self.now = self.begin + Duration::from_millis(milliseconds);
        self.progress.update(message, self.now).unwrap();
        self.feed();
    }

    /// Plays a recording up to a point of its own time.
    pub(super) fn play(&mut self, messages: &[StatusResponse], milliseconds: u64) {
        let first = messages.iter().find_map(latest).unwrap();
        for message in messages {
            let since = latest(message).map_or(Duration::ZERO, |time| time.since(first));
            if since > Duration::from_millis(milliseconds) {
                break;
            }
            self.now = self.now.max(self.begin + since);
            self.progress.update(message, self.now).unwrap();
        }
        self.tick(milliseconds);
    }

    pub(super) fn tick(&mut self, milliseconds: u64) {
        self.now = self.begin + Duration::from_millis(milliseconds);
        self.progress.tick(self.now).unwrap();
        self.feed();
    }

    pub(super) fn finish(&mut self, outcome: Outcome<'_>) {
        self.progress.finish(outcome, self.now).unwrap();
        self.feed();
    }

    pub(super) fn resize(&mut self, columns: u16, rows: u16) {
        *self.size.lock().unwrap() = (columns, rows);
        self.parser
            .screen_mut()
            .set_size(non_zero(rows), non_zero(columns));
    }

    fn feed(&mut self) {
        let bytes = self.progress.written();
        // A terminal's driver begins a line after each line feed.
        let new = String::from_utf8_lossy(&bytes[self.written..]);
        self.parser.process(new.replace('\n', "\r\n").as_bytes());
        self.written = bytes.len();
    }

    pub(super) fn text(&self) -> String {
        let (_, columns) = self.parser.screen().size();
        let rows = self.parser.screen().rows(0, columns.get());
        let rows: Vec<_> = rows.map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    pub(super) fn is_cursor_shown(&self) -> bool {
        !self.parser.screen().hide_cursor()
    }
}
