//! What the shapes and colours mean.

use super::drawing::parts::{frame, write_text};
use super::layout::Point;
use super::style::{SMALL_CHARACTER, times};
use super::svg::Svg;
use super::text::width;

/// The space that a sample takes, and the height of a row.
const SAMPLE_WIDTH: f64 = 34.0;
const SAMPLE_HEIGHT: f64 = 14.0;
const ROW_HEIGHT: f64 = 24.0;
/// The space behind a word.
const GAP: f64 = 22.0;

/// A shape and what it means.
enum Sample {
    Frame(&'static str),
    Flow(&'static str, &'static str),
}

const ROWS: [&[(Sample, &str)]; 3] = [
    &[
        (Sample::Frame("source"), "an image"),
        (Sample::Frame("local"), "the app's directory"),
        (Sample::Frame("box"), "a step"),
        (
            Sample::Frame("box in-image"),
            "a step whose files land in the image",
        ),
    ],
    &[
        (Sample::Flow("flow from-base", "to-step"), "starts from it"),
        (
            Sample::Flow("flow laid-over", "to-step"),
            "its files are laid over that",
        ),
        (
            Sample::Flow("flow copied", "to-step"),
            "a command copies from it",
        ),
        (
            Sample::Flow("flow laid-over into-image", "to-image"),
            "lands in the image",
        ),
    ],
    &[
        (Sample::Frame("row"), "one row: can run at the same time"),
        (Sample::Frame("cache"), "a cache, kept between builds"),
        (Sample::Frame("secret"), "a secret, by name"),
    ],
];

/// How wide and how high the legend is.
pub(super) fn measure() -> (f64, f64) {
    let row_width = |row: &&[(Sample, &str)]| row.iter().map(|(_, word)| entry_width(word)).sum();
    let widest = ROWS.iter().map(row_width).fold(0.0, f64::max);
    (widest, times(ROWS.len(), ROW_HEIGHT))
}

fn entry_width(word: &str) -> f64 {
    SAMPLE_WIDTH + 8.0 + times(width(word), SMALL_CHARACTER).round() + GAP
}

/// Draws the legend with its upper left corner at a place.
pub(super) fn draw(svg: &mut Svg, at: Point) {
    let mut y = at.y;
    for row in ROWS {
        let mut x = at.x;
        for (sample, word) in row {
            let middle = y + ROW_HEIGHT / 2.0;
            match sample {
                Sample::Frame(class) => {
                    let corner = Point {
                        x,
                        y: middle - SAMPLE_HEIGHT / 2.0,
                    };
                    frame(svg, class, corner, (SAMPLE_WIDTH, SAMPLE_HEIGHT), 5.0);
                }
                Sample::Flow(class, head) => {
                    let head = format!("url(#{head})");
                    let path = format!("M{x},{middle} L{},{middle}", x + SAMPLE_WIDTH);
                    svg.element(
                        "path",
                        &[("class", class), ("marker-end", &head), ("d", &path)],
                    );
                }
            }
            write_text(svg, "small", x + SAMPLE_WIDTH + 8.0, middle + 4.0, word);
            x += entry_width(word);
        }
        y += ROW_HEIGHT;
    }
}
