//! The picture's colours, for light and for dark viewers, and its measures.

/// Where the colours are. A viewer that does not know the question shows the light ones, on a ground of their own.
pub(super) const STYLE: &str = "\
  <style>
    text { font-family: system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328; }
    .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
    .heading { font-size: 16px; font-weight: 600; }
    .name { font-size: 13px; font-weight: 600; }
    .line { font-size: 12px; }
    .small { font-size: 11px; }
    .dim { fill: #656d76; }
    .ground { fill: #ffffff; }
    .row { fill: #f3f5f8; }
    .box { fill: #ffffff; stroke: #8c96a3; }
    .in-image { stroke: #1a7f37; stroke-width: 2; }
    .source { fill: #e6eaef; stroke: #8c96a3; }
    .local { fill: #ddf4ff; stroke: #218bff; }
    .layer { fill: #dafbe1; stroke: #4ac26b; }
    .base { fill: #e6eaef; stroke: #8c96a3; }
    .cache { fill: #fff8c5; stroke: #d4a72c; }
    .secret { fill: #ffebe9; stroke: #ff8182; }
    .flow { fill: none; stroke: #6e7781; }
    .from-base { stroke-width: 2.4; }
    .laid-over { stroke-width: 1.4; }
    .copied { stroke-width: 1.4; stroke-dasharray: 5 4; }
    .from-local { stroke: #218bff; }
    .into-image { stroke: #1a7f37; }
    .head { fill: #6e7781; }
    .head-local { fill: #218bff; }
    .head-image { fill: #1a7f37; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .dim { fill: #9198a1; }
      .ground { fill: #0d1117; }
      .row { fill: #161b22; }
      .box { fill: #1f242c; stroke: #768390; }
      .in-image { stroke: #3fb950; }
      .source, .base { fill: #2d333b; stroke: #768390; }
      .local { fill: #0c2d6b; stroke: #58a6ff; }
      .layer { fill: #0b3d1c; stroke: #2ea043; }
      .cache { fill: #3b2e00; stroke: #9e6a03; }
      .secret { fill: #4b1113; stroke: #da3633; }
      .flow { stroke: #8b949e; }
      .from-local { stroke: #58a6ff; }
      .into-image { stroke: #3fb950; }
      .head { fill: #8b949e; }
      .head-local { fill: #58a6ff; }
      .head-image { fill: #3fb950; }
    }
  </style>
";

/// The heads of arrows: the name, and the class that colours it.
pub(super) const HEADS: [(&str, &str); 3] = [
    ("to-step", "head"),
    ("to-step-local", "head-local"),
    ("to-image", "head-image"),
];

/// The space around everything.
pub(super) const MARGIN: f64 = 24.0;
/// The space between a box's edge and what is written in it.
pub(super) const PADDING: f64 = 14.0;
/// The height of a line of a command.
pub(super) const LINE_HEIGHT: f64 = 18.0;
/// The height of a line with a name.
pub(super) const NAME_HEIGHT: f64 = 22.0;
/// The height of a cache's or a secret's tag, and the space between two.
pub(super) const TAG_HEIGHT: f64 = 18.0;
pub(super) const TAG_GAP: f64 = 6.0;

/// How wide one character of fixed width is, in lines and in small text; fonts differ by less than a tenth.
pub(super) const LINE_CHARACTER: f64 = 7.3;
pub(super) const SMALL_CHARACTER: f64 = 6.8;
/// The same for names, whose font is not of fixed width.
pub(super) const NAME_CHARACTER: f64 = 8.2;

/// How many characters fit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is a small number that is not negative"
)]
pub(super) fn columns(width: f64, character: f64) -> usize {
    (width / character).max(1.0) as usize
}

/// A count as a length.
#[expect(clippy::cast_precision_loss, reason = "it is a small number")]
pub(super) fn times(count: usize, length: f64) -> f64 {
    count as f64 * length
}
