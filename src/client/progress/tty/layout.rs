//! Lines that fit a window's width.

use anstyle::{AnsiColor, Style};

use crate::client::progress::Terminal;
use crate::client::progress::text::{fit, width};

/// Columns of a transfer's bar.
const BAR: usize = 20;
/// In fewer columns a name says too little; what stands beside it gives way then.
const MIN_NAME: usize = 20;

/// A line of a frame: visible text that fits, and how it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    text: String,
    look: Look,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Header,
    Running,
    Done,
    Canceled,
    Failed,
    /// What can be skipped.
    Aside,
}

impl Line {
    pub(super) fn header(text: &str, columns: usize) -> Self {
        Self {
            text: fit(text, columns.saturating_sub(1)),
            look: Look::Header,
        }
    }

    /// A name, and a time at the right edge.
    pub(super) fn step(name: &str, time: &str, look: Look, columns: usize) -> Self {
        Self {
            text: align(&format!(" => {name}"), time, columns),
            look,
        }
    }

    /// A part of a step with how far it is.
    pub(super) fn part(
        id: &str,
        fraction: Option<f64>,
        amount: &str,
        time: &str,
        columns: usize,
    ) -> Self {
        let bar = fraction.map_or_else(String::new, bar);
        let name = format!(" => => {id}");
        let right = [bar.as_str(), amount, time];
        let right: Vec<_> = right.into_iter().filter(|text| !text.is_empty()).collect();
        let fits = |right: &str| columns > width(right) + MIN_NAME;
        // The bar is the first to give way, then the amount.
        let mut texts =
            (0..right.len()).map(|from| right.get(from..).unwrap_or_default().join(" "));
        let right = texts.find(|text| fits(text)).unwrap_or_default();
        Self {
            text: align(&name, &right, columns),
            look: Look::Running,
        }
    }

    pub(super) fn log(text: &str, columns: usize) -> Self {
        Self {
            text: fit(&format!(" => => # {text}"), columns.saturating_sub(1)),
            look: Look::Aside,
        }
    }

    /// Columns that it takes.
    pub(super) fn width(&self) -> usize {
        width(&self.text)
    }

    pub(super) fn paint(&self, terminal: &Terminal) -> String {
        let style = match self.look {
            Look::Header => Style::new().bold(),
            Look::Running => Style::new(),
            Look::Done => AnsiColor::Blue.on_default(),
            Look::Canceled => AnsiColor::Yellow.on_default(),
            Look::Failed => AnsiColor::Red.on_default(),
            Look::Aside => Style::new().dimmed(),
        };
        if style.is_plain() {
            self.text.clone()
        } else {
            terminal.paint(style, &self.text)
        }
    }
}

/// A text on the left and one on the right, in one column less than there are: the last one would break the line on some
/// terminals.
fn align(left: &str, right: &str, columns: usize) -> String {
    let columns = columns.saturating_sub(1);
    if right.is_empty() || columns <= width(right) + 1 {
        return fit(left, columns);
    }
    let left = fit(left, columns - width(right) - 1);
    let space = columns - width(&left) - width(right);
    format!("{left}{:space$}{right}", "")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "from 0 to the bar's length"
)]
fn bar(fraction: f64) -> String {
    let done = (fraction.clamp(0.0, 1.0) * BAR as f64) as usize;
    let head = if done < BAR { ">" } else { "" };
    let left = BAR.saturating_sub(done + 1);
    format!("[{}{head}{:left$}]", "=".repeat(done), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_from_left_to_right() {
        let bars: Vec<_> = [0.0, 0.5, 0.99, 1.0].map(bar).into();
        insta::assert_snapshot!(bars.join("\n"), @"
        [>                   ]
        [==========>         ]
        [===================>]
        [====================]
        ");
    }

    #[test]
    fn lines_fit_any_width() {
        for columns in 0..200 {
            for line in [
                Line::header("[+] Building 12.3s (5/9)", columns),
                Line::step("日本日本日本 npm ci", "12.3s", Look::Done, columns),
                Line::part(
                    "sha256:0123456789",
                    Some(0.5),
                    "1.00MB / 2.00MB",
                    "1.5s",
                    columns,
                ),
                Line::log("added 1 package", columns),
            ] {
                assert!(line.width() < columns.max(1), "{columns} {line:?}");
            }
        }
    }

    #[test]
    fn what_matters_least_gives_way_first() {
        let lines: Vec<_> = [100, 60, 40, 24, 10]
            .map(|columns| {
                let part = Line::part(
                    "sha256:0123456789",
                    Some(0.5),
                    "1.00MB / 2.00MB",
                    "1.5s",
                    columns,
                );
                format!("{}|", part.text)
            })
            .into();
        insta::assert_snapshot!(lines.join("\n"), @"
        => => sha256:0123456789                                [==========>         ] 1.00MB / 2.00MB 1.5s|
        => => sha256:0123456789               1.00MB / 2.00MB 1.5s|
        => => sha256:0123456789           1.5s|
        => => sha256:012345...|
        => =>...|
        ");
    }
}
