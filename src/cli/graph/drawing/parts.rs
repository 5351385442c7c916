//! One box: how large it is and what is written where.

use crate::cli::graph::layout::Point;
use crate::cli::graph::model::{Box, BoxKind, ImageLayer, Line, Tag, TagKind};
use crate::cli::graph::style::{
    LINE_CHARACTER, LINE_HEIGHT, NAME_CHARACTER, NAME_HEIGHT, PADDING, SMALL_CHARACTER, TAG_GAP,
    TAG_HEIGHT, columns, times,
};
use crate::cli::graph::svg::Svg;
use crate::cli::graph::text::{shortened, shortened_in_the_middle, width};

const STEP_WIDTH: f64 = 310.0;
const SOURCE_WIDTH: f64 = 290.0;
const SOURCE_HEIGHT: f64 = 30.0;
const LAYER_WIDTH: f64 = 214.0;
const LAYER_GAP: f64 = 10.0;
/// The most commands that a box shows, and the most paths of a layer; the rest is counted.
const MAX_LINES: usize = 8;
const MAX_PATHS: usize = 6;
/// The most tags that a box shows, and how wide one may be, in characters.
const MAX_TAGS: usize = 6;
const TAG_COLUMNS: usize = 24;
/// How far the bottom line of a text is above the line's lower edge.
const DESCENT: f64 = 5.0;

/// How large a box is, and what depends on that.
pub(super) struct Part {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The place of each tag, counted from the first's upper left corner.
    tags: Vec<(Point, String)>,
    layers_height: f64,
    layers: usize,
}

impl Part {
    pub(super) fn new(each: &Box) -> Self {
        let mut part = Self {
            width: STEP_WIDTH,
            height: 0.0,
            tags: Vec::new(),
            layers_height: 0.0,
            layers: each.layers.len(),
        };
        match each.kind {
            BoxKind::Source | BoxKind::Local => {
                part.width = SOURCE_WIDTH;
                part.height = SOURCE_HEIGHT;
            }
            BoxKind::Step { .. } => {
                part.tags = tag_places(&each.tags, STEP_WIDTH - 2.0 * PADDING);
                let last = part.tags.last().map(|(place, _)| place.y + TAG_HEIGHT);
                let tags = last.map_or(0.0, |height| height + 2.0 * TAG_GAP);
                part.height =
                    PADDING + NAME_HEIGHT + lines_height(&each.lines) + tags + PADDING / 2.0;
            }
            BoxKind::Result => {
                let layers = times(part.layers, LAYER_WIDTH + LAYER_GAP) + LAYER_GAP;
                part.width = layers.max(STEP_WIDTH);
                part.layers_height = each.layers.iter().map(layer_height).fold(0.0, f64::max);
                part.height = LAYER_GAP
                    + part.layers_height
                    + PADDING
                    + NAME_HEIGHT
                    + lines_height(&each.lines)
                    + PADDING / 2.0;
            }
        }
        part
    }

    /// The middle of a layer of the final image, counted from the middle of the box.
    pub(super) fn layer_middle(&self, layer: usize) -> Option<f64> {
        (layer < self.layers).then(|| self.layer_left(layer) + (LAYER_WIDTH - self.width) / 2.0)
    }

    /// Counted from the left of the box.
    fn layer_left(&self, layer: usize) -> f64 {
        let all = times(self.layers, LAYER_WIDTH + LAYER_GAP) - LAYER_GAP;
        (self.width - all) / 2.0 + times(layer, LAYER_WIDTH + LAYER_GAP)
    }

    pub(super) fn draw(&self, svg: &mut Svg, each: &Box, at: Point) {
        svg.open("g", &[]);
        svg.title(&whole_text(each));
        match each.kind {
            BoxKind::Source => self.draw_source(svg, each, at, "source"),
            BoxKind::Local => self.draw_source(svg, each, at, "local"),
            BoxKind::Step { is_in_image } => self.draw_step(svg, each, at, is_in_image),
            BoxKind::Result => self.draw_result(svg, each, at),
        }
        svg.close();
    }

    fn draw_source(&self, svg: &mut Svg, each: &Box, at: Point, class: &str) {
        frame(
            svg,
            class,
            at,
            (self.width, self.height),
            SOURCE_HEIGHT / 2.0,
        );
        let room = columns(self.width - 2.0 * PADDING, SMALL_CHARACTER);
        let text = shortened_in_the_middle(&each.name, room);
        svg.element_with_text(
            "text",
            &[
                ("class", &"mono small"),
                ("x", &(at.x + self.width / 2.0)),
                ("y", &(at.y + SOURCE_HEIGHT / 2.0 + 4.0)),
                ("text-anchor", &"middle"),
            ],
            &text,
        );
    }

    fn draw_step(&self, svg: &mut Svg, each: &Box, at: Point, is_in_image: bool) {
        let class = if is_in_image { "box in-image" } else { "box" };
        frame(svg, class, at, (self.width, self.height), 8.0);
        let left = at.x + PADDING;
        let mut y = at.y + PADDING / 2.0 + NAME_HEIGHT;
        draw_name(svg, &each.name, left, y - DESCENT, self.width);
        y += PADDING / 2.0;
        y = draw_lines(svg, &each.lines, left, y, self.width - 2.0 * PADDING);
        y += TAG_GAP;
        for ((place, text), tag) in self.tags.iter().zip(&each.tags) {
            let corner = Point {
                x: left + place.x,
                y: y + place.y,
            };
            draw_tag(svg, tag, text, corner);
        }
        if let (Some((place, text)), true) = (
            self.tags.get(each.tags.len().min(MAX_TAGS)),
            each.tags.len() > MAX_TAGS,
        ) {
            write_text(
                svg,
                "small dim",
                left + place.x,
                y + place.y + TAG_HEIGHT - DESCENT,
                text,
            );
        }
    }

    fn draw_result(&self, svg: &mut Svg, each: &Box, at: Point) {
        frame(svg, "box in-image", at, (self.width, self.height), 8.0);
        for (index, layer) in each.layers.iter().enumerate() {
            let corner = Point {
                x: at.x + self.layer_left(index),
                y: at.y + LAYER_GAP,
            };
            self.draw_layer(svg, layer, index, corner);
        }
        let left = at.x + PADDING;
        let mut y = at.y + LAYER_GAP + self.layers_height + PADDING / 2.0 + NAME_HEIGHT;
        draw_name(svg, &each.name, left, y - DESCENT, self.width);
        y += PADDING / 2.0;
        draw_lines(svg, &each.lines, left, y, self.width - 2.0 * PADDING);
    }

    fn draw_layer(&self, svg: &mut Svg, layer: &ImageLayer, index: usize, at: Point) {
        let class = if index == 0 { "base" } else { "layer" };
        svg.open("g", &[]);
        svg.title(&format!("{}:\n{}", layer.source, layer.paths.join("\n")));
        frame(svg, class, at, (LAYER_WIDTH, self.layers_height), 5.0);
        let left = at.x + LAYER_GAP;
        let mut y = at.y + LINE_HEIGHT;
        let kind = match index {
            0 => "base".to_owned(),
            index => format!("layer {index}"),
        };
        write_text(svg, "small dim", left, y, &kind);
        y += LINE_HEIGHT;
        let room = LAYER_WIDTH - 2.0 * LAYER_GAP;
        let name = shortened_in_the_middle(&layer.source, columns(room, SMALL_CHARACTER));
        write_text(svg, "mono small", left, y, &name);
        for path in shown_paths(layer) {
            y += LINE_HEIGHT;
            let path = shortened_in_the_middle(&path, columns(room, SMALL_CHARACTER));
            write_text(svg, "mono small dim", left, y, &path);
        }
        svg.close();
    }
}

/// Everything that a box says, unshortened.
fn whole_text(each: &Box) -> String {
    let lines = each.lines.iter().map(|line| line.whole.as_str());
    let tags = each.tags.iter().map(|tag| tag.whole.as_str());
    let all: Vec<_> = std::iter::once(each.name.as_str())
        .chain(lines)
        .chain(tags)
        .collect();
    all.join("\n")
}

fn lines_height(lines: &[Line]) -> f64 {
    let shown = lines.len().min(MAX_LINES + 1);
    times(shown, LINE_HEIGHT)
}

fn layer_height(layer: &ImageLayer) -> f64 {
    times(shown_paths(layer).len() + 2, LINE_HEIGHT) + LAYER_GAP
}

/// A layer's paths, or the first of them and how many more there are. An image as a whole needs no word.
fn shown_paths(layer: &ImageLayer) -> Vec<String> {
    let mut paths: Vec<_> = layer.paths.iter().take(MAX_PATHS).cloned().collect();
    let more = layer.paths.len() - paths.len();
    if more > 0 {
        paths.push(format!("and {more} more"));
    }
    paths
}

/// Tags side by side, in as many rows as they need. If there are too many, the last text says how many more.
fn tag_places(tags: &[Tag], room: f64) -> Vec<(Point, String)> {
    let mut texts: Vec<_> = tags
        .iter()
        .take(MAX_TAGS)
        .map(|tag| shortened_in_the_middle(&tag.text, TAG_COLUMNS))
        .collect();
    if tags.len() > MAX_TAGS {
        texts.push(format!("and {} more", tags.len() - MAX_TAGS));
    }
    let mut places = Vec::new();
    let mut corner = Point { x: 0.0, y: 0.0 };
    for text in texts {
        let width = tag_width(&text);
        if corner.x > 0.0 && corner.x + width > room {
            corner = Point {
                x: 0.0,
                y: corner.y + TAG_HEIGHT + TAG_GAP,
            };
        }
        places.push((corner, text));
        corner.x += width + TAG_GAP;
    }
    places
}

fn tag_width(text: &str) -> f64 {
    (times(width(text), SMALL_CHARACTER) + 14.0).round()
}

fn draw_tag(svg: &mut Svg, tag: &Tag, text: &str, at: Point) {
    let class = match tag.kind {
        TagKind::Cache => "cache",
        TagKind::Secret => "secret",
    };
    svg.open("g", &[]);
    svg.title(&tag.whole);
    frame(
        svg,
        class,
        at,
        (tag_width(text), TAG_HEIGHT),
        TAG_HEIGHT / 2.0,
    );
    write_text(
        svg,
        "mono small",
        at.x + 7.0,
        at.y + TAG_HEIGHT - DESCENT,
        text,
    );
    svg.close();
}

fn draw_name(svg: &mut Svg, name: &str, x: f64, y: f64, width: f64) {
    let name = shortened_in_the_middle(name, columns(width - 2.0 * PADDING, NAME_CHARACTER));
    svg.element_with_text("text", &[("class", &"name"), ("x", &x), ("y", &y)], &name);
}

/// Lines below each other, beginning at `top`. Gives where they end.
fn draw_lines(svg: &mut Svg, lines: &[Line], x: f64, top: f64, width: f64) -> f64 {
    let mut y = top;
    let shown = if lines.len() > MAX_LINES + 1 {
        MAX_LINES
    } else {
        lines.len()
    };
    for line in lines.iter().take(shown) {
        y += LINE_HEIGHT;
        svg.open("g", &[]);
        svg.title(&line.whole);
        let label = format!("{} ", line.label);
        let label_width = times(label.len(), LINE_CHARACTER).round();
        write_text(svg, "mono line dim", x, y - DESCENT, line.label);
        let room = columns(width - label_width, LINE_CHARACTER);
        write_text(
            svg,
            "mono line",
            x + label_width,
            y - DESCENT,
            &shortened(&line.text, room),
        );
        svg.close();
    }
    if lines.len() > shown {
        y += LINE_HEIGHT;
        let more = format!("and {} more", lines.len() - shown);
        write_text(svg, "line dim", x, y - DESCENT, &more);
    }
    y
}

/// A rectangle: class, corner, width and height, radius.
pub(in crate::cli::graph) fn frame(
    svg: &mut Svg,
    class: &str,
    at: Point,
    size: (f64, f64),
    radius: f64,
) {
    svg.element(
        "rect",
        &[
            ("class", &class),
            ("x", &at.x),
            ("y", &at.y),
            ("width", &size.0),
            ("height", &size.1),
            ("rx", &radius),
        ],
    );
}

/// A text from its lower left corner.
pub(in crate::cli::graph) fn write_text(svg: &mut Svg, class: &str, x: f64, y: f64, content: &str) {
    svg.element_with_text("text", &[("class", &class), ("x", &x), ("y", &y)], content);
}
